//! Which operations have a parameter of which name: for each distinct name, in the order of the names, the length of
//! its list in bytes and then the list, ascending numbers of operations as distances from the one before. Operations
//! are numbered in the order of the archive's directory. All numbers are variable-length (seven bits a byte, lowest
//! first).

/// The list of a name, ready to be stored behind those before it.
#[cfg(feature = "write")]
pub(crate) fn write(numbers: &[u32], out: &mut Vec<u8>) {
    let mut list = Vec::new();
    let mut next = 0;
    for number in numbers {
        write_number(number - next, &mut list);
        next = number + 1;
    }
    write_number(u32::try_from(list.len()).unwrap_or(u32::MAX), out);
    out.extend_from_slice(&list);
}

#[cfg(feature = "write")]
fn write_number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The lists, one after the other. Damaged bytes give wrong numbers or end the lists.
pub(super) struct Lists<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Lists<'a> {
    type Item = List<'a>;

    fn next(&mut self) -> Option<List<'a>> {
        let length = read_number(&mut self.0)?;
        let (list, rest) = self.0.split_at_checked(length as usize)?;
        self.0 = rest;
        Some(List { bytes: list, next: 0 })
    }
}

/// The numbers of one list.
pub(super) struct List<'a> {
    bytes: &'a [u8],
    next: u32,
}

impl Iterator for List<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let number = self.next.checked_add(read_number(&mut self.bytes)?)?;
        self.next = number.checked_add(1)?;
        Some(number)
    }
}

fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(all(test, feature = "write"))]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_were_written() {
        let lists = [vec![], vec![0], vec![0, 1, 2, 200, 40_000], vec![u32::MAX - 1]];
        let mut bytes = Vec::new();
        lists.iter().for_each(|list| write(list, &mut bytes));
        let read: Vec<Vec<u32>> = Lists(&bytes).map(Iterator::collect).collect();
        assert_eq!(read, lists);
    }

    #[test]
    fn damaged_lists_end() {
        for bytes in [&[0x80][..], &[0xff; 6], &[9, 1], &[5, 0xff, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(Lists(bytes).flatten().count(), 0, "{bytes:?}");
        }
    }
}
