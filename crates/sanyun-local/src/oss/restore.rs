//! Archived objects. They are cold until somebody restores them for some days, which the local cloud does at once.

use http::StatusCode;

use super::attribute::{change, opened};
use super::meta::Meta;
use super::object::{http_date, with_version};
use super::refusal::Refusal;
use super::{Call, read_body, xml};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The rare fact of an archived object that can be read: until when, in milliseconds since 1970.
const UNTIL: &str = "restored-until";
const ARCHIVES: [&str; 3] = ["Archive", "ColdArchive", "DeepColdArchive"];
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const DAYS_LIMIT: u64 = 365;

fn is_archived(meta: &Meta) -> bool {
    ARCHIVES.contains(&meta.storage_class.as_str())
}

fn until(meta: &Meta) -> u64 {
    meta.fact(UNTIL).parse().unwrap_or(0)
}

/// Whether the data can be read.
///
/// # Errors
/// `InvalidObjectState` for an archived object that is not restored.
pub(super) fn check_readable(call: &Call<'_>, meta: &Meta) -> Result<(), Refusal> {
    let reads_directly = || {
        let setting = call.bucket().ok().and_then(|bucket| bucket.settings.get("bucketArchiveDirectRead"));
        meta.storage_class == "Archive" && setting.is_some_and(|text| text.contains("<Enabled>true</Enabled>"))
    };
    if !is_archived(meta) || until(meta) > call.now_ms || reads_directly() {
        return Ok(());
    }
    let message = "The operation is not valid for the object's state";
    Err(Refusal::new(StatusCode::FORBIDDEN, "InvalidObjectState", message)
        .cause("0026-00000009")
        .detail("Key", &*meta.key))
}

/// What `x-oss-restore` says of an object.
pub(super) fn state(now_ms: u64, meta: &Meta) -> Option<String> {
    let until = until(meta);
    let is_restored = is_archived(meta) && until > now_ms;
    is_restored.then(|| format!("ongoing-request=\"false\", expiry-date=\"{}\"", http_date(until)))
}

pub(super) async fn restore(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bytes = read_body(call, body).await?;
    let wishes = if bytes.is_empty() { Some(xml::Element::default()) } else { xml::parse(&bytes) };
    let wishes = wishes.ok_or_else(Refusal::malformed_xml)?;
    let days = match wishes.text_of("Days") {
        "" => 1,
        text => text
            .parse()
            .ok()
            .filter(|days| (1..=DAYS_LIMIT).contains(days))
            .ok_or_else(|| Refusal::invalid_argument("Days must be a number from 1 to 365.", "Days", text))?,
    };
    let now_ms = call.now_ms;
    // The first time it is accepted, and later only made longer.
    let was_restored = state(now_ms, &opened(call).await?).is_some();
    let status = if was_restored { StatusCode::OK } else { StatusCode::ACCEPTED };
    let restore = move |meta: &mut Meta| {
        if !is_archived(meta) {
            return Err(not_archived());
        }
        meta.set_fact(UNTIL, &(now_ms + days * DAY_MS).to_string());
        Ok(())
    };
    let meta = change(call, restore).await?;
    let mut answer = with_version(Answer::new(status), &*call.bucket()?, &meta.version);
    if meta.storage_class != "Archive" {
        let tier = wishes.child("JobParameters").map_or("", |job| job.text_of("Tier"));
        answer = answer.header("x-oss-object-restore-priority", if tier.is_empty() { "Standard" } else { tier });
    }
    Ok(answer)
}

pub(super) async fn clean(call: &Call<'_>) -> Result<Answer, Refusal> {
    let clean = |meta: &mut Meta| {
        if !is_archived(meta) {
            return Err(not_archived());
        }
        meta.set_fact(UNTIL, "");
        Ok(())
    };
    let meta = change(call, clean).await?;
    Ok(with_version(Answer::new(StatusCode::OK), &*call.bucket()?, &meta.version))
}

fn not_archived() -> Refusal {
    let message = "The operation is not supported for this resource";
    Refusal::new(StatusCode::BAD_REQUEST, "OperationNotSupported", message)
}
