//! The form that uploads a file to the object store: text fields, then the file.

use std::fmt::Write as _;

use sanyun_core::Body;

/// Forms up to this length are joined when their file lies in memory.
const MAX_JOINED_BYTES: u64 = 64 * 1024;

/// A `multipart/form-data` body around a file: what stands before the file's bytes, and what stands behind them, so that
/// the file itself can be streamed between the two.
#[derive(Clone, Debug)]
pub struct Multipart {
    content_type: String,
    head: String,
    tail: String,
}

impl Multipart {
    /// A form of text fields, which are sent sorted by name, and one file in a field named `file`. The boundary must not
    /// occur in any of them.
    pub fn new<'a>(
        boundary: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
        file_name: &str,
        file_type: &str,
    ) -> Self {
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable();
        let mut head = String::with_capacity(128 * (fields.len() + 1));
        for (name, value) in fields {
            let name = quoted(name);
            let _ = write!(head, "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let (file_name, file_type) = (quoted(file_name), file_type.replace(['\r', '\n'], " "));
        let disposition = format!("form-data; name=\"file\"; filename=\"{file_name}\"");
        let _ = write!(head, "--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {file_type}\r\n\r\n");
        Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            head,
            tail: format!("\r\n--{boundary}--\r\n"),
        }
    }

    /// The value of the header `Content-Type`.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// What stands before the file.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// What stands behind the file.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// The length of the whole body in bytes, with a file of `file_len` bytes.
    pub fn len_bytes(&self, file_len: u64) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + file_len
    }

    /// The whole body, with a file that is read while it is sent. Its length is known if the file's is.
    pub fn stream(&self, file: Body) -> Body {
        Body::sequence(vec![self.head.clone().into(), file, self.tail.clone().into()], MAX_JOINED_BYTES)
    }

    /// The whole body, with a file that lies in memory.
    pub fn body(&self, file: &[u8]) -> Vec<u8> {
        [self.head.as_bytes(), file, self.tail.as_bytes()].concat()
    }
}

/// A quoted name as HTML forms write it: a name cannot end its own line or quotes.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_sorted_and_the_file_is_last() {
        let form = Multipart::new("b", [("key", "k"), ("Signature", "s+/=")], "a.jpg", "image/png");
        let expected = "--b\r\nContent-Disposition: form-data; name=\"Signature\"\r\n\r\ns+/=\r\n\
                        --b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n\
                        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
                        Content-Type: image/png\r\n\r\nDATA\r\n--b--\r\n";
        assert_eq!(String::from_utf8(form.body(b"DATA")).unwrap(), expected);
        assert_eq!(form.len_bytes(4), expected.len() as u64);
        assert_eq!(form.content_type(), "multipart/form-data; boundary=b");
    }

    #[test]
    fn a_file_name_cannot_add_lines() {
        let form = Multipart::new("b", [], "a\"\r\nX: y", "t\r\nX: y");
        assert!(form.head().contains("filename=\"a%22%0D%0AX: y\""));
        assert_eq!(form.head().lines().filter(|line| line.starts_with("X:")).count(), 0);
    }
}
