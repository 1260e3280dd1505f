//! What the suite of the trait does not ask: lost answers, broken bodies, buckets with versions, keys that are no paths.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, CopyMode, Error, GetOptions, GetRange, MultipartUpload as _, ObjectStore,
    ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload, RenameOptions, RenameTargetMode, TagSet,
};
use sanyun_local::{Fault, SECRET_KEY};
use sanyun_object_store::OssStore;
use sanyun_oss::ops::GetObjectTagging;
use support::{BUCKET, client, keep_versions, store};

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

async fn text(store: &OssStore, at: &str) -> String {
    let bytes = store.get(&path(at)).await.unwrap().bytes().await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn create() -> PutOptions {
    PutMode::Create.into()
}

#[tokio::test]
async fn a_lost_answer_to_a_conditional_write_is_not_taken_for_somebody_elses_object() {
    let (local, store) = store().await;
    store.put_opts(&path("first"), "1".into(), create()).await.unwrap();
    local.inject(Fault::LoseAnswer);
    let error = store.put_opts(&path("lock"), "mine".into(), create()).await.unwrap_err();
    assert!(matches!(error, Error::Generic { .. }), "{error}");
    assert_eq!(text(&store, "lock").await, "mine");
    local.inject(Fault::LoseAnswer);
    let error = store.copy_if_not_exists(&path("first"), &path("copy")).await.unwrap_err();
    assert!(matches!(error, Error::Generic { .. }), "{error}");
    assert_eq!(text(&store, "copy").await, "1");
    // Without the condition the call is repeated.
    local.inject(Fault::LoseAnswer);
    store.put(&path("lock"), "again".into()).await.unwrap();
    assert_eq!(text(&store, "lock").await, "again");
}

#[tokio::test]
async fn a_lost_answer_to_the_end_of_an_upload_is_found_out() {
    let (local, store) = store().await;
    let mut upload = store.put_multipart(&path("big")).await.unwrap();
    upload.put_part(vec![7; 100 * 1024].into()).await.unwrap();
    upload.put_part("end".into()).await.unwrap();
    local.inject(Fault::LoseAnswer);
    let done = upload.complete().await.unwrap();
    let found = store.head(&path("big")).await.unwrap();
    assert_eq!((done.e_tag, found.size), (found.e_tag, 100 * 1024 + 3));
    // Somebody else's object is not taken for the upload's.
    let mut upload = store.put_multipart(&path("big")).await.unwrap();
    upload.put_part("mine".into()).await.unwrap();
    upload.abort().await.unwrap();
    local.inject(Fault::Status(500));
    let error = upload.complete().await.unwrap_err();
    assert!(error.to_string().contains("NoSuchUpload"), "{error}");
}

#[tokio::test]
async fn buckets_with_versions_take_no_conditional_writes() {
    let (local, store) = store().await;
    keep_versions(&store).await;
    let error = store.put_opts(&path("a"), "1".into(), create()).await.unwrap_err();
    assert!(matches!(error, Error::NotSupported { .. }), "{error}");
    assert!(matches!(store.head(&path("a")).await.unwrap_err(), Error::NotFound { .. }));

    let old = store.put(&path("a"), "1".into()).await.unwrap().version;
    assert!(old.is_some());
    store.put(&path("a"), "2".into()).await.unwrap();
    let old = store.get_opts(&path("a"), GetOptions::new().with_version(old)).await.unwrap();
    assert_eq!(old.bytes().await.unwrap(), "1");

    let trusting = OssStore::new(client(&local, SECRET_KEY).bucket(BUCKET)).assume_unversioned();
    let error = trusting.put_opts(&path("b"), "1".into(), create()).await.unwrap_err();
    assert!(matches!(error, Error::Generic { .. }), "{error}");
}

#[tokio::test]
async fn keys_that_are_no_paths_are_told_and_folders_are_left_out() {
    let (_local, store) = store().await;
    for key in ["a/b", "a/folder/", "a//c", "a/full/", "a/./d", "z"] {
        let body = if key == "a/folder/" { "" } else { "bytes" };
        store.bucket().put(key, body).await.unwrap();
    }
    let listed: Vec<_> = store.list(None).collect().await;
    let (good, bad): (Vec<_>, Vec<_>) = listed.into_iter().partition(Result::is_ok);
    let good: Vec<String> = good.into_iter().map(|meta| meta.unwrap().location.to_string()).collect();
    assert_eq!(good, ["a/b", "z"]);
    assert_eq!(bad.len(), 3);
    assert!(bad.iter().all(|error| matches!(error, Err(Error::InvalidPath { .. }))), "{bad:?}");
    assert!(store.list_with_delimiter(Some(&path("a"))).await.is_err());
}

#[tokio::test]
async fn thousands_are_deleted_in_the_order_in_which_they_were_named() {
    let (_local, store) = store().await;
    for number in [0, 999, 1000, 1001, 2400] {
        store.put(&Path::from(format!("n/{number:04}")), "x".into()).await.unwrap();
    }
    let all: Vec<Path> = (0..2500).map(|number| Path::from(format!("n/{number:04}"))).collect();
    let named = stream::iter(all.clone()).map(Ok).boxed();
    let deleted: Vec<Path> = store.delete_stream(named).try_collect().await.unwrap();
    assert_eq!(deleted, all);
    assert!(store.list(None).next().await.is_none());
}

#[tokio::test]
async fn an_error_among_the_paths_stays_in_its_place() {
    let (_local, store) = store().await;
    let wrong = || Error::NotSupported { source: "this one".into() };
    let named = stream::iter([Ok(path("a")), Err(wrong()), Ok(path("b"))]).boxed();
    let outcome: Vec<_> = store.delete_stream(named).collect().await;
    assert!(matches!(&outcome[..], [Ok(_), Err(Error::NotSupported { .. }), Ok(_)]), "{outcome:?}");
}

#[tokio::test]
async fn an_object_that_is_renamed_to_itself_stays() {
    let (_local, store) = store().await;
    store.put(&path("a"), "1".into()).await.unwrap();
    store.rename(&path("a"), &path("a")).await.unwrap();
    assert_eq!(text(&store, "a").await, "1");
    let mode = RenameOptions::new().with_target_mode(RenameTargetMode::Create);
    let error = store.rename_opts(&path("a"), &path("a"), mode).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
    assert!(matches!(store.rename(&path("b"), &path("b")).await.unwrap_err(), Error::NotFound { .. }));
    assert_eq!(CopyMode::default(), CopyMode::Overwrite);
}

#[tokio::test]
async fn a_payload_of_many_pieces_is_one_object() {
    let (_local, store) = store().await;
    for piece in [3, 100_000] {
        let pieces: PutPayload = (0..10_u8).map(|number| vec![number; piece]).map(bytes::Bytes::from).collect();
        let expected: Vec<u8> = pieces.iter().flatten().copied().collect();
        store.put(&path("a"), pieces).await.unwrap();
        assert_eq!(store.get(&path("a")).await.unwrap().bytes().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn tags_and_storage_class() {
    let (_local, store) = store().await;
    let mut tags = TagSet::default();
    tags.push("team a", "数据+1");
    store.put_opts(&path("a"), "1".into(), tags.clone().into()).await.unwrap();
    let mut upload = store.put_multipart_opts(&path("b"), PutMultipartOptions::from(tags)).await.unwrap();
    upload.put_part("1".into()).await.unwrap();
    upload.complete().await.unwrap();
    for key in ["a", "b"] {
        let found = store.bucket().client().call(GetObjectTagging::new(BUCKET, key)).await.unwrap();
        let tags = &found.tag_set.as_ref().unwrap().tags;
        assert_eq!(tags[0].key.as_deref(), Some("team a"));
        assert_eq!(tags[0].value.as_deref(), Some("数据+1"));
    }
    let class = Attributes::from_iter([(Attribute::StorageClass, "IA"), (Attribute::ContentType, "text/plain")]);
    store.put_opts(&path("c"), "1".into(), class.clone().into()).await.unwrap();
    assert_eq!(store.get(&path("c")).await.unwrap().attributes, class);
}

#[tokio::test]
async fn ranges() {
    let (_local, store) = store().await;
    store.put(&path("a"), "0123456789".into()).await.unwrap();
    let get = |range: GetRange| GetOptions::new().with_range(Some(range));
    let part = store.get_opts(&path("a"), get(GetRange::Offset(0))).await.unwrap();
    assert_eq!((part.range.clone(), part.bytes().await.unwrap().len()), (0..10, 10));
    let part = store.get_opts(&path("a"), get(GetRange::Suffix(3)).with_head(true)).await.unwrap();
    assert_eq!(part.range, 7..10);
    #[allow(clippy::reversed_empty_ranges, reason = "the claim is that such a range is refused")]
    for range in [GetRange::Bounded(3..3), GetRange::Bounded(5..3), GetRange::Bounded(10..11)] {
        assert!(store.get_opts(&path("a"), get(range)).await.is_err());
    }
}

#[tokio::test]
async fn an_upload_is_whole_or_not_there() {
    let (_local, store) = store().await;
    let mut upload = store.put_multipart(&path("a")).await.unwrap();
    let forgotten = upload.put_part("1".into());
    let error = upload.complete().await.unwrap_err();
    assert!(error.to_string().contains("part 0"), "{error}");
    drop(forgotten);
    upload.abort().await.unwrap();
    let error = upload.abort().await.unwrap_err();
    assert!(matches!(error, Error::Generic { .. }), "{error}");
    let mut empty = store.put_multipart(&path("empty")).await.unwrap();
    empty.complete().await.unwrap();
    assert_eq!(store.head(&path("empty")).await.unwrap().size, 0);
}

#[tokio::test]
async fn refusals_say_what_kind_they_are() {
    let (local, store) = store().await;
    let stranger = OssStore::new(client(&local, "wrong").bucket(BUCKET));
    let error = stranger.put(&path("a"), "1".into()).await.unwrap_err();
    assert!(matches!(error, Error::Unauthenticated { .. }), "{error}");
    let elsewhere = OssStore::new(client(&local, SECRET_KEY).bucket("no-such-bucket"));
    assert!(matches!(elsewhere.head(&path("a")).await.unwrap_err(), Error::NotFound { .. }));
    assert!(matches!(elsewhere.list(None).next().await, Some(Err(Error::NotFound { .. }))));
    assert_eq!((store.to_string(), format!("{store:?}")), ("OSS(lake)".to_owned(), "OssStore(lake)".to_owned()));
}
