//! Managed transfers: what is sent for an object of a given size, and the checkpoint files of the official SDK.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{BoxFuture, Error, RawReply, Request, StreamBody, Transport, TransportError, encode};
use sanyun_oss::transfer::checkpoint::official::{DownloadFacts, DownloadedSoFar, UploadFacts};
use sanyun_oss::{Bucket, ByteRange, Client, Credential, Transfers, crc};
use serde_json::{Value, json};

use super::client::{LATER, block_on, outcome};
use super::request::same_xml;
use super::script::body;
use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Kind `transfer_plan`.
pub(super) fn plan(input: &Value, expected: &Value) -> Outcome {
    outcome(match text(input, "manager") {
        "uploader" => upload(input, expected),
        "downloader" => download(input, expected),
        "copier" => copy(input, expected),
        _ => Err(LATER.to_owned()),
    })
}

fn number(value: &Value, name: &str) -> u64 {
    member(value, name).as_u64().unwrap_or_default()
}

/// What was sent, in the words of the cases.
#[derive(Clone, Default)]
struct Cloud(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    object: Bytes,
    /// The length that HEAD tells, where no bytes are read.
    len: u64,
    head: HeaderMap,
    tagging: String,
    requests: Vec<Value>,
    parts: Vec<Value>,
    whole: u64,
}

impl Cloud {
    fn of(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bucket(&self, name: &str) -> Result<Bucket, String> {
        let limits = Transfers::new().smallest_part(1);
        let client =
            Client::builder().region("cn-hangzhou").credentials(Credential::keys("ak", "sk")).transfers(limits);
        Ok(client.transport(self.clone()).build().map_err(|error| error.to_string())?.bucket(name))
    }

    /// All that was sent, parts in the order of their numbers.
    fn seen(&self) -> (Vec<Value>, Vec<Value>) {
        let mut state = self.state();
        let (requests, mut parts) = (std::mem::take(&mut state.requests), std::mem::take(&mut state.parts));
        parts.sort_by_key(|part| number(part, "part_number"));
        (requests, parts)
    }
}

impl Transport for Cloud {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            let body = body(&request).await?;
            let query: Vec<_> = encode::pairs(&request.query).map(|(name, value)| json!([name, value])).collect();
            let mut state = self.state();
            Ok(state.answer(&Seen { method: request.method.as_str(), request: &request, query, body }))
        })
    }
}

struct Seen<'a> {
    method: &'a str,
    request: &'a Request,
    query: Vec<Value>,
    body: Bytes,
}

impl Seen<'_> {
    fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|pair| pair.get(0).is_some_and(|known| known == name));
        found.and_then(|pair| pair.get(1)?.as_str())
    }

    fn operation(&self) -> &'static str {
        match (self.method, self.param("partNumber"), self.request.header("x-oss-copy-source")) {
            ("PUT", Some(_), "") => "UploadPart",
            ("PUT", Some(_), _) => "UploadPartCopy",
            ("PUT", None, "") => "PutObject",
            ("PUT", None, _) => "CopyObject",
            ("HEAD", ..) => "HeadObject",
            ("GET", ..) if self.param("tagging").is_some() => "GetObjectTagging",
            ("GET", ..) => "GetObject",
            ("POST", ..) if self.param("uploads").is_some() => "InitiateMultipartUpload",
            ("POST", ..) => "CompleteMultipartUpload",
            _ => "",
        }
    }
}

