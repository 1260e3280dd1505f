//! Commands of one call: making and removing buckets, properties, presigned URLs.

use std::fmt::Write as _;
use std::time::Duration;

use clap::ArgMatches;
use sanyun_core::{Result, time};
use serde_json::{Map, Value, json};

use super::session::Session;
use super::size::human;
use super::url::{self, Url};

/// How long a presigned URL works if nothing is said.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);

/// `sanyun oss mb`
///
/// # Errors
/// As the call.
pub(super) async fn make(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::bucket(arguments, "oss://BUCKET")?;
    match session.call(session.bucket(&url.bucket).create()).await? {
        None => Ok(()),
        Some(_) => session.tell(&format!("made oss://{}\n", url.bucket), || json!({"made": url.bucket})),
    }
}

/// `sanyun oss rb`
///
/// # Errors
/// As the call.
pub(super) async fn remove(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::bucket(arguments, "oss://BUCKET")?;
    match session.call(session.bucket(&url.bucket).delete_bucket()).await? {
        None => Ok(()),
        Some(_) => session.tell(&format!("removed oss://{}\n", url.bucket), || json!({"removed": url.bucket})),
    }
}

/// `sanyun oss stat`
///
/// # Errors
/// As the call.
pub(super) async fn stat(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::argument(arguments, "oss://BUCKET/KEY")?;
    let facts = if url.key.is_empty() { bucket(session, &url).await? } else { object(session, &url).await? };
    facts.map_or(Ok(()), |facts| session.tell(&page(&facts), || Value::Object(facts.clone())))
}

async fn object(session: &Session, url: &Url) -> Result<Option<Map<String, Value>>> {
    let Some(object) = session.call(session.bucket(&url.bucket).head(&url.key)).await? else { return Ok(None) };
    let meta: Value = object.metadata().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    Ok(facts([
        ("bucket", json!(url.bucket)),
        ("key", json!(url.key)),
        ("size", json!(object.content_length())),
        ("content_type", json!(object.content_type())),
        ("last_modified", json!(object.last_modified().map(time::iso_extended))),
        ("etag", json!(object.etag())),
        // Beyond 2^53: a number would lose its end in many programs.
        ("crc64", json!(object.crc64().map(|crc| crc.to_string()))),
        ("storage_class", json!(object.storage_class())),
        ("object_type", json!(object.object_type())),
        ("version_id", json!(object.version_id())),
        ("meta", if meta == json!({}) { Value::Null } else { meta }),
    ]))
}

async fn bucket(session: &Session, url: &Url) -> Result<Option<Map<String, Value>>> {
    let Some(bucket) = session.call(session.bucket(&url.bucket).info()).await? else { return Ok(None) };
    let text = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    Ok(facts([
        ("bucket", text(&bucket.name)),
        ("location", text(&bucket.location)),
        ("created_at", json!(bucket.created_at.map(time::iso_extended))),
        ("storage_class", text(&bucket.storage_class)),
        ("redundancy", text(&bucket.redundancy)),
        ("acl", text(&bucket.acl)),
        ("versioning", json!(bucket.versioning)),
        ("public_host", text(&bucket.public_host)),
        ("internal_host", text(&bucket.internal_host)),
    ]))
}

fn facts<const N: usize>(facts: [(&str, Value); N]) -> Option<Map<String, Value>> {
    let known = facts.into_iter().filter(|(_, value)| !value.is_null());
    Some(known.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn page(facts: &Map<String, Value>) -> String {
    let mut out = String::new();
    for (name, value) in facts {
        let shown = match (name.as_str(), value.as_u64()) {
            ("size", Some(bytes)) if bytes >= 1024 => format!("{bytes} ({})", human(bytes)),
            _ => crate::output::plain(value),
        };
        let _ = writeln!(out, "{name:14} {shown}");
    }
    out
}

/// `sanyun oss presign`
///
/// # Errors
/// No credentials, or a lifetime that is not allowed.
pub(super) async fn presign(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::object(arguments, "oss://BUCKET/KEY")?;
    let lifetime = arguments.get_one("expires").copied().unwrap_or(DEFAULT_LIFETIME);
    let get = session.prepared(session.bucket(&url.bucket).get(&url.key));
    let link = get.presign(lifetime).await.map_err(Session::advised)?;
    let expires_at = link.expires_at().map(time::iso_extended);
    session.tell(
        &format!("{}\n", link.url()),
        || json!({"method": link.method().as_str(), "url": link.url(), "expires_at": expires_at}),
    )
}
