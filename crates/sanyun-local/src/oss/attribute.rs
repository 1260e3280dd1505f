//! What can be changed of an object without writing it anew: its ACL, its retention, its legal hold.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use sanyun_core::time;

use super::bucket::acl_document;
use super::meta::{Kind, Meta};
use super::object::{self, blocking, with_version};
use super::refusal::Refusal;
use super::worm::{self, Guard};
use super::xml::Xml;
use super::{Call, document, read_document};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, header};

pub(super) const WORM_MODE: &str = "x-oss-object-worm-mode";
pub(super) const WORM_UNTIL: &str = "x-oss-object-worm-retain-until-date";
pub(super) const LEGAL_HOLD: &str = "x-oss-object-worm-legal-hold";

/// What is known of the version that the caller means.
pub(super) async fn opened(call: &Call<'_>) -> Result<Meta, Refusal> {
    Ok(object::open(call).await?.meta)
}

/// Changes what is known of the version that the caller means.
pub(super) async fn change(
    call: &Call<'_>,
    change: impl Fn(&mut Meta) -> Result<(), Refusal> + Send + 'static,
) -> Result<Meta, Refusal> {
    let (bucket, key, version) = (call.bucket()?, call.key()?.to_owned(), call.version());
    let missing = match &version {
        Some(version) => Refusal::no_such_version(&key, version),
        None => Refusal::no_such_key(&key),
    };
    let asks_for_version = version.is_some();
    let unless_deleted = move |meta: &mut Meta| match meta.kind {
        Kind::DeleteMarker if asks_for_version => Err(Refusal::method_not_allowed("PUT")),
        Kind::DeleteMarker => Err(Refusal::no_such_key(&meta.key)),
        _ => change(meta),
    };
    let changed = blocking(move || bucket.change(&key, version.as_deref(), unless_deleted)).await?;
    changed.ok_or(missing)
}

pub(super) async fn get_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let meta = opened(call).await?;
    let bucket = call.bucket()?;
    Ok(with_version(acl_document(&bucket.facts().owner, &meta.acl), &bucket, &meta.version))
}

pub(super) async fn put_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let acl = object::acl_of(call)?;
    let acl =
        acl.ok_or_else(|| Refusal::invalid_argument("The ACL of the object is missing.", "x-oss-object-acl", ""))?;
    let set = move |meta: &mut Meta| {
        meta.acl.clone_from(&acl);
        Ok(())
    };
    let meta = change(call, set).await?;
    Ok(with_version(Answer::new(StatusCode::OK), &*call.bucket()?, &meta.version))
}

pub(super) async fn get_retention(call: &Call<'_>) -> Result<Answer, Refusal> {
    let meta = opened(call).await?;
    let mode = header(&meta.headers, WORM_MODE);
    if mode.is_empty() {
        return Err(nothing_set("The object has no retention."));
    }
    let mut xml = Xml::new("Retention");
    xml.leaf("Mode", mode).leaf("RetainUntilDate", header(&meta.headers, WORM_UNTIL));
    Ok(document(xml))
}

pub(super) async fn put_retention(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let retention = read_document(call, body, "Retention").await?;
    let (mode, until) = (retention.text_of("Mode").to_owned(), retention.text_of("RetainUntilDate").to_owned());
    if !["GOVERNANCE", "COMPLIANCE"].contains(&mode.as_str()) {
        return Err(Refusal::invalid_argument("The mode must be GOVERNANCE or COMPLIANCE.", "Mode", &mode));
    }
    let later = time::parse_rfc3339(&until)
        .ok_or_else(|| Refusal::invalid_argument("This is no moment.", "RetainUntilDate", &until))?;
    let (now, bypasses) = (call.state.clock.now(), Guard::of(call).bypasses);
    let set = move |meta: &mut Meta| {
        let shortens = worm::retained_until(&meta.headers).is_some_and(|end| end > now && later < end);
        if shortens && !(bypasses && header(&meta.headers, WORM_MODE) == "GOVERNANCE") {
            return Err(worm::immutable());
        }
        set_header(&mut meta.headers, WORM_MODE, &mode);
        set_header(&mut meta.headers, WORM_UNTIL, &until);
        Ok(())
    };
    change(call, set).await?;
    Ok(Answer::new(StatusCode::OK))
}

pub(super) async fn get_legal_hold(call: &Call<'_>) -> Result<Answer, Refusal> {
    let meta = opened(call).await?;
    let status = header(&meta.headers, LEGAL_HOLD);
    if status.is_empty() {
        return Err(nothing_set("The object has no legal hold."));
    }
    let mut xml = Xml::new("LegalHold");
    xml.leaf("Status", status);
    Ok(document(xml))
}

pub(super) async fn put_legal_hold(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let status = read_document(call, body, "LegalHold").await?.text_of("Status").to_owned();
    if !["ON", "OFF"].contains(&status.as_str()) {
        return Err(Refusal::invalid_argument("The status must be ON or OFF.", "Status", &status));
    }
    let set = move |meta: &mut Meta| {
        set_header(&mut meta.headers, LEGAL_HOLD, &status);
        Ok(())
    };
    change(call, set).await?;
    Ok(Answer::new(StatusCode::OK))
}

fn nothing_set(message: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NoSuchObjectLockConfiguration", message)
}

fn set_header(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
