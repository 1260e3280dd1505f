//! A page of a listing: keys in the order of their bytes, grouped at a delimiter.

use std::ops::Bound;

use super::store::{Entry, Index};

/// What is asked for.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    /// Keys are grouped up to its first occurrence after the prefix; empty for no groups.
    pub(crate) delimiter: String,
    /// Only what comes after it is listed.
    pub(crate) after: String,
    /// How many keys and groups a page has at most.
    pub(crate) limit: usize,
}

/// What is listed.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<(String, Entry)>,
    pub(crate) groups: Vec<String>,
    /// The last key or group of the page, if there is more: where the next page begins.
    pub(crate) next: Option<String>,
}

/// One page of an index. It steps over whole groups, so that a folder of a million objects costs one look.
pub(crate) fn page(index: &Index, query: &Query) -> Page {
    let mut page = Page::default();
    let mut last = None;
    let mut from = if query.after < query.prefix {
        Bound::Included(query.prefix.clone())
    } else {
        Bound::Excluded(query.after.clone())
    };
    while let Some((key, versions)) = index.range((from, Bound::Unbounded)).next() {
        if !key.starts_with(&query.prefix) {
            break;
        }
        let Some(entry) = versions.object() else {
            from = Bound::Excluded(key.clone());
            continue;
        };
        let group = group_of(key, query);
        // A group is listed where it begins; the page before ended with it or within it.
        let listed_before = group.is_some_and(|group| group <= query.after.as_str());
        if !listed_before {
            if page.objects.len() + page.groups.len() == query.limit {
                page.next = last;
                break;
            }
            last = Some(group.unwrap_or(key).to_owned());
            match group {
                Some(group) => page.groups.push(group.to_owned()),
                None => page.objects.push((key.clone(), entry.clone())),
            }
        }
        from = match group.and_then(after_all_of) {
            Some(next) => Bound::Included(next),
            None => Bound::Excluded(key.clone()),
        };
    }
    page
}

/// The common prefix that a key is listed under, if it is.
pub(crate) fn group_of<'a>(key: &'a str, query: &Query) -> Option<&'a str> {
    if query.delimiter.is_empty() {
        return None;
    }
    let at = key.get(query.prefix.len()..)?.find(&query.delimiter)?;
    key.get(..query.prefix.len() + at + query.delimiter.len())
}

/// The least text that is greater than every text with this prefix.
pub(crate) fn after_all_of(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(c) = text.pop() {
        // The step over the surrogates leaves no text out: no text has one.
        let next = if c == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(c) + 1) };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oss::meta::{Kind, Meta};

    fn index(keys: &[&str]) -> Index {
        let mut index = Index::new();
        for key in keys {
            add(&mut index, key, Kind::Normal);
        }
        index
    }

    fn add(index: &mut Index, key: &str, kind: Kind) {
        let entry = Entry::new(&Meta { kind, ..Meta::default() }, None);
        index.entry(key.to_owned()).or_default().insert(entry);
    }

    fn query(prefix: &str, delimiter: &str, after: &str, limit: usize) -> Query {
        Query { prefix: prefix.to_owned(), delimiter: delimiter.to_owned(), after: after.to_owned(), limit }
    }

    fn names(page: &Page) -> Vec<String> {
        page.objects.iter().map(|(key, _)| key.clone()).chain(page.groups.iter().cloned()).collect()
    }

    #[test]
    fn groups_stand_for_their_keys() {
        let index = index(&["a", "b/1", "b/2/x", "b/2/y", "b0", "c/"]);
        assert_eq!(names(&page(&index, &query("", "/", "", 100))), ["a", "b0", "b/", "c/"]);
        assert_eq!(names(&page(&index, &query("b/", "/", "", 100))), ["b/1", "b/2/"]);
        assert_eq!(names(&page(&index, &query("b", "", "", 100))), ["b/1", "b/2/x", "b/2/y", "b0"]);
        assert_eq!(names(&page(&index, &query("c/", "/", "", 100))), ["c/"]);
        assert_eq!(names(&page(&index, &query("", "", "b/2/x", 100))), ["b/2/y", "b0", "c/"]);
    }

    #[test]
    fn pages_of_any_size_show_the_same() {
        let keys = [
            "a",
            "a/",
            "a/b",
            "a/b/c",
            "a//x",
            "ab",
            "b/\u{10ffff}",
            "b/\u{10ffff}\u{10ffff}",
            "b\u{d7ff}",
            "b\u{e000}",
            "z",
        ];
        let index = index(&keys);
        for (prefix, delimiter) in
            [("", ""), ("", "/"), ("a", "/"), ("a/", "/"), ("", "a"), ("b", "\u{10ffff}"), ("b", "\u{d7ff}")]
        {
            let mut whole = names(&page(&index, &query(prefix, delimiter, "", 1000)));
            whole.sort();
            for limit in 1..keys.len() {
                let (mut all, mut after) = (Vec::new(), String::new());
                loop {
                    let page = page(&index, &query(prefix, delimiter, &after, limit));
                    assert!(names(&page).len() <= limit);
                    all.extend(names(&page));
                    match page.next {
                        Some(next) => after = next,
                        None => break,
                    }
                }
                all.sort();
                assert_eq!(all, whole, "{prefix:?} {delimiter:?} {limit}");
            }
        }
    }

    #[test]
    fn the_end_of_the_last_page_is_the_end() {
        let index = index(&["a", "b"]);
        assert_eq!(page(&index, &query("", "", "", 2)).next, None);
        assert_eq!(page(&index, &query("", "", "", 1)).next.as_deref(), Some("a"));
        assert!(names(&page(&index, &query("", "", "b", 1))).is_empty());
    }

    #[test]
    fn what_was_deleted_is_not_listed() {
        let mut index = index(&["a", "b/2", "d"]);
        for key in ["0", "b/1", "c/1", "d"] {
            add(&mut index, key, Kind::DeleteMarker);
        }
        assert_eq!(names(&page(&index, &query("", "/", "", 100))), ["a", "b/"]);
        assert_eq!(page(&index, &query("", "/", "", 2)).next, None);
    }
}
