//! Listings.

use std::collections::BTreeSet;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::path::{self, DELIMITER, Path};
use object_store::{Error, ListResult, ObjectMeta, Result};
use sanyun_oss::{Action, Items, ObjectPage, ObjectSummary};

use crate::{OssStore, error};

/// The most that OSS gives at once.
const PAGE: u32 = 1000;

impl OssStore {
    /// Every object of a folder and what lies in it, if its key stands behind `offset`.
    pub(crate) fn list_behind(&self, prefix: Option<&Path>, offset: &str) -> BoxStream<'static, Result<ObjectMeta>> {
        let prefix = folder(prefix);
        let listing = self.page(&prefix, PAGE, None, offset);
        let objects = stream::unfold(listing.items(), |mut items: Items<ObjectPage>| async move {
            Some((items.next().await?, items))
        });
        let read = move |object: sanyun_oss::Result<ObjectSummary>| match object {
            Ok(object) => read(object),
            Err(refused) => Some(Err(error::of(&prefix, refused))),
        };
        objects.filter_map(move |object| std::future::ready(read(object))).fuse().boxed()
    }

    pub(crate) async fn list_folder(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let prefix = folder(prefix);
        let mut pages = self.page(&prefix, PAGE, Some(DELIMITER), "").pages();
        let (mut prefixes, mut objects) = (BTreeSet::new(), Vec::new());
        while let Some(page) = pages.next().await {
            let page = result(page.map_err(|refused| error::of(&prefix, refused))?.into_inner())?;
            prefixes.extend(page.common_prefixes);
            objects.extend(page.objects);
        }
        Ok(ListResult { common_prefixes: prefixes.into_iter().collect(), objects, extensions: Default::default() })
    }

    fn page(&self, prefix: &str, size: u32, delimiter: Option<&str>, offset: &str) -> Action<ObjectPage> {
        let mut page = self.bucket().list().page_size(size);
        if !prefix.is_empty() {
            page = page.prefix(prefix);
        }
        if !offset.is_empty() {
            page = page.start_after(offset);
        }
        match delimiter {
            Some(delimiter) => page.delimiter(delimiter),
            None => page,
        }
    }
}

#[async_trait]
impl PaginatedListStore for OssStore {
    async fn list_paginated(&self, prefix: Option<&str>, opts: PaginatedListOptions) -> Result<PaginatedListResult> {
        let prefix = prefix.unwrap_or_default();
        let size = opts.max_keys.and_then(|most| most.try_into().ok()).unwrap_or(PAGE).min(PAGE);
        let offset = opts.offset.as_deref().unwrap_or_default();
        let mut page = self.page(prefix, size, opts.delimiter.as_deref(), offset);
        if let Some(token) = opts.page_token {
            page = page.query("continuation-token", token);
        }
        let page = page.await.map_err(|refused| error::of(prefix, refused))?.into_inner();
        let page_token = page.next.clone().filter(|_| page.is_truncated);
        Ok(PaginatedListResult { result: result(page)?, page_token })
    }
}

/// Folders end with a delimiter on the wire, and the root is nothing.
fn folder(prefix: Option<&Path>) -> String {
    match prefix.filter(|prefix| !prefix.is_root()) {
        Some(prefix) => [prefix.as_ref(), DELIMITER].concat(),
        None => String::new(),
    }
}

fn result(page: ObjectPage) -> Result<ListResult> {
    let prefixes = page.prefixes.iter().map(|prefix| Ok(Path::parse(prefix)?));
    Ok(ListResult {
        common_prefixes: prefixes.collect::<Result<_>>()?,
        objects: page.objects.into_iter().filter_map(read).collect::<Result<_>>()?,
        extensions: Default::default(),
    })
}

/// `None` for the empty object that stands for a folder.
fn read(object: ObjectSummary) -> Option<Result<ObjectMeta>> {
    let is_folder = object.size == 0 && object.key.ends_with(DELIMITER);
    (!is_folder).then(|| meta(object))
}

fn meta(object: ObjectSummary) -> Result<ObjectMeta> {
    let last_modified = object.last_modified.ok_or_else(|| undated(&object.key))?;
    Ok(ObjectMeta {
        location: location(&object.key)?,
        last_modified: last_modified.into(),
        size: object.size,
        e_tag: Some(object.etag).filter(|etag| !etag.is_empty()),
        version: None,
    })
}

/// The path of a key. A path has no slash at its ends, so that such a key would be taken for another one.
fn location(key: &str) -> Result<Path> {
    let path = Path::parse(key)?;
    match path.as_ref() == key {
        true => Ok(path),
        false => Err(Error::InvalidPath { source: path::Error::EmptySegment { path: key.to_owned() } }),
    }
}

/// OSS did not say when an object was stored.
pub(crate) fn undated(key: &str) -> Error {
    error::generic(format!("OSS does not say when `{key}` was stored"))
}
