//! Versions: whether a bucket keeps them, and which there are.

use std::ops::Bound;

use http::StatusCode;

use super::bucket::push_owner;
use super::list::{Query, after_all_of, group_of};
use super::listing::{Spelling, limit_of};
use super::object::blocking;
use super::refusal::Refusal;
use super::store::{Entry, Index, VERSIONING};
use super::xml::Xml;
use super::{Call, document, iso_millis, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

pub(super) fn get_versioning(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut xml = Xml::new("VersioningConfiguration");
    if let Some(status) = call.bucket()?.settings.get(VERSIONING) {
        xml.leaf("Status", &status);
    }
    Ok(document(xml))
}

pub(super) async fn put_versioning(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = read_document(call, body, "VersioningConfiguration").await?;
    let status = wish.text_of("Status").to_owned();
    if !["Enabled", "Suspended"].contains(&status.as_str()) {
        return Err(Refusal::malformed_xml());
    }
    let bucket = call.bucket()?;
    blocking(move || Ok(bucket.settings.set(VERSIONING, Some(&status))?)).await?;
    Ok(Answer::new(StatusCode::OK))
}

/// One page of versions.
#[derive(Default)]
struct Page {
    /// Key, version, whether it is the newest.
    versions: Vec<(String, Entry, bool)>,
    groups: Vec<String>,
    /// Where the next page begins: behind this version of this key, or behind all of it.
    next: Option<(String, String)>,
}

/// One page of an index, from behind a version of the key `query.after`, or behind all of it if `version` is empty.
fn page(index: &Index, query: &Query, version: &str) -> Page {
    let mut page = Page::default();
    let mut last = (String::new(), String::new());
    let mut from = if query.after < query.prefix || !version.is_empty() {
        Bound::Included(query.after.clone().max(query.prefix.clone()))
    } else {
        Bound::Excluded(query.after.clone())
    };
    while let Some((key, versions)) = index.range((from, Bound::Unbounded)).next() {
        if !key.starts_with(&query.prefix) {
            break;
        }
        from = Bound::Excluded(key.clone());
        if let Some(group) = group_of(key, query) {
            if let Some(next) = after_all_of(group) {
                from = Bound::Included(next);
            }
            if group <= query.after.as_str() {
                continue;
            }
            if page.versions.len() + page.groups.len() == query.limit {
                page.next = Some(last);
                break;
            }
            last = (group.to_owned(), String::new());
            page.groups.push(group.to_owned());
            continue;
        }
        let seen = if *key == query.after && !version.is_empty() { versions.find(Some(version)) } else { None };
        let unseen = versions.iter().enumerate().filter(|(_, entry)| seen.is_none_or(|seen| entry.order < seen.order));
        for (at, entry) in unseen {
            if page.versions.len() + page.groups.len() == query.limit {
                page.next = Some(last);
                return page;
            }
            last = (key.clone(), entry.version.to_string());
            page.versions.push((key.clone(), entry.clone(), at == 0));
        }
    }
    page
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (spelling, limit) = (Spelling::of(call)?, limit_of(call, "max-keys", 100)?);
    let bucket = call.bucket()?;
    let (after, version) = (call.parameter("key-marker"), call.parameter("version-id-marker"));
    if after.is_empty() && !version.is_empty() {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(Refusal::invalid_argument(message, "version-id-marker", &version));
    }
    let query = Query { prefix: call.parameter("prefix"), delimiter: call.parameter("delimiter"), after, limit };
    let page = bucket.look(|index| page(index, &query, &version));

    let mut xml = Xml::new("ListVersionsResult");
    xml.leaf("Name", bucket.name()).leaf("Prefix", &spelling.of_text(&query.prefix));
    xml.leaf("KeyMarker", &spelling.of_text(&query.after)).leaf("VersionIdMarker", &version);
    if let Some((key, version)) = &page.next {
        xml.leaf("NextKeyMarker", &spelling.of_text(key)).leaf("NextVersionIdMarker", version);
    }
    xml.leaf("MaxKeys", &limit.to_string()).leaf("Delimiter", &spelling.of_text(&query.delimiter));
    spelling.tell(&mut xml);
    xml.leaf("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    let owner = bucket.facts().owner.clone();
    for (key, entry, latest) in &page.versions {
        push(&mut xml, &spelling.of_text(key), entry, *latest, &owner);
    }
    for group in &page.groups {
        xml.open("CommonPrefixes").leaf("Prefix", &spelling.of_text(group)).close();
    }
    Ok(document(xml))
}

fn push(xml: &mut Xml, key: &str, entry: &Entry, latest: bool, owner: &str) {
    xml.open(if entry.is_marker() { "DeleteMarker" } else { "Version" }).leaf("Key", key);
    xml.leaf("VersionId", &entry.version).leaf("IsLatest", if latest { "true" } else { "false" });
    xml.leaf("LastModified", &iso_millis(entry.modified_ms));
    if !entry.is_marker() {
        xml.leaf("ETag", &format!("\"{}\"", entry.etag)).leaf("Type", entry.kind.as_str());
        xml.leaf("Size", &entry.size.to_string()).leaf("StorageClass", &entry.storage_class);
    }
    push_owner(xml, owner);
    xml.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oss::meta::{Kind, Meta};

    #[test]
    fn pages_of_any_size_show_the_same() {
        let mut index = Index::new();
        for (order, (key, kind)) in (1..).zip([
            ("a", Kind::Normal),
            ("a", Kind::Normal),
            ("b/1", Kind::Normal),
            ("b/2", Kind::DeleteMarker),
            ("a", Kind::DeleteMarker),
            ("c", Kind::Normal),
            ("c/x", Kind::Normal),
            ("d", Kind::Normal),
            ("d", Kind::Normal),
        ]) {
            let meta = Meta { version: format!("v{order}"), order, kind, ..Meta::default() };
            index.entry(key.to_owned()).or_default().insert(Entry::new(&meta, None));
        }
        let all = |delimiter: &str, limit: usize| {
            let (mut shown, mut from) = (Vec::new(), (String::new(), String::new()));
            loop {
                let (delimiter, after) = (delimiter.to_owned(), from.0);
                let query = Query { prefix: String::new(), delimiter, after, limit };
                let page = page(&index, &query, &from.1);
                assert!(page.versions.len() + page.groups.len() <= limit);
                shown.extend(
                    page.versions.iter().map(|(key, entry, latest)| format!("{key} {} {latest}", entry.version)),
                );
                shown.extend(page.groups);
                match page.next {
                    Some(next) => from = next,
                    None => break,
                }
            }
            shown.sort();
            shown
        };
        let plain = ["a v1 false", "a v2 false", "a v5 true", "b/1 v3 true", "b/2 v4 true", "c v6 true", "c/x v7 true"];
        let plain: Vec<_> = plain.into_iter().chain(["d v8 false", "d v9 true"]).collect();
        let grouped = ["a v1 false", "a v2 false", "a v5 true", "b/", "c v6 true", "c/", "d v8 false", "d v9 true"];
        for limit in 1..=10 {
            assert_eq!(all("", limit), plain, "{limit}");
            assert_eq!(all("/", limit), grouped, "{limit}");
        }
    }
}
