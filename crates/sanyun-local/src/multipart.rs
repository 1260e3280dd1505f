//! `multipart/form-data` as pairs of texts.

/// Names and values of the parts; bytes that are no text become U+FFFD. Empty if the content type names no boundary.
pub(crate) fn pairs(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let Some(boundary) = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty()) else {
        return Vec::new();
    };
    text.split(&format!("--{boundary}")).filter_map(pair).collect()
}

fn pair(part: &str) -> Option<(String, String)> {
    let (head, content) = part.split_once("\r\n\r\n")?;
    let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let content = content.strip_suffix("\r\n").unwrap_or(content);
    Some((parameter(disposition, "name")?.to_owned(), content.to_owned()))
}

/// A parameter of a header's value, without its quotes.
fn parameter<'a>(value: &'a str, wanted: &str) -> Option<&'a str> {
    let mut parameters = value.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    parameters.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n\
                    Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: image/png\r\n\r\n\r\n\r\n--b--\r\n";
        let expected = [("a".to_owned(), "1".to_owned()), ("f".to_owned(), "\r\n".to_owned())];
        assert_eq!(pairs("multipart/form-data; boundary=b", body.as_bytes()), expected);
        assert!(pairs("multipart/form-data", body.as_bytes()).is_empty());
        assert!(pairs("multipart/form-data; boundary=b", b"--b\r\nno head").is_empty());
    }
}
