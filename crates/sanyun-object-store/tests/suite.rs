//! The suite that `object_store` has for implementations of its trait.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use object_store::integration;
use object_store::{Error, ObjectStore as _};
use support::{keep_versions, store};

#[tokio::test]
async fn put_get_delete_list() {
    let (_local, store) = store().await;
    integration::put_get_delete_list(&store).await;
}

#[tokio::test]
async fn conditional_reads() {
    let (_local, store) = store().await;
    integration::get_opts(&store).await;
    keep_versions(&store).await;
    integration::get_opts(&store).await;
}

#[tokio::test]
async fn conditional_writes() {
    let (_local, store) = store().await;
    integration::put_opts(&store, false).await;
}

#[tokio::test]
async fn attributes() {
    let (_local, store) = store().await;
    integration::put_get_attributes(&store).await;
}

#[tokio::test]
async fn listings() {
    let (_local, store) = store().await;
    integration::list_uses_directories_correctly(&store).await;
    integration::list_with_delimiter(&store).await;
    integration::list_with_offset_exclusivity(&store).await;
    integration::list_paginated(&store, &store).await;
}

#[tokio::test]
async fn objects_that_do_not_exist() {
    let (_local, store) = store().await;
    let error = integration::get_nonexistent_object(&store, None).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    integration::copy_rename_nonexistent_object(&store).await;
    assert!(store.list_with_delimiter(None).await.unwrap().objects.is_empty());
}

#[tokio::test]
async fn copies() {
    let (_local, store) = store().await;
    integration::rename_and_copy(&store).await;
    integration::copy_if_not_exists(&store).await;
}

#[tokio::test]
async fn uploads_in_parts() {
    let (_local, store) = store().await;
    integration::stream_get(&store).await;
    integration::multipart(&store, &store).await;
    integration::multipart_with_opts(&store, &store).await;
}

#[tokio::test]
async fn parts_in_any_order() {
    let (_local, store) = store().await;
    integration::multipart_out_of_order(&store).await;
    integration::multipart_put_part_out_of_order(&store, &store).await;
    integration::multipart_race_condition(&store, true).await;
}
