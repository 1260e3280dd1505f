//! `sanyun oss ls`.

use clap::ArgMatches;
use sanyun_core::{Error, Result, time};
use sanyun_oss::{BucketSummary, ObjectSummary};
use serde_json::{Value, json};

use super::session::Session;
use super::size::{counted, human};
use super::url::Url;
use crate::terminal;

/// Lists the buckets, or objects and folders of one.
///
/// # Errors
/// As the calls; standard output cannot be written.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    match arguments.get_one::<String>("url") {
        None => buckets(session).await,
        Some(url) => objects(session, &Url::parse(url)?, arguments.get_flag("recursive")).await,
    }
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

async fn objects(session: &Session, url: &Url, recursive: bool) -> Result<()> {
    let mut action = session.bucket(&url.bucket).list().page_size(1000);
    if !url.key.is_empty() {
        action = action.prefix(&url.key);
    }
    if !recursive {
        action = action.delimiter("/");
    }
    if session.options.dry_run {
        return session.call(action).await.map(drop);
    }
    let mut pages = session.prepared(action).pages();
    let mut listing = Listing { session, values: Vec::new(), objects: 0, bytes: 0 };
    while let Some(page) = pages.next().await {
        let page = page.map_err(Session::advised)?.into_inner();
        listing.add(&page.prefixes, &page.objects)?;
    }
    listing.finish()
}

/// A listing that is printed page by page, or put together for programs.
struct Listing<'a> {
    session: &'a Session,
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
        let folders = folders.iter().map(|folder| format!("{:20}  {:>9}  {folder}\n", "", "folder"));
        let lines: String = folders.chain(objects.iter().map(object_line)).collect();
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

fn object_line(object: &ObjectSummary) -> String {
    format!("{}  {:>9}  {}\n", moment(object.last_modified), human(object.size), object.key)
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
