//! Commands about properties of objects: appending, restoring, tags, ACLs, symbolic links.

use clap::ArgMatches;
use sanyun_core::{Body, Error, Result};
use serde_json::{Value, json};

use super::list::Wanted;
use super::session::{Session, flag, given, values};
use super::size::human;
use super::url::{self, Url};
use super::ways::split;
use crate::terminal;

const OBJECT: &str = "oss://BUCKET/KEY";

/// `sanyun oss append`
///
/// # Errors
/// The file cannot be read; as the calls.
pub(super) async fn append(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::object(arguments, OBJECT)?;
    let path = arguments.get_one::<String>("FILE").map_or("", String::as_str);
    let failed = |error| Error::io(format!("reading {path}"), error);
    let body = match path {
        "-" => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map_err(failed)?;
            Body::from(bytes)
        }
        _ => Body::file(path).map_err(failed)?,
    };
    let bucket = session.bucket(&url.bucket);
    if session.options.dry_run {
        return session.call(bucket.append(&*url.key, 0, body)).await.map(drop);
    }
    let appender = session.prepared(bucket.appender(&*url.key));
    let appender =
        given::<String>(arguments, "content-type").into_iter().fold(appender, |it, kind| it.content_type(kind));
    let mut appender = appender.open().await.map_err(Session::advised)?;
    let before = appender.position().unwrap_or_default();
    appender.append(body).await.map_err(Session::advised)?;
    appender.flush().await.map_err(Session::advised)?;
    let position = appender.position().unwrap_or_default();
    let bytes = position.saturating_sub(before);
    session.tell(
        &format!("{path} >> {url} ({}, now {})\n", human(bytes), human(position)),
        || json!({"source": path, "target": url.to_string(), "bytes": bytes, "position": position}),
    )
}

/// `sanyun oss restore`
///
/// # Errors
/// As the calls; some objects cannot be restored, which has been told by then.
pub(super) async fn restore(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::argument(arguments, OBJECT)?;
    if !flag(arguments, "recursive") {
        let url = url::object(arguments, OBJECT)?;
        let Some(()) = restore_one(session, arguments, &url).await? else { return Ok(()) };
        return session.tell(&format!("restoring {url}\n"), || json!({"restoring": [url.to_string()], "failed": []}));
    }
    let wanted = Wanted::new(session, arguments, &url).await?;
    let mut objects =
        session.prepared(session.bucket(&url.bucket).list().page_size(1000).prefix(&wanted.prefix)).items();
    let (mut restoring, mut failed) = (Vec::new(), Vec::new());
    while let Some(object) = objects.next().await {
        let object = object.map_err(Session::advised)?;
        // Nobody has to restore what can be read.
        if !object.storage_class.contains("Archive") {
            continue;
        }
        let url = url.with_key(object.key);
        match restore_one(session, arguments, &url).await {
            Ok(_) => restoring.push(url.to_string()),
            // It is on its way already.
            Err(error) if error.code() == Some("RestoreAlreadyInProgress") => restoring.push(url.to_string()),
            Err(error) => {
                terminal::note(&format!("error: {url}: {error}"));
                failed.push(json!({"name": url.to_string(), "message": error.to_string()}));
            }
        }
    }
    let lines: String = restoring.iter().map(|url| format!("restoring {url}\n")).collect();
    session.tell(&lines, || json!({"restoring": restoring, "failed": failed}))?;
    match failed.len() {
        0 => Ok(()),
        count => Err(Error::new(sanyun_core::ErrorKind::Io, format!("{count} could not be restored"))),
    }
}

async fn restore_one(session: &Session, arguments: &ArgMatches, url: &Url) -> Result<Option<()>> {
    let restore = session.bucket(&url.bucket).restore(&*url.key);
    let restore = given::<u32>(arguments, "days").into_iter().fold(restore, |restore, days| restore.days(*days));
    let restore = given::<String>(arguments, "tier").into_iter().fold(restore, |restore, tier| restore.tier(tier));
    Ok(session.call(restore).await?.map(drop))
}

