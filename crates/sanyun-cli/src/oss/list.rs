//! `sanyun oss ls` and `sanyun oss du`.

use std::collections::BTreeMap;

use clap::ArgMatches;
use sanyun_core::{Error, Result, time};
use sanyun_oss::sync::{Filter, Glob};
use sanyun_oss::{BucketSummary, ObjectSummary};
use serde_json::{Value, json};

use super::session::{Session, flag};
use super::size::{counted, human};
use super::url::{self, Url, split_pattern};
use super::ways;
use crate::terminal;

/// Lists the buckets, or objects and folders of one.
///
/// # Errors
/// As the calls; standard output cannot be written.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let Some(url) = arguments.get_one::<String>("url") else { return buckets(session).await };
    let wanted = Wanted::new(session, arguments, &Url::parse(url)?).await?;
    if flag(arguments, "versions") {
        return told(session, wanted.described(session, "ListObjectVersions", &["version", "delete_marker"]).await?);
    }
    if flag(arguments, "uploads") {
        return told(session, wanted.described(session, "ListMultipartUploads", &["uploads"]).await?);
    }
    objects(session, &wanted, flag(arguments, "recursive"), flag(arguments, "long")).await
}

async fn buckets(session: &Session) -> Result<()> {
    let action = session.client.list_buckets();
    if session.options.dry_run {
        return session.call(action).await.map(drop);
    }
    let mut pages = session.prepared(action).pages();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(page.map_err(Session::advised)?.into_inner().buckets);
    }
    let text: String = all.iter().map(bucket_line).collect();
    session.tell(&text, || all.iter().map(bucket_value).collect())
}

fn bucket_line(bucket: &BucketSummary) -> String {
    format!("{}  {:16} oss://{}\n", moment(bucket.created_at), bucket.region, bucket.name)
}

fn bucket_value(bucket: &BucketSummary) -> Value {
    json!({
        "name": bucket.name,
        "region": bucket.region,
        "created_at": bucket.created_at.map(time::iso_extended),
        "storage_class": bucket.storage_class,
    })
}

/// Which keys of a bucket a command is about.
pub(super) struct Wanted {
    pub(super) bucket: String,
    /// What all of them begin with.
    pub(super) prefix: String,
    /// Where the names begin that the filter looks at.
    base: usize,
    filter: Filter,
    /// Whether they may lie anywhere, because there is a pattern.
    is_pattern: bool,
}

impl Wanted {
    /// Finds out whether an address is a pattern: as the command line says, else it is one if no key begins so.
    pub(super) async fn new(session: &Session, arguments: &ArgMatches, url: &Url) -> Result<Self> {
        let is_pattern = match ways::is_pattern(arguments, &url.key) {
            Some(is_pattern) => is_pattern,
            None => {
                let list = session.prepared(session.bucket(&url.bucket).list().page_size(1).prefix(&url.key));
                list.await.map_err(Session::advised)?.objects.is_empty()
            }
        };
        let (mut prefix, mut base) = (url.key.clone(), url.split().0.len());
        let mut filter = ways::filter(arguments)?;
        if is_pattern {
            let (folder, pattern) = split_pattern(&url.key);
            let glob = Glob::anchored(pattern)?;
            prefix = format!("{folder}{}", glob.literal_prefix());
            base = folder.len();
            filter = filter.only(glob, flag(arguments, "recursive"));
        }
        Ok(Self { bucket: url.bucket.clone(), prefix, base, filter, is_pattern })
    }

    pub(super) fn takes(&self, key: &str) -> bool {
        key.get(self.base..).is_some_and(|name| self.filter.takes(name))
    }

    /// The entries of a listing that is known by its tables only.
    async fn described(&self, session: &Session, operation: &str, lists: &[&str]) -> Result<Vec<Value>> {
        let params = json!({"bucket": self.bucket, "prefix": self.prefix});
        let mut pages = session.client.invoke_pages(operation, params);
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Session::advised)?;
            for list in lists {
                for entry in page.get(*list).and_then(Value::as_array).into_iter().flatten() {
                    let mut entry = entry.clone();
                    if let (true, Some(members)) = (*list == "delete_marker", entry.as_object_mut()) {
                        members.insert("delete_marker".to_owned(), true.into());
                    }
                    all.push(entry);
                }
            }
        }
        all.retain(|entry| self.takes(entry.get("key").and_then(Value::as_str).unwrap_or_default()));
        // Versions and markers of one key belong together.
        all.sort_by_cached_key(|entry| entry.get("key").and_then(Value::as_str).unwrap_or_default().to_owned());
        Ok(all)
    }

    /// All versions and delete markers: key and version.
    pub(super) async fn versions(&self, session: &Session) -> Result<Vec<(String, String)>> {
        let all = self.described(session, "ListObjectVersions", &["version", "delete_marker"]).await?;
        Ok(all.iter().map(|entry| (text(entry, "key"), text(entry, "version_id"))).collect())
    }

    /// All uploads that are not complete: key and id.
    pub(super) async fn uploads(&self, session: &Session) -> Result<Vec<(String, String)>> {
        let all = self.described(session, "ListMultipartUploads", &["uploads"]).await?;
        Ok(all.iter().map(|entry| (text(entry, "key"), text(entry, "upload_id"))).collect())
    }
}

fn text(entry: &Value, name: &str) -> String {
    entry.get(name).map(crate::output::plain).unwrap_or_default()
}

