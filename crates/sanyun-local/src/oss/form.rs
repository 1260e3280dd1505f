//! PostObject: an object that comes as the file of a form, as browsers send it. The file goes to the disk in pieces, like
//! any other upload; only the fields before it are kept in memory.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::encode;

use super::address::Address;
use super::meta::Meta;
use super::policy::{self, Range};
use super::refusal::Refusal;
use super::upload::Source;
use super::xml::Xml;
use super::{Access, Call, object, verify};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, BodyError, Head};
use crate::multipart;

/// The most that the fields and the heads of all parts may have, in bytes.
const FIELDS_LIMIT: usize = 1024 * 1024;

/// The fields of a form by their names in lower case.
pub(super) type Fields = BTreeMap<String, String>;

pub(super) async fn post(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let boundary = multipart::boundary(call.head.header("content-type")).ok_or_else(|| {
        let message = "Bucket POST must be of the enclosure-type multipart/form-data.";
        Refusal::new(StatusCode::BAD_REQUEST, "RequestIsNotMultiPartContent", message)
    })?;
    let mut form = Form::new(body, boundary);
    let (mut fields, file) = form.fields().await?;
    let file = file.ok_or_else(|| {
        let message = "POST requires exactly one file upload per request.";
        Refusal::new(StatusCode::BAD_REQUEST, "IncorrectNumberOfFilesInPOSTRequest", message)
    })?;
    let key = fields.get("key").map(|key| key.replace("${filename}", &file.name)).unwrap_or_default();
    let mut address = Address { key: None, ..call.address.clone() };
    address.set_key(&key)?;
    fields.insert("key".to_owned(), key);
    let caller = verify::of_form(call.state, call.head, &address, &fields)?;
    form.sizes = sizes(call, &fields)?;
    let head = head(call.head, &fields, &file);
    let call = Call { state: call.state, head: &head, address, caller, now_ms: call.now_ms };
    call.may(Access::Write)?;
    let (meta, _) = object::receive(&call, &mut form).await?;
    Ok(answer(&call, &fields, &meta))
}

/// The sizes that the policy allows, if there is one.
fn sizes(call: &Call<'_>, fields: &Fields) -> Result<Range, Refusal> {
    let Some(policy) = fields.get("policy") else { return Ok((0, u64::MAX)) };
    let field = |name: &str| match name {
        "bucket" => call.address.bucket.clone(),
        name => fields.get(name).cloned(),
    };
    policy::check(policy, call.state.clock.now(), field)
}

/// The fields as the headers that they stand for.
fn head(head: &Head, fields: &Fields, file: &File) -> Head {
    let mut headers = HeaderMap::new();
    let own = fields.get("x-oss-content-type").or(fields.get("content-type"));
    let content_type = own.unwrap_or(&file.content_type).clone();
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value));
    let described = fields.chain([("content-type", &content_type)]).filter(|(_, value)| !value.is_empty());
    for (name, value) in described {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            headers.insert(name, value);
        }
    }
    headers.remove("host");
    let host = head.headers.get("host").map(|host| (HeaderName::from_static("host"), host.clone()));
    headers.extend(host);
    let (path, query) = (head.path.clone(), head.query.clone());
    Head { method: head.method.clone(), path, query, headers, authority: head.authority.clone() }
}

fn answer(call: &Call<'_>, fields: &Fields, meta: &Meta) -> Answer {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let answer = |status| object::with_checksums(Answer::new(status), meta);
    match (field("success_action_redirect"), field("success_action_status")) {
        ("", "200") => answer(StatusCode::OK),
        ("", "201") => {
            let bucket = call.address.bucket.as_deref().unwrap_or_default();
            let mut xml = Xml::new("PostResponse");
            xml.leaf("Bucket", bucket).leaf("Location", &location(call, bucket, &meta.key));
            xml.leaf("Key", &meta.key).leaf("ETag", &meta.etag);
            answer(StatusCode::CREATED).header("content-type", "application/xml").bytes(xml.finish())
        }
        ("", _) => answer(StatusCode::NO_CONTENT),
        (url, _) => answer(StatusCode::SEE_OTHER).header("location", url),
    }
}

/// The object's URL, with the bucket where the request had it.
fn location(call: &Call<'_>, bucket: &str, key: &str) -> String {
    let (host, key) = (call.head.host(), encode::percent_path(key));
    if call.address.endpoint == host { format!("http://{host}/{bucket}/{key}") } else { format!("http://{host}/{key}") }
}

/// What the head of the file's part says.
struct File {
    name: String,
    content_type: String,
}

