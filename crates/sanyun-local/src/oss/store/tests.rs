use std::io::Write as _;

use super::*;
use crate::oss::meta::{Kind, Meta};

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
    bucket.publish(
        draft,
        &described(bucket, key, data.len()),
        None,
        if forbid { Expect::Absent } else { Expect::Anything },
    )
}

fn described(bucket: &Bucket, key: &str, size: usize) -> Meta {
    Meta {
        key: key.to_owned(),
        size: size as u64,
        version: "null".to_owned(),
        order: bucket.next_order(0),
        ..Meta::default()
    }
}

fn remove(bucket: &Bucket, key: &str) -> Option<Entry> {
    bucket.remove(&[(key, "null")]).unwrap().remove(0)
}

fn read(bucket: &Bucket, key: &str) -> Option<Vec<u8>> {
    let object = bucket.open_object(key, None).unwrap()?;
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut object.reading(0).unwrap(), &mut data).unwrap();
    Some(data)
}

fn folders_of_data(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder.join("oss/abc/data")).unwrap().count()
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
    assert!(remove(&bucket, "gone").is_some() && remove(&bucket, "never was").is_none());
    drop((store, bucket));

    let store = open(folder.path());
    let bucket = store.bucket("abc").unwrap();
    assert_eq!(*bucket.facts(), facts());
    assert_eq!(bucket.look(|index| index.keys().cloned().collect::<Vec<_>>()), ["../k"]);
    assert_eq!(read(&bucket, "../k").unwrap(), b"two!");
    assert!(read(&bucket, "gone").is_none());
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
    remove(&bucket, "k").unwrap();
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
    let old = bucket.open_object("k", None).unwrap().unwrap();
    put(&store, &bucket, "k", b"newer", false).unwrap();
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut old.reading(1).unwrap(), &mut data).unwrap();
    assert_eq!(data, b"ld");
}

#[test]
fn parts_become_an_object_without_being_copied_and_survive_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    let part = |size| Part { size, etag: "E".to_owned(), crc64: 0, modified_ms: 0 };
    let upload = bucket.begin_upload("ID".to_owned(), described(&bucket, "k", 0)).unwrap();
    let aborted = bucket.begin_upload("GONE".to_owned(), described(&bucket, "k", 0)).unwrap();
    for (number, text) in [(1, "one"), (2, "unused"), (9, "nine")] {
        let mut draft = store.draft().unwrap();
        draft.file.write_all(text.as_bytes()).unwrap();
        bucket.put_part(&upload, number, draft, part(text.len() as u64)).unwrap();
    }
    bucket.abort_upload(&aborted).unwrap();
    assert!(matches!(bucket.abort_upload(&aborted), Err(StoreError::NoSuchUpload)));
    drop((store, bucket, upload, aborted));
    assert_eq!(folders_of_data(folder.path()), 1);

    let store = open(folder.path());
    let bucket = store.bucket("abc").unwrap();
    assert!(matches!(store.delete_bucket("abc"), Err(StoreError::BucketNotEmpty)));
    let upload = bucket.upload("k", "ID").unwrap();
    assert_eq!(upload.parts().keys().copied().collect::<Vec<_>>(), [1, 2, 9]);
    let mut meta = Meta { kind: Kind::Multipart, ..described(&bucket, "k", 7) };
    bucket.complete_upload(&upload, &[(1, part(3)), (9, part(4))], &mut meta, Expect::Anything).unwrap();
    assert!(matches!(bucket.put_part(&upload, 3, store.draft().unwrap(), part(0)), Err(StoreError::NoSuchUpload)));
    assert!(bucket.upload("k", "ID").is_none());
    assert_eq!(read(&bucket, "k").unwrap(), b"onenine");
    drop((store, bucket, upload));

    let store = open(folder.path());
    let bucket = store.bucket("abc").unwrap();
    assert_eq!(read(&bucket, "k").unwrap(), b"onenine");
    assert!(bucket.open_uploads().is_empty());
    let reader = bucket.open_object("k", None).unwrap().unwrap();
    put(&store, &bucket, "k", b"new", false).unwrap();
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut reader.reading(2).unwrap(), &mut data).unwrap();
    assert_eq!(data, b"enine", "whoever reads the old one gets all of it");
    assert_eq!(folders_of_data(folder.path()), 1);
    drop(reader);
    assert_eq!(folders_of_data(folder.path()), 0);
}

#[test]
fn large_objects_are_copied_and_changed_by_a_second_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    let large = vec![7; 300_000];
    for (key, data) in [("small", &b"x"[..]), ("large", &large)] {
        put(&store, &bucket, key, data, false).unwrap();
        let source = bucket.open_object(key, None).unwrap().unwrap();
        let copy = Meta { key: format!("{key} copy"), order: bucket.next_order(0), ..source.meta.clone() };
        bucket.copy(&source, copy, Expect::Anything).unwrap();
        let tagged = |meta: &mut Meta| {
            meta.set_fact("tagging", "a=b");
            Ok::<_, io::Error>(())
        };
        bucket.change(key, None, tagged).unwrap().unwrap();
        put(&store, &bucket, &format!("{key} copy of"), b"", false).unwrap();
        assert!(bucket.change("none", None, tagged).unwrap().is_none());
    }
    remove(&bucket, "large copy").unwrap();
    drop((store, bucket));
    let store = open(folder.path());
    let bucket = store.bucket("abc").unwrap();
    assert_eq!(bucket.open_object("large", None).unwrap().unwrap().meta.fact("tagging"), "a=b");
    assert_eq!(read(&bucket, "large").unwrap(), large);
    assert_eq!(read(&bucket, "small copy").unwrap(), b"x");
    assert_eq!(folders_of_data(folder.path()), 1);
}

#[test]
fn what_was_half_appended_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("abc", facts()).unwrap();
    let bucket = store.bucket("abc").unwrap();
    let piece = |text: &str| {
        let mut draft = store.draft().unwrap();
        draft.file.write_all(text.as_bytes()).unwrap();
        draft
    };
    let meta = Meta { kind: Kind::Appendable, ..described(&bucket, "k", 3) };
    bucket.begin_append(piece("abc"), meta).unwrap();
    // A kill after the data and before the record.
    let data = std::fs::read_dir(folder.path().join("oss/abc/data")).unwrap().next().unwrap().unwrap().path();
    std::fs::OpenOptions::new().append(true).open(data.join("0")).unwrap().write_all(b"half").unwrap();
    assert_eq!(read(&bucket, "k").unwrap(), b"abc");
    let longer = |meta: &Meta| Ok::<_, StoreError>(Meta { size: meta.size + 2, ..meta.clone() });
    bucket.append("k", &mut piece("de"), longer).unwrap().unwrap();
    assert_eq!(read(&bucket, "k").unwrap(), b"abcde");
    assert!(bucket.append("none", &mut piece("de"), longer).unwrap().is_none());
}
