//! The regions, and the nearest one to a name that is none.

/// The regions that the vendor's SDKs know (release 3.1.211).
pub const REGIONS: [&str; 35] = [
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-11",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-south-4",
    "cn-southwest-2",
    "cn-southwest-3",
    "eu-west-0",
    "eu-west-101",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "ru-northwest-2",
    "sa-brazil-1",
    "sa-peru-1",
    "tr-west-1",
];

/// `; did you mean …?` with the nearest names, or nothing if none is near.
pub(super) fn did_you_mean(wanted: &str, known: &[&str]) -> String {
    const SHOWN: usize = 3;
    let wanted = wanted.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let limit = (wanted.len() / 3).max(2);
    let mut near: Vec<_> = known.iter().map(|name| (distance(&wanted, name), *name)).collect();
    near.retain(|(edits, _)| *edits <= limit);
    near.sort_unstable();
    let names: Vec<_> = near.into_iter().take(SHOWN).map(|(_, name)| name).collect();
    if names.is_empty() { String::new() } else { format!("; did you mean `{}`?", names.join("`, `")) }
}

/// The least number of letters to insert, delete or replace that turns one word into the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(row.first_mut().unwrap_or(&mut 0), at + 1);
        let mut left = at + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.bytes()) {
            left = (diagonal + usize::from(a != b)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, left);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_edits() {
        for (from, to, edits) in
            [("", "", 0), ("ab", "", 2), ("", "ab", 2), ("cn-nort-4", "cn-north-4", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(from, to), edits, "{from} {to}");
        }
    }

    #[test]
    fn the_nearest_regions_come_first() {
        assert!(did_you_mean("cn-nort-4", &REGIONS).starts_with("; did you mean `cn-north-4`"));
        assert!(did_you_mean("CN_North_4", &REGIONS).starts_with("; did you mean `cn-north-4`"));
        assert_eq!(did_you_mean("somewhere-else-entirely", &REGIONS), "");
        assert!(REGIONS.is_sorted());
    }
}