/// A form under way. `buffer` is what has arrived and is not used.
struct Form<'a> {
    body: &'a mut ArrivingBody,
    buffer: BytesMut,
    /// What stands between two parts.
    delimiter: Vec<u8>,
    sizes: Range,
    /// The bytes of the file so far.
    len: u64,
    /// The bytes of fields and heads so far.
    kept: usize,
}

impl<'a> Form<'a> {
    fn new(body: &'a mut ArrivingBody, boundary: &str) -> Self {
        // The first delimiter has no line break in front.
        let (buffer, delimiter) = (BytesMut::from(&b"\r\n"[..]), format!("\r\n--{boundary}").into_bytes());
        Self { body, buffer, delimiter, sizes: (0, u64::MAX), len: 0, kept: 0 }
    }

    /// The fields before the file, and what is said of the file, whose content comes next.
    async fn fields(&mut self) -> Result<(Fields, Option<File>), Refusal> {
        let mut fields = Fields::new();
        // What stands before the first delimiter is nothing.
        while self.content().await?.is_some() {}
        while let Some(head) = self.part_head().await? {
            let part = multipart::head(&head).ok_or_else(malformed)?;
            if part.name == "file" {
                let (name, content_type) = (part.file_name.unwrap_or_default(), part.content_type);
                return Ok((fields, Some(File { name, content_type })));
            }
            let mut value = Vec::new();
            while let Some(piece) = self.content().await? {
                self.keep(piece.len())?;
                value.extend_from_slice(&piece);
            }
            let value = String::from_utf8(value).map_err(|_| malformed())?;
            fields.insert(part.name.to_ascii_lowercase(), value);
        }
        Ok((fields, None))
    }

    /// Steps over a delimiter and reads the head of the part behind it; `None` behind the last part.
    async fn part_head(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let _ = self.buffer.split_to(self.delimiter.len().min(self.buffer.len()));
        while self.buffer.len() < 2 {
            self.more().await?;
        }
        if self.buffer.starts_with(b"--") {
            return Ok(None);
        }
        loop {
            if let Some(at) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = self.buffer.split_to(at + 4);
                self.keep(head.len())?;
                return Ok(Some(head.to_vec()));
            }
            self.keep(0)?;
            if self.buffer.len() > FIELDS_LIMIT {
                return Err(malformed());
            }
            self.more().await?;
        }
    }

    fn keep(&mut self, len: usize) -> Result<(), Refusal> {
        self.kept += len;
        if self.kept <= FIELDS_LIMIT {
            return Ok(());
        }
        let message = "The fields of the form are too long.";
        Err(Refusal::new(StatusCode::BAD_REQUEST, "FieldItemTooLong", message))
    }

    /// The next piece of a part's content; `None` when a delimiter comes next.
    async fn content(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            let at = find(&self.buffer, &self.delimiter);
            // The end of what is there may be the beginning of a delimiter.
            let safe = at.unwrap_or((self.buffer.len() + 1).saturating_sub(self.delimiter.len()));
            if safe > 0 {
                return Ok(Some(self.buffer.split_to(safe).freeze()));
            }
            if at.is_some() {
                return Ok(None);
            }
            self.more().await?;
        }
    }

    /// Waits for more of the body.
    async fn more(&mut self) -> Result<(), Refusal> {
        let piece = self.body.piece().await?.ok_or_else(malformed)?;
        self.buffer.extend_from_slice(&piece);
        Ok(())
    }
}

/// The content of the file.
impl Source for Form<'_> {
    fn announced(&self) -> Option<u64> {
        None
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Refusal> {
        let piece = self.content().await?;
        self.len += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        let (least, most) = self.sizes;
        if self.len > most {
            return Err(BodyError::TooLarge.into());
        }
        if piece.is_none() && self.len < least {
            let message = "Your proposed upload is smaller than the minimum allowed size.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "EntityTooSmall", message));
        }
        Ok(piece)
    }
}

/// Where a delimiter begins. Its first byte is rare in most files.
fn find(buffer: &[u8], delimiter: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(rest) = buffer.get(from..) {
        let at = from + rest.iter().position(|byte| *byte == b'\r')?;
        if buffer.get(at..).is_some_and(|rest| rest.starts_with(delimiter)) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn malformed() -> Refusal {
    let message = "The body of your POST request is not well-formed multipart/form-data.";
    Refusal::new(StatusCode::BAD_REQUEST, "MalformedPOSTRequest", message)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn delimiters_are_found() {
        for (buffer, at) in
            [("a\r\n--b", Some(1)), ("\r\r\n-\r\n--b", Some(4)), ("a\r\n--", None), ("", None), ("\r", None)]
        {
            assert_eq!(find(buffer.as_bytes(), b"\r\n--b"), at, "{buffer:?}");
        }
    }
}
