//! Objects that grow at their end.

use http::StatusCode;
use sanyun_core::{encode, hash};
use sanyun_oss::crc;

use super::Call;
use super::meta::{Kind, Meta};
use super::object::{self, blocking};
use super::refusal::Refusal;
use super::store::{Bucket, StoreError};
use super::upload::{self, Sums, Upload, check_md5};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The rare fact that says since when an object does not grow any more.
pub(super) const SEALED: &str = "sealed";

pub(super) async fn append(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let position = position(call)?;
    let bucket = call.bucket()?;
    let first = Meta { kind: Kind::Appendable, ..object::new_meta(call, &call.head.headers)? };
    let now_ms = call.now_ms;
    let sent_md5 = call.head.header("content-md5").to_owned();
    let received = upload::receive(&call.state.store, body).await?;
    let meta = blocking(move || {
        let mut upload = received.finish()?;
        let sums = upload.sums();
        check_md5(&sums.md5, &sent_md5)?;
        let grow = |old: &Meta| grown(old, position, &sums, upload.len, now_ms);
        match bucket.append(&first.key, &mut upload.draft, grow) {
            Err(Missing::Marker) | Ok(None) => begin(&bucket, first, position, upload, &sums),
            Err(Missing::Refused(refusal)) => Err(refusal),
            Ok(Some(meta)) => Ok(meta),
        }
    })
    .await?;
    Ok(object::stored(call, &meta)?.header("x-oss-next-append-position", &meta.size.to_string()))
}

fn position(call: &Call<'_>) -> Result<u64, Refusal> {
    let text = call.parameter("position");
    let refuse =
        || Refusal::invalid_argument("Append position must be a number that is not negative.", "position", &text);
    text.parse().map_err(|_| refuse())
}

/// Why an object cannot grow.
enum Missing {
    /// There is none: what stands there says that it was deleted.
    Marker,
    Refused(Refusal),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<std::io::Error> for Missing {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.into())
    }
}

/// What is known of an object after a piece was added.
fn grown(old: &Meta, position: u64, sums: &Sums, len: u64, now_ms: u64) -> Result<Meta, Missing> {
    let conflict = |code, message: &str| Missing::Refused(Refusal::new(StatusCode::CONFLICT, code, message));
    match old.kind {
        Kind::DeleteMarker => return Err(Missing::Marker),
        Kind::Appendable if !old.fact(SEALED).is_empty() => {
            return Err(conflict("ObjectNotAppendable", "The object is sealed."));
        }
        Kind::Appendable => {}
        _ => return Err(conflict("ObjectNotAppendable", "The object is not appendable")),
    }
    if old.size != position {
        return Err(Missing::Refused(wrong_position(old.size)));
    }
    let crc64 = crc::combine(old.crc64, sums.crc64, len);
    let size = old.size + len;
    Ok(Meta { size, crc64, etag: etag(&old.etag, &sums.md5), modified_ms: now_ms, ..old.clone() })
}

/// The service's entity tag of an object that grew is no MD5 of its data either.
fn etag(old: &str, piece_md5: &[u8; 16]) -> String {
    encode::hex(&hash::md5(&[old.as_bytes(), piece_md5].concat())).to_ascii_uppercase()
}

fn wrong_position(size: u64) -> Refusal {
    let message = "Position is not equal to file length";
    Refusal::new(StatusCode::CONFLICT, "PositionNotEqualToLength", message)
        .cause("0026-00000016")
        .header("x-oss-next-append-position", size.to_string())
}

fn begin(bucket: &Bucket, mut meta: Meta, position: u64, upload: Upload, sums: &Sums) -> Result<Meta, Refusal> {
    if position != 0 {
        return Err(wrong_position(0));
    }
    sums.describe(&mut meta, upload.len);
    meta.order = bucket.next_order(meta.modified_ms);
    bucket.begin_append(upload.draft, meta).map_err(|error| match error {
        // Somebody else began it at the same time.
        StoreError::ObjectExists => wrong_position(1),
        other => other.into(),
    })
}

/// From now on the object does not grow.
pub(super) async fn seal(call: &Call<'_>) -> Result<Answer, Refusal> {
    let position = position(call)?;
    let (bucket, key) = (call.bucket()?, call.key()?.to_owned());
    let sealed_at = object::http_date(call.now_ms);
    let changed = blocking(move || {
        let found = bucket.change(&key, None, |meta| match meta.kind {
            Kind::DeleteMarker => Err(Refusal::no_such_key(&meta.key)),
            Kind::Appendable if meta.size != position => Err(wrong_position(meta.size)),
            Kind::Appendable => {
                let sealed_at =
                    if meta.fact(SEALED).is_empty() { sealed_at.clone() } else { meta.fact(SEALED).to_owned() };
                meta.set_fact(SEALED, &sealed_at);
                Ok(())
            }
            _ => Err(Refusal::new(StatusCode::CONFLICT, "ObjectNotAppendable", "The object is not appendable")),
        })?;
        found.ok_or_else(|| Refusal::no_such_key(&key))
    });
    let meta = changed.await?;
    Ok(Answer::new(StatusCode::OK).header("x-oss-sealed-time", meta.fact(SEALED)))
}