fn told(session: &Session, entries: Vec<Value>) -> Result<()> {
    let line = |entry: &Value| {
        let moment = entry.get("last_modified").or(entry.get("initiated")).map(crate::output::plain);
        let size = match (entry.get("size").and_then(Value::as_u64), entry.get("delete_marker")) {
            (Some(bytes), _) => human(bytes),
            (None, Some(_)) => "deleted".to_owned(),
            (None, None) => "upload".to_owned(),
        };
        let id = entry.get("version_id").or(entry.get("upload_id")).map(crate::output::plain);
        let latest = if entry.get("is_latest") == Some(&json!(true)) { "*" } else { " " };
        format!(
            "{:20}  {size:>9}  {latest} {}  {}\n",
            moment.unwrap_or_default(),
            id.unwrap_or_default(),
            text(entry, "key")
        )
    };
    let lines: String = entries.iter().map(line).collect();
    session.tell(&lines, || Value::Array(entries.clone()))
}

async fn objects(session: &Session, wanted: &Wanted, recursive: bool, long: bool) -> Result<()> {
    let mut action = session.bucket(&wanted.bucket).list().page_size(1000);
    if !wanted.prefix.is_empty() {
        action = action.prefix(&wanted.prefix);
    }
    if !recursive && !wanted.is_pattern {
        action = action.delimiter("/");
    }
    if session.options.dry_run {
        return session.call(action).await.map(drop);
    }
    let mut pages = session.prepared(action).pages();
    let mut listing = Listing { session, long, values: Vec::new(), objects: 0, bytes: 0 };
    while let Some(page) = pages.next().await {
        let mut page = page.map_err(Session::advised)?.into_inner();
        page.objects.retain(|object| wanted.takes(&object.key));
        page.prefixes.retain(|folder| wanted.takes(folder));
        listing.add(&page.prefixes, &page.objects)?;
    }
    listing.finish()
}

/// A listing that is printed page by page, or put together for programs.
struct Listing<'a> {
    session: &'a Session,
    long: bool,
    values: Vec<Value>,
    objects: u64,
    bytes: u64,
}

impl Listing<'_> {
    fn add(&mut self, folders: &[String], objects: &[ObjectSummary]) -> Result<()> {
        self.objects += objects.len() as u64;
        self.bytes += objects.iter().map(|object| object.size).sum::<u64>();
        if self.session.options.asks_format() {
            self.values.extend(folders.iter().map(|folder| json!({"prefix": folder})));
            self.values.extend(objects.iter().map(object_value));
            return Ok(());
        }
        let blank = if self.long { format!("{:60}", "") } else { String::new() };
        let folders = folders.iter().map(|folder| format!("{:20}  {:>9}  {blank}{folder}\n", "", "folder"));
        let lines: String = folders.chain(objects.iter().map(|object| object_line(object, self.long))).collect();
        terminal::print(&lines).map_err(|error| Error::io("writing the listing", error))
    }

    fn finish(self) -> Result<()> {
        if self.session.options.asks_format() {
            return self.session.options.print_answer(&Value::Array(self.values));
        }
        terminal::note(&format!("{}, {}", counted(self.objects, "object"), human(self.bytes)));
        Ok(())
    }
}

fn object_line(object: &ObjectSummary, long: bool) -> String {
    let more = match long {
        true => {
            let etag = object.etag.trim_matches('"');
            format!("{:<12}{:<10}{etag:<38}", object.storage_class, object.object_type)
        }
        false => String::new(),
    };
    format!("{}  {:>9}  {more}{}\n", moment(object.last_modified), human(object.size), object.key)
}

fn object_value(object: &ObjectSummary) -> Value {
    json!({
        "key": object.key,
        "size": object.size,
        "last_modified": object.last_modified.map(time::iso_extended),
        "etag": object.etag,
        "storage_class": object.storage_class,
    })
}

fn moment(at: Option<std::time::SystemTime>) -> String {
    at.map_or_else(|| " ".repeat(20), time::iso_extended)
}

/// Adds up objects by their storage class.
///
/// # Errors
/// As the calls.
pub(super) async fn usage(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let url = url::argument(arguments, "oss://BUCKET/PREFIX")?;
    let wanted = Wanted::new(session, arguments, &url).await?;
    let list = session.bucket(&wanted.bucket).list().page_size(1000).prefix(&wanted.prefix);
    let mut objects = session.prepared(list).items();
    let mut classes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    while let Some(object) = objects.next().await {
        let object = object.map_err(Session::advised)?;
        if wanted.takes(&object.key) {
            let class = classes.entry(object.storage_class).or_default();
            *class = (class.0 + 1, class.1 + object.size);
        }
    }
    let total = classes.values().fold((0, 0), |(objects, bytes), class| (objects + class.0, bytes + class.1));
    let line = |name: &str, (objects, bytes): (u64, u64)| {
        format!("{name:20} {:>16} {:>10} ({bytes} B)\n", counted(objects, "object"), human(bytes))
    };
    let lines: String = classes.iter().map(|(name, sum)| line(name, *sum)).collect();
    let value = |(objects, bytes): (u64, u64)| json!({"objects": objects, "bytes": bytes});
    session.tell(&(lines + &line("total", total)), || {
        let classes: Value = classes.iter().map(|(name, sum)| (name.clone(), value(*sum))).collect();
        json!({"objects": total.0, "bytes": total.1, "storage_classes": classes})
    })
}