impl State {
    fn answer(&mut self, seen: &Seen<'_>) -> RawReply {
        let operation = seen.operation();
        if operation.starts_with("UploadPart") {
            return self.part(operation, seen);
        }
        let headers: serde_json::Map<_, _> = seen
            .request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into()))
            .collect();
        let host = seen.request.endpoint.authority();
        self.requests.push(json!({
            "op": operation,
            "size": seen.body.len(),
            "body": String::from_utf8_lossy(&seen.body),
            "path": seen.request.path,
            "host": host,
            "query": seen.query,
            "headers": headers,
        }));
        match operation {
            "HeadObject" => self.head(),
            "GetObject" => self.range(seen.request.header("range")),
            "GetObjectTagging" => reply(200, &[], self.tagging.clone()),
            "PutObject" => reply(200, &[("etag", "\"1\""), ("x-oss-hash-crc64ecma", &sum(&seen.body))], ""),
            "InitiateMultipartUpload" => {
                let text = "<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>";
                reply(200, &[], text)
            }
            "CompleteMultipartUpload" if self.whole != 0 => {
                let whole = self.whole.to_string();
                reply(200, &[("x-oss-hash-crc64ecma", &whole)], "<R><ETag>\"e\"</ETag></R>")
            }
            _ => reply(200, &[], "<R><ETag>\"e\"</ETag></R>"),
        }
    }

    fn part(&mut self, operation: &str, seen: &Seen<'_>) -> RawReply {
        let number: u64 = seen.param("partNumber").and_then(|text| text.parse().ok()).unwrap_or_default();
        self.parts.push(json!({
            "op": operation,
            "part_number": number,
            "size": seen.body.len(),
            "range": seen.request.header("x-oss-copy-source-range"),
            "source": seen.request.header("x-oss-copy-source"),
        }));
        let etag = format!("\"{number}\"");
        match operation {
            "UploadPart" => reply(200, &[("etag", &etag), ("x-oss-hash-crc64ecma", &sum(&seen.body))], ""),
            _ => reply(200, &[], format!("<CopyPartResult><ETag>{etag}</ETag></CopyPartResult>")),
        }
    }

    fn head(&self) -> RawReply {
        let len = self.len.to_string();
        let mut headers = self.head.clone();
        let sum = sum(&self.object);
        let known = [("content-length", &*len), ("etag", "\"e\""), ("x-oss-hash-crc64ecma", &*sum)];
        let with_sum = if self.object.len() as u64 == self.len { 3 } else { 2 };
        for (name, value) in known.into_iter().take(with_sum) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        RawReply::new(StatusCode::OK, headers, Vec::new())
    }

    fn range(&self, header: &str) -> RawReply {
        let Some(ByteRange::Between(first, last)) = ByteRange::parse(header) else { return reply(400, &[], "") };
        let bytes = self.object.slice(first as usize..last as usize + 1);
        let range = format!("bytes {first}-{last}/{}", self.len);
        reply(206, &[("content-range", &range), ("etag", "\"e\"")], bytes.to_vec())
    }
}

fn sum(bytes: &[u8]) -> String {
    crc::checksum(bytes).to_string()
}

fn reply(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> RawReply {
    let body = body.into();
    let pairs = headers
        .iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::try_from(*value).ok()?)));
    RawReply::new(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), pairs.collect(), body)
}

/// Remembers the last progress before the end.
#[derive(Clone, Default)]
struct Last(Arc<Mutex<Value>>);

impl Last {
    fn listener(&self) -> impl Fn(sanyun_oss::transfer::TransferProgress) + Send + Sync + 'static {
        let last = self.clone();
        move |progress| {
            if !progress.finished && progress.transferred > 0 {
                let total = progress.total.map_or(-1, |total| total as i64);
                *last.0.lock().unwrap_or_else(PoisonError::into_inner) = json!([progress.transferred, total]);
            }
        }
    }

    /// The last two numbers: what the official SDK calls a step is its own.
    fn compare(&self, expected: &Value) -> Result<(), String> {
        let Some(wanted) = expected.get("progress_last") else { return Ok(()) };
        let wanted = wanted.as_array().map_or(Value::Null, |numbers| numbers.iter().skip(1).cloned().collect());
        same_json("progress_last", &self.0.lock().unwrap_or_else(PoisonError::into_inner), &wanted)
    }
}

/// A run of a transfer that gives an error of ours.
fn run<T>(transfer: impl IntoFuture<Output = Result<T, Error>>) -> Result<Result<T, Error>, String> {
    block_on(transfer.into_future())
}

