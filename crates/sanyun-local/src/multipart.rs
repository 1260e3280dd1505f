//! `multipart/form-data`.

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    /// Whether it came with the name of a file.
    pub(crate) is_file: bool,
    pub(crate) content: &'a [u8],
}

/// What the head of a part says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartHead {
    pub(crate) name: String,
    /// `None` for a field that is no file.
    pub(crate) file_name: Option<String>,
    /// Empty if it is not said.
    pub(crate) content_type: String,
}

/// What separates the parts, if the content type is that of a form.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let is_form = content_type.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
    parameter(content_type, "boundary").filter(|boundary| is_form && !boundary.is_empty())
}

/// Reads the head of a part; `None` if it does not name the part.
pub(crate) fn head(bytes: &[u8]) -> Option<PartHead> {
    let text = String::from_utf8_lossy(bytes);
    let header = |name: &str| {
        let mut headers = text.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")?;
    Some(PartHead {
        name: parameter(disposition, "name")?.to_owned(),
        file_name: parameter(disposition, "filename").map(str::to_owned),
        content_type: header("content-type").unwrap_or_default().to_owned(),
    })
}

/// The parts of a body; none if the content type names no boundary.
pub(crate) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<Part<'a>> {
    let Some(boundary) = boundary(content_type) else {
        return Vec::new();
    };
    // The line break before a boundary belongs to it; the first boundary has none.
    let first = format!("--{boundary}");
    let Some(mut rest) = body.strip_prefix(first.as_bytes()) else { return Vec::new() };
    let between = format!("\r\n--{boundary}");
    let mut found = Vec::new();
    while let Some((part, behind)) = split_once(rest, between.as_bytes()) {
        found.extend(part_of(part));
        rest = behind;
    }
    found
}

/// Names and values of the parts; bytes that are no text become U+FFFD.
pub(crate) fn pairs(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
    let text = |part: &Part<'_>| String::from_utf8_lossy(part.content).into_owned();
    parts(content_type, body).into_iter().map(|part| (part.name.clone(), text(&part))).collect()
}

/// What stands between two boundaries: the end of the first one's line, headers, an empty line, the content.
fn part_of(part: &[u8]) -> Option<Part<'_>> {
    let (head, content) = split_once(part, b"\r\n\r\n")?;
    let head = self::head(head)?;
    Some(Part { name: head.name, is_file: head.file_name.is_some(), content })
}

fn split_once<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    let (before, behind) = bytes.split_at(at);
    Some((before, behind.get(mark.len()..)?))
}

/// A parameter of a header's value, without its quotes.
fn parameter<'a>(value: &'a str, wanted: &str) -> Option<&'a str> {
    let mut parameters = value.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    parameters.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=b";

    #[test]
    fn parts_are_read() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n\
                    Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: image/png\r\n\r\n\r\n\r\n--b--\r\n";
        let expected = [("a".to_owned(), "1".to_owned()), ("f".to_owned(), "\r\n".to_owned())];
        assert_eq!(pairs(TYPE, body.as_bytes()), expected);
        let files: Vec<_> = parts(TYPE, body.as_bytes()).iter().map(|part| part.is_file).collect();
        assert_eq!(files, [false, true]);
        assert!(pairs("multipart/form-data", body.as_bytes()).is_empty());
        assert!(pairs(TYPE, b"--b\r\nno head").is_empty());
    }

    #[test]
    fn bytes_stay_bytes() {
        let mut body = b"--b\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n".to_vec();
        let content = b"\xff\xd8\r\n\r\n-b\r\x00\n--b--";
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--b--\r\n");
        assert_eq!(parts(TYPE, &body)[0].content, content);
    }
}
