use std::io::Write as _;

use http::HeaderMap;

use super::*;

fn facts() -> BucketFacts {
    BucketFacts {
        owner: "1".to_owned(),
        created_ms: 1,
        region: "cn-hangzhou".to_owned(),
        acl: "private".to_owned(),
        storage_class: "Standard".to_owned(),
        redundancy: "LRS".to_owned(),
    }
}

fn open(folder: &std::path::Path) -> Store {
    let scratch = Arc::new(Scratch::new(folder.join("tmp"), true).unwrap());
    Store::open(folder.join("oss"), scratch).unwrap()
}

fn put(store: &Store, bucket: &Bucket, key: &str, data: &[u8], forbid: bool) -> Result<(), StoreError> {
    let mut draft = store.draft().unwrap();
    draft.file.write_all(data).unwrap();
    let meta = Meta {
        key: key.to_owned(),
        size: data.len() as u64,
        etag: "E".to_owned(),
        crc64: 0,
        modified_ms: 0,
        storage_class: "Standard".to_owned(),
        kind: "Normal".to_owned(),
        acl: "default".to_owned(),
        headers: HeaderMap::new(),
    };
    bucket.put(draft, &meta, forbid)
}

#[test]
fn everything_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    put(&store, &bucket, "../k", b"one", false).unwrap();
    put(&store, &bucket, "../k", b"two!", false).unwrap();
    put(&store, &bucket, "gone", b"", false).unwrap();
    bucket.delete(&["gone".to_owned(), "never was".to_owned()]).unwrap();
    drop((store, bucket));

    let store = open(folder.path());
    let bucket = store.bucket("abc").unwrap();
    assert_eq!(bucket.facts(), facts());
    assert_eq!(bucket.look(|index| index.keys().cloned().collect::<Vec<_>>()), ["../k"]);
    assert_eq!(bucket.open_object("../k").unwrap().unwrap().meta.size, 4);
    assert!(bucket.open_object("gone").unwrap().is_none());
}

#[test]
fn what_a_kill_leaves_behind_is_swept_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    // A kill in the middle of an upload leaves a temporary file, which a forgotten draft imitates.
    let mut draft = store.draft().unwrap();
    draft.file.write_all(b"half an obj").unwrap();
    std::mem::forget(draft);
    std::fs::write(folder.path().join("oss/abc/objects/.DS_Store"), b"x").unwrap();
    drop(store);

    let store = open(folder.path());
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
    assert!(store.bucket("abc").unwrap().look(std::collections::BTreeMap::is_empty));
}

#[test]
fn buckets_are_deleted_only_when_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    assert!(matches!(store.create_bucket("abc", facts()), Err(StoreError::BucketExists(_))));
    let bucket = store.bucket("abc").unwrap();
    put(&store, &bucket, "k", b"", false).unwrap();
    assert!(matches!(store.delete_bucket("abc"), Err(StoreError::BucketNotEmpty)));
    bucket.delete(&["k".to_owned()]).unwrap();
    store.delete_bucket("abc").unwrap();
    assert!(matches!(store.delete_bucket("abc"), Err(StoreError::NoSuchBucket)));
    // An upload that began before the bucket was deleted must not bring it back.
    assert!(matches!(put(&store, &bucket, "late", b"", false), Err(StoreError::NoSuchBucket)));
    drop((store, bucket));
    assert!(open(folder.path()).buckets().is_empty());
}

#[test]
fn overwriting_can_be_forbidden() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    put(&store, &bucket, "k", b"1", true).unwrap();
    assert!(matches!(put(&store, &bucket, "k", b"2", true), Err(StoreError::ObjectExists)));
    put(&store, &bucket, "k", b"3", false).unwrap();
}

#[test]
fn a_reader_sees_one_whole_object_while_it_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    put(&store, &bucket, "k", b"old", false).unwrap();
    let mut old = bucket.open_object("k").unwrap().unwrap();
    put(&store, &bucket, "k", b"newer", false).unwrap();
    let mut data = vec![0; old.meta.size as usize];
    std::io::Seek::rewind(&mut old.file).unwrap();
    std::io::Read::read_exact(&mut old.file, &mut data).unwrap();
    assert_eq!(data, b"old");
}