/// The first of these bytes: byte i is i modulo 251.
fn content(len: u64) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn upload(input: &Value, expected: &Value) -> Result<(), String> {
    let params = member(input, "params");
    let (bytes, last) = (vec![0; number(input, "size") as usize], Last::default());
    let cloud = Cloud::of(State { whole: crc::checksum(&bytes), ..State::default() });
    let bucket = cloud.bucket(text(params, "bucket"))?;
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    std::fs::write(file.path(), &bytes).map_err(|error| error.to_string())?;
    let upload = if member(input, "seekable") == &Value::Bool(false) {
        let stream = StreamBody::from(Bytes::from(bytes)).into_stream();
        bucket.upload(text(params, "key"), sanyun_core::Body::once(stream, None))
    } else {
        bucket.upload_file(text(params, "key"), file.path())
    };
    let upload = upload.part_size(number(member(input, "options"), "part_size")).progress(last.listener());
    run(upload)?.map_err(|error| error.to_string())?;
    let (requests, parts) = cloud.seen();
    same_listed(&requests, member(expected, "requests"))?;
    match member(expected, "parts") {
        Value::Array(_) => same_listed(&parts, member(expected, "parts"))?,
        summary => {
            let size = |part: Option<&Value>| part.map(|part| number(part, "size"));
            let ours =
                json!({"count": parts.len(), "first_size": size(parts.first()), "last_size": size(parts.last())});
            same_json("parts", &ours, summary)?;
        }
    }
    last.compare(expected)
}

fn download(input: &Value, expected: &Value) -> Result<(), String> {
    if expected.get("error").is_some() {
        return Err("ours succeeds".to_owned());
    }
    let (len, last) = (number(input, "size"), Last::default());
    let cloud = Cloud::of(State { object: content(len).into(), len, ..State::default() });
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("file");
    let download = cloud.bucket("examplebucket")?.download_file("k", &path).progress(last.listener());
    let download = match ByteRange::parse(text(input, "range")) {
        None => download,
        Some(ByteRange::Between(first, last)) => download.range(first..=last),
        Some(ByteRange::From(first)) => download.range(first..),
        Some(ByteRange::Last(count)) => download.last(count),
    };
    // One after the other, so that the order of the requests is that of the parts.
    let download = download.part_size(number(member(input, "options"), "part_size")).parallel(1);
    run(download)?.map_err(|error| error.to_string())?;
    let written = std::fs::read(&path).map_err(|error| error.to_string())?;
    let (requests, _) = cloud.seen();
    let gets: Vec<&Value> = requests.iter().filter(|request| text(request, "op") == "GetObject").collect();
    let header = |request: &Value, name: &str| text(member(request, "headers"), name).to_owned();
    let ranges: Value = gets.iter().filter_map(|get| pair(&header(get, "range"))).collect();
    let mut behavior: Vec<_> = gets.iter().map(|get| header(get, "x-oss-range-behavior")).collect();
    behavior.dedup();
    if gets.iter().any(|get| header(get, "if-match") != "\"e\"") {
        return Err("a part was asked for without its ETag".to_owned());
    }
    let heads = requests.len() - gets.len();
    let ours = json!({
        "head_requests": heads,
        "ranges": ranges,
        "range_behavior": behavior,
        "written": written.len(),
        "content_crc64": crc::checksum(&written).to_string(),
    });
    let wanted = expected.as_object().into_iter().flatten().filter(|(name, _)| *name != "progress_last");
    wanted.into_iter().try_for_each(|(name, wanted)| same_json(name, member(&ours, name), wanted))?;
    // Of a range ours tells the range's length.
    if input.get("range").is_some() { Ok(()) } else { last.compare(expected) }
}

fn pair(header: &str) -> Option<Value> {
    match ByteRange::parse(header)? {
        ByteRange::Between(first, last) => Some(json!([first, last])),
        _ => None,
    }
}

fn copy(input: &Value, expected: &Value) -> Result<(), String> {
    let (params, options) = (member(input, "params"), member(input, "options"));
    let cloud = Cloud::of(State {
        len: number(input, "size"),
        head: headers(member(input, "source_head")),
        tagging: text(input, "source_tagging").to_owned(),
        ..State::default()
    });
    let bucket = text(params, "bucket");
    let source = match text(params, "source_bucket") {
        "" => bucket,
        source => source,
    };
    let copy = cloud.bucket(bucket)?.copy_from(source, text(params, "source_key"), text(params, "key"));
    run(copy.part_size(number(options, "part_size")))?.map_err(|error| error.to_string())?;
    let (requests, parts) = cloud.seen();
    if let Some(wanted) = expected.get("init_headers") {
        let init = requests.iter().find(|request| text(request, "op") == "InitiateMultipartUpload");
        let init = init.ok_or("there was no InitiateMultipartUpload")?;
        return same_members(member(init, "headers"), wanted);
    }
    same_listed(&requests, member(expected, "requests"))?;
    same_listed(&parts, member(expected, "parts"))
}