/// `sanyun oss tag`
///
/// # Errors
/// Tags that are none; as the calls.
pub(super) async fn tag(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::argument(arguments, OBJECT)?;
    let pairs = values(arguments, "tags").map(|pair| split("a tag", pair)).collect::<Result<Vec<_>>>()?;
    let action = action(arguments);
    if (action == "set") == pairs.is_empty() {
        return Err(Error::input("`set` takes tags, NAME=VALUE each, and `get` and `delete` take none"));
    }
    let tags: Vec<Value> = pairs.iter().map(|(name, value)| json!({"key": name, "value": value})).collect();
    let (what, object) = if url.key.is_empty() {
        ("BucketTags", json!({"bucket": url.bucket}))
    } else {
        ("ObjectTagging", json!({"bucket": url.bucket, "key": url.key}))
    };
    match action {
        "get" => {
            let Some(found) = call(session, &format!("Get{what}"), object).await? else { return Ok(()) };
            let tags = found.pointer("/tag_set/tags").or(found.pointer("/tagging/tag_set/tags")).cloned();
            tell_tags(session, tags.unwrap_or(json!([])))
        }
        "set" => {
            let param = if url.key.is_empty() { "tagging" } else { tagging_param() };
            done(session, &format!("Put{what}"), with(object, param, json!({"tag_set": {"tags": tags}})), &url).await
        }
        _ => done(session, &format!("Delete{what}"), object, &url).await,
    }
}

/// How the table calls the body of PutObjectTagging.
fn tagging_param() -> &'static str {
    match sanyun_oss::operation::find("PutObjectTagging").map(|operation| operation.body) {
        Some(sanyun_oss::operation::RequestBody::Xml { param, .. }) => param,
        _ => "tagging",
    }
}

fn tell_tags(session: &Session, tags: Value) -> Result<()> {
    let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = tags.as_array().cloned().unwrap_or_default();
    let lines: String = list.iter().map(|tag| format!("{}={}\n", text(tag, "key"), text(tag, "value"))).collect();
    session.tell(&lines, || tags)
}

/// `sanyun oss acl`
///
/// # Errors
/// `set` without an ACL; as the calls.
pub(super) async fn acl(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::argument(arguments, OBJECT)?;
    let acl = given::<String>(arguments, "acl");
    let (what, object) = if url.key.is_empty() {
        ("BucketAcl", json!({"bucket": url.bucket}))
    } else {
        ("ObjectAcl", json!({"bucket": url.bucket, "key": url.key}))
    };
    match (action(arguments), acl) {
        ("get", None) => {
            let Some(found) = call(session, &format!("Get{what}"), object).await? else { return Ok(()) };
            let acl = found.get("acl").map(crate::output::plain).unwrap_or_default();
            session.tell(&format!("{acl}\n"), || found)
        }
        ("set", Some(acl)) => done(session, &format!("Put{what}"), with(object, "acl", json!(acl)), &url).await,
        _ => Err(Error::input("`set` takes an ACL such as private, and `get` takes none")),
    }
}

/// `sanyun oss symlink`
///
/// # Errors
/// `set` without a target; as the calls.
pub(super) async fn symlink(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::object(arguments, OBJECT)?;
    let bucket = session.bucket(&url.bucket);
    match (action(arguments), given::<String>(arguments, "target")) {
        ("get", None) => {
            let Some(link) = session.call(bucket.symlink(&*url.key)).await? else { return Ok(()) };
            session.tell(&format!("{}\n", link.target()), || json!({"key": url.key, "target": link.target()}))
        }
        ("set", Some(target)) => {
            // The target may be given as an address.
            let target = if Url::is_one(target) { Url::parse(target)?.key } else { target.clone() };
            let Some(_) = session.call(bucket.put_symlink(&*url.key, &target)).await? else { return Ok(()) };
            session.tell(&format!("{url} -> {target}\n"), || json!({"key": url.key, "target": target}))
        }
        _ => Err(Error::input("`set` takes the key that the link stands for, and `get` takes none")),
    }
}

fn action(arguments: &ArgMatches) -> &str {
    arguments.get_one::<String>("action").map_or("", String::as_str)
}

fn with(mut params: Value, name: &str, value: Value) -> Value {
    if let Some(members) = params.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    params
}

async fn call(session: &Session, operation: &str, params: Value) -> Result<Option<Value>> {
    Ok(session.call(session.client.invoke(operation, params)).await?.map(sanyun_core::Response::into_inner))
}

async fn done(session: &Session, operation: &str, params: Value, url: &Url) -> Result<()> {
    match call(session, operation, params).await? {
        Some(_) => session
            .tell(&format!("done: {operation} {url}\n"), || json!({"done": operation, "target": url.to_string()})),
        None => Ok(()),
    }
}
