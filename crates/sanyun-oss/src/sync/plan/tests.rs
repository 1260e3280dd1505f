use std::time::Duration;

use super::*;
use crate::client::Client;

fn bucket() -> crate::Bucket {
    let client = Client::builder().region("cn-hangzhou").build().unwrap();
    client.bucket("photos")
}

fn at(tenths: u64) -> Option<SystemTime> {
    Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000_000_000 + tenths * 100))
}

fn file(name: &str, size: u64, tenths: u64) -> Entry {
    Entry { name: name.to_owned(), spot: Spot::File(name.into()), size, modified: at(tenths), etag: None }
}

fn object(name: &str, size: u64, tenths: u64, etag: &str) -> Entry {
    let spot = Spot::Object { bucket: bucket(), key: format!("p/{name}") };
    Entry { name: name.to_owned(), spot, size, modified: at(tenths / 10 * 10), etag: Some(etag.to_owned()) }
}

fn found(entries: Vec<Entry>) -> Inventory {
    Inventory { entries, ..Inventory::default() }
}

fn up() -> Sync {
    Sync::new(Place::folder("here"), Place::objects(&bucket(), "p/"))
}

fn down() -> Sync {
    Sync::new(Place::objects(&bucket(), "p/"), Place::folder("here"))
}

fn names(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.from.name.as_str()).collect()
}

#[tokio::test]
async fn what_is_new_or_differs_is_copied_and_what_is_too_much_is_deleted() {
    let source = found(vec![file("a", 1, 0), file("b", 1, 0), file("c", 2, 0), file("d", 1, 99), file("e", 1, 0)]);
    let there = vec![object("a", 1, 50, "x"), object("c", 1, 50, "x"), object("d", 1, 50, "x"), object("f", 1, 0, "x")];
    let plan = up().delete(true).compared(source, found(there)).await.unwrap();
    assert_eq!(names(&plan.steps), ["b", "c", "d", "e"]);
    let whys: Vec<_> = plan.steps.iter().map(|step| step.why).collect();
    assert_eq!(whys, [Why::New, Why::Changed, Why::Changed, Why::New]);
    assert_eq!(
        (plan.same, plan.deletions.len(), plan.deletions[0].spot.to_string().as_str()),
        (1, 1, "oss://photos/p/f")
    );
    assert_eq!(plan.steps[0].to.to_string(), "oss://photos/p/b");
}

#[test]
fn what_counts_as_different_can_be_chosen() {
    let differs = |compare: Compare, source: &Entry, target: &Entry| compare.differs(source, target);
    let (old, new) = (file("a", 1, 0), file("a", 2, 99));
    let there = object("a", 1, 50, "x");
    assert_eq!(differs(Compare::Always, &old, &there), Some(true));
    assert_eq!(differs(Compare::Missing, &new, &there), Some(false));
    assert_eq!(differs(Compare::Size, &old, &there), Some(false));
    assert_eq!(differs(Compare::Newer, &new, &there), Some(true));
    assert_eq!(differs(Compare::Newer, &file("a", 2, 0), &there), Some(false));
    assert_eq!(differs(Compare::Checksum, &old, &there), None);
    assert_eq!(differs(Compare::Checksum, &new, &there), Some(true));
}

/// OSS cuts moments down to seconds; nothing may be missed because of that.
#[test]
fn within_a_second_checksums_decide() {
    let differs = |source: &Entry, target: &Entry| Compare::SizeAndTime.differs(source, target);
    assert_eq!(differs(&file("a", 1, 55), &object("a", 1, 57, "x")), None);
    assert_eq!(differs(&file("a", 1, 49), &object("a", 1, 50, "x")), Some(false));
    assert_eq!(differs(&object("a", 1, 50, "x"), &file("a", 1, 50)), Some(false));
    assert_eq!(differs(&object("a", 1, 60, "x"), &file("a", 1, 59)), Some(true));
    assert_eq!(differs(&object("a", 1, 50, "x"), &object("a", 1, 50, "y")), None);
    assert_eq!(differs(&object("a", 1, 60, "x"), &object("a", 1, 50, "y")), Some(true));
    assert_eq!(differs(&object("a", 1, 60, "x"), &object("a", 1, 50, "x")), Some(false));
    assert_eq!(differs(&object("a", 1, 40, "x"), &object("a", 1, 50, "y")), Some(false));
}

#[tokio::test]
async fn an_empty_source_deletes_nothing_unless_forced() {
    let there = || found(vec![object("a", 1, 0, "x")]);
    let empty = || found(Vec::new());
    assert!(up().delete(true).compared(empty(), there()).await.is_err());
    assert_eq!(up().compared(empty(), there()).await.unwrap().deletions.len(), 0);
    assert_eq!(up().delete(true).force(true).compared(empty(), there()).await.unwrap().deletions.len(), 1);
}

#[tokio::test]
async fn what_could_not_be_read_is_not_deleted() {
    let mut source = found(vec![file("a", 1, 0)]);
    source.unreadable.push(("sub".to_owned(), Error::input("no")));
    let plan = up().delete(true).compared(source, found(vec![object("sub/b", 1, 0, "x")])).await.unwrap();
    assert_eq!((plan.deletions.len(), plan.withheld, plan.refused.len()), (0, 1, 1));
}

#[tokio::test]
async fn folders_in_a_bucket_are_folders() {
    let marker = || object("sub/", 0, 0, "x");
    let plan = up().delete(true).compared(found(vec![file("a", 1, 0)]), found(vec![marker()])).await.unwrap();
    assert_eq!(plan.deletions.len(), 0);
    let plan = down().compared(found(vec![marker(), object("sub/a", 1, 0, "x")]), found(Vec::new())).await.unwrap();
    assert_eq!((names(&plan.steps), plan.markers.len()), (vec!["sub/a"], 1));
    let encoded = down().names(Names::Encoded).compared(found(vec![marker()]), found(Vec::new())).await.unwrap();
    assert_eq!(encoded.steps[0].to.to_string(), "here/sub/%");
}

#[tokio::test]
async fn keys_that_no_file_can_have_are_refused_by_name() {
    let hostile = || found(vec![object("../x", 1, 0, "x"), object("a", 1, 0, "x"), object("a/b", 1, 0, "x")]);
    let plan = down().compared(hostile(), found(Vec::new())).await.unwrap();
    assert_eq!(names(&plan.steps), ["a/b"]);
    let refused: Vec<_> = plan.refused.iter().map(|refused| refused.name.as_str()).collect();
    assert_eq!(refused, ["oss://photos/p/../x", "oss://photos/p/a"]);
    let plan = down().names(Names::Encoded).compared(hostile(), found(Vec::new())).await.unwrap();
    let paths: Vec<_> = plan.steps.iter().map(|step| step.to.to_string()).collect();
    assert_eq!(paths, ["here/%2E%2E/x", "here/a%!", "here/a/b"]);
}