fn headers(pairs: &Value) -> HeaderMap {
    let pairs = pairs.as_array().into_iter().flatten();
    let header = |pair: &Value| {
        let name = HeaderName::try_from(pair.get(0)?.as_str()?).ok()?;
        Some((name, HeaderValue::try_from(pair.get(1)?.as_str()?).ok()?))
    };
    pairs.filter_map(header).collect()
}

/// Compares the members that a case lists.
fn same_listed(ours: &[Value], expected: &Value) -> Result<(), String> {
    let expected = expected.as_array().map(Vec::as_slice).unwrap_or_default();
    let operations = |list: &[Value]| list.iter().map(|it| text(it, "op").to_owned()).collect::<Vec<_>>().join(" ");
    same("operations", &operations(ours), &operations(expected))?;
    ours.iter().zip(expected).try_for_each(|(ours, expected)| same_members(ours, expected))
}

fn same_members(ours: &Value, expected: &Value) -> Result<(), String> {
    for (name, wanted) in expected.as_object().into_iter().flatten().filter(|(name, _)| *name != "read_timeout") {
        match wanted {
            Value::Object(_) => same_members(member(ours, name), wanted)?,
            Value::String(xml) if name == "body" => {
                if !same_xml(text(ours, name).as_bytes(), xml.as_bytes()) {
                    return same(name, text(ours, name), xml);
                }
            }
            _ => same_json(name, member(ours, name), wanted)?,
        }
    }
    Ok(())
}

fn download_facts(input: &Value) -> DownloadFacts {
    let headers = member(input, "object_headers");
    DownloadFacts {
        bucket: text(input, "bucket").to_owned(),
        key: text(input, "key").to_owned(),
        version_id: text(input, "version_id").to_owned(),
        range: text(input, "range").to_owned(),
        file_path: text(input, "file_path").to_owned(),
        size: text(headers, "Content-Length").parse().unwrap_or_default(),
        last_modified: text(headers, "Last-Modified").to_owned(),
        etag: text(headers, "ETag").to_owned(),
        part_size: number(input, "part_size"),
    }
}

fn upload_facts(input: &Value) -> UploadFacts {
    UploadFacts {
        bucket: text(input, "bucket").to_owned(),
        key: text(input, "key").to_owned(),
        file_path: text(input, "file_path").to_owned(),
        file_size: number(input, "file_size"),
        file_mtime: member(input, "file_mtime").as_f64().unwrap_or_default(),
        part_size: number(input, "part_size"),
    }
}

/// Kind `checkpoint`.
pub(super) fn checkpoint(input: &Value, expected: &Value) -> Result<(), String> {
    let (name, content) = if text(input, "type") == "upload" {
        let facts = upload_facts(input);
        (facts.file_name(), facts.text(text(input, "upload_id")))
    } else {
        let facts = download_facts(input);
        let crc64 = text(input, "crc64").parse().unwrap_or_default();
        (facts.file_name(), facts.text(DownloadedSoFar { offset: number(input, "offset"), crc64 }))
    };
    same("file_name", &name, text(expected, "file_name"))?;
    same("content", &content, text(expected, "content"))
}

/// Kind `checkpoint_load`.
pub(super) fn checkpoint_load(input: &Value, expected: &Value) -> Result<(), String> {
    let content = text(input, "content");
    let ours = if text(input, "type") == "upload" {
        match upload_facts(input).read(content) {
            Some(upload_id) => json!({"valid": true, "upload_id": upload_id}),
            None => json!({"valid": false}),
        }
    } else {
        let facts = download_facts(input);
        let first = match ByteRange::parse(&facts.range) {
            Some(ByteRange::Between(first, _) | ByteRange::From(first)) => first,
            _ => 0,
        };
        match facts.read(content, first, member(input, "dest_size").as_u64()) {
            Some(so_far) => json!({"valid": true, "offset": so_far.offset, "crc64": so_far.crc64.to_string()}),
            None => json!({"valid": false}),
        }
    };
    same_json("checkpoint", &ours, expected)
}
