//! DSC: a mark in a picture that can be read back. Nothing is hidden in the pixels: the mark stands behind the picture's
//! last byte, where viewers of JPEG and PNG do not look.

use http::StatusCode;
use serde_json::json;

use super::Call;
use super::refusal::{Refusal, Shape};
use crate::answer::Answer;
use crate::multipart;

/// What stands between the picture and its mark.
const MARK: &[u8] = b"\nsanyun-watermark:";

/// `CreateImageWatermark`: the picture as it came, [`MARK`], and the text of `blind_watermark`, or instead of it the
/// SHA-256 of `image_watermark` in hex digits, which wins if both are there.
pub(super) fn embed(call: &Call<'_>) -> Result<Answer, Refusal> {
    let parts = multipart::parts(call.head.header("content-type"), &call.body);
    let part = |name: &str| parts.iter().find(|part| part.name == name).filter(|part| !part.content.is_empty());
    let picture = part("file").filter(|part| part.is_file).ok_or_else(|| invalid("file is required"))?;
    let hash = part("image_watermark").map(|image| sanyun_core::hash::sha256_hex(image.content).into_bytes());
    let text = part("blind_watermark").map(|text| text.content.to_vec());
    let mark = hash.or(text).ok_or_else(|| invalid("blind_watermark or image_watermark is required"))?;
    let marked = [picture.content, MARK, &mark].concat();
    Ok(Answer::new(StatusCode::OK).header("content-type", "application/octet-stream").bytes(marked))
}

/// `ShowImageWatermark`: the mark of a picture that [`embed`] marked.
pub(super) fn extract(call: &Call<'_>) -> Result<Answer, Refusal> {
    let parts = multipart::parts(call.head.header("content-type"), &call.body);
    let picture = parts.iter().find(|part| part.name == "file" && part.is_file);
    let picture = picture.ok_or_else(|| invalid("file is required"))?.content;
    let at = picture.windows(MARK.len()).rposition(|window| window == MARK);
    let mark =
        at.and_then(|at| picture.get(at + MARK.len()..)).ok_or_else(|| invalid("the picture has no watermark"))?;
    Ok(Answer::json(StatusCode::OK, &json!({"watermark": String::from_utf8_lossy(mark)})))
}

fn invalid(what: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "dsc.40000011", format!("Invalid parameter: {what}"), Shape::Gateway)
}
