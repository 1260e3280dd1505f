//! Commands of one call: making and removing buckets, properties, presigned URLs.

use std::fmt::Write as _;
use std::time::Duration;

use clap::ArgMatches;
use sanyun_core::{Body, Result, time};
use sanyun_oss::{Action, FromReply, Presigned};
use serde_json::{Map, Value, json};

use super::session::{Session, given};
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
    let option = |name: &str| given::<String>(arguments, name);
    let create = session.bucket(&url.bucket).create();
    let create = option("acl").into_iter().fold(create, |create, acl| create.acl(acl));
    let create = option("storage-class").into_iter().fold(create, |create, class| create.storage_class(class));
    let create = option("redundancy").into_iter().fold(create, |create, kind| create.redundancy(kind));
    match session.call(create).await? {
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
    let version = given::<String>(arguments, "version-id");
    let facts = if url.key.is_empty() { bucket(session, &url).await? } else { object(session, &url, version).await? };
    facts.map_or(Ok(()), |facts| session.tell(&page(&facts), || Value::Object(facts.clone())))
}

async fn object(session: &Session, url: &Url, version: Option<&String>) -> Result<Option<Map<String, Value>>> {
    let head = session.bucket(&url.bucket).head(&url.key);
    let head = of_version(head, version);
    let Some(object) = session.call(head).await? else { return Ok(None) };
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
    let (bucket, version) = (session.bucket(&url.bucket), given::<String>(arguments, "version-id"));
    let method = arguments.get_one::<String>("method").map(|word| word.to_ascii_uppercase());
    let link = match method.as_deref().unwrap_or("GET") {
        "HEAD" => link(session, of_version(bucket.head(&url.key), version), lifetime).await?,
        "DELETE" => link(session, of_version(bucket.delete(&url.key), version), lifetime).await?,
        "PUT" => {
            let put = bucket.put(&url.key, Body::empty());
            let put =
                given::<String>(arguments, "content-type").into_iter().fold(put, |put, kind| put.content_type(kind));
            link(session, put, lifetime).await?
        }
        _ => link(session, of_version(bucket.get(&url.key), version), lifetime).await?,
    };
    let expires_at = link.expires_at().map(time::iso_extended);
    let signed = |value: &sanyun_core::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Value = link.headers().iter().map(|(name, value)| (name.to_string(), json!(signed(value)))).collect();
    session.tell(
        &format!("{}\n", link.url()),
        || json!({"method": link.method().as_str(), "url": link.url(), "headers": headers, "expires_at": expires_at}),
    )
}

async fn link<T: FromReply>(session: &Session, action: Action<T>, lifetime: Duration) -> Result<Presigned> {
    session.prepared(action).presign(lifetime).await.map_err(Session::advised)
}

fn of_version<T>(action: Action<T>, version: Option<&String>) -> Action<T> {
    version.into_iter().fold(action, |action, id| action.query("versionId", id))
}
