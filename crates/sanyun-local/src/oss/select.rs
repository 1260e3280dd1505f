//! Queries inside an object: `select` of all or some columns of CSV or of lines of JSON, without conditions. The answer
//! comes in frames (API reference of SelectObject).

mod frame;
mod query;
mod table;

use std::io::Read as _;

use http::StatusCode;
use sanyun_core::encode;

use super::object::{blocking, resolve};
use super::refusal::Refusal;
use super::xml::Element;
use super::{Call, read_document, restore};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use query::Query;
use table::Format;

/// The largest object that is looked into: it is read into memory.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;
const DATA: u32 = 8_388_609;
const END: u32 = 8_388_613;
const CSV_META_END: u32 = 8_388_614;
const JSON_META_END: u32 = 8_388_615;

pub(super) async fn select(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let process = call.parameter("x-oss-process");
    let root = match process.as_str() {
        "csv/select" | "json/select" => "SelectRequest",
        "csv/meta" => "CsvMetaRequest",
        "json/meta" => "JsonMetaRequest",
        _ => return Err(Refusal::not_implemented()),
    };
    let request = read_document(call, body, root).await?;
    let format = Format::of(request.child("InputSerialization").unwrap_or(&Element::default()), &process)?;
    let data = data(call).await?;
    if root == "SelectRequest" { answer(&request, &format, &data) } else { Ok(meta(&format, &data)) }
}

/// All of the object.
async fn data(call: &Call<'_>) -> Result<String, Refusal> {
    let (object, shown) = resolve(call).await?;
    restore::check_readable(call, &object.meta)?;
    if shown.size > SIZE_LIMIT {
        return Err(Refusal::not_implemented());
    }
    let bytes = blocking(move || {
        let mut bytes = Vec::new();
        object.reading(0)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    })
    .await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn answer(request: &Element, format: &Format, data: &str) -> Result<Answer, Refusal> {
    let expression = text(request.text_of("Expression"));
    if expression.trim().is_empty() {
        return Err(Refusal::malformed_xml());
    }
    let query = Query::parse(&expression).ok_or_else(Refusal::not_implemented)?;
    let nothing = Element::default();
    let output = request.child("OutputSerialization").unwrap_or(&nothing);
    let is = |name: &str| output.text_of(name).eq_ignore_ascii_case("true");
    let selected = format.select(data, &query, output, is("OutputHeader"))?;
    let raw = is("OutputRawData");
    let answer = Answer::new(StatusCode::OK)
        .header("content-type", "application/octet-stream")
        .header("x-oss-select-output-raw", if raw { "true" } else { "false" });
    if raw {
        return Ok(answer.bytes(selected));
    }
    let (scanned, checks) = (data.len() as u64, is("EnablePayloadCrc"));
    let mut frames = Vec::new();
    if !selected.is_empty() {
        frame::push(&mut frames, DATA, &[&scanned.to_be_bytes(), selected.as_bytes()], checks);
    }
    let status = 200_u32.to_be_bytes();
    frame::push(&mut frames, END, &[&scanned.to_be_bytes(), &scanned.to_be_bytes(), &status], checks);
    Ok(answer.bytes(frames))
}

/// How many rows and columns there are.
fn meta(format: &Format, data: &str) -> Answer {
    let (rows, columns) = format.count(data);
    let scanned = (data.len() as u64).to_be_bytes();
    let (status, splits) = (200_u32.to_be_bytes(), 1_u32.to_be_bytes());
    let (rows, columns) = ((rows as u64).to_be_bytes(), (columns as u32).to_be_bytes());
    let mut payload: Vec<&[u8]> = vec![&scanned, &scanned, &status, &splits, &rows];
    if format.is_csv() {
        payload.push(&columns);
    }
    let mut frames = Vec::new();
    frame::push(&mut frames, if format.is_csv() { CSV_META_END } else { JSON_META_END }, &payload, true);
    Answer::new(StatusCode::OK).header("content-type", "application/octet-stream").bytes(frames)
}

/// What a text in Base64 says.
fn text(base64: &str) -> String {
    let bytes = encode::base64_decode(base64).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
