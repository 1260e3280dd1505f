use super::*;

async fn take(folder: &Path, facts: Value) -> Result<Checkpoint> {
    Checkpoint::take(folder, Kind::Upload, "/a", "oss://b/k", facts).await
}

#[tokio::test]
async fn a_checkpoint_is_found_again_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("deep");
    let checkpoint = take(&deep, json!({"size": 5})).await.unwrap();
    assert_eq!(checkpoint.load().await, Found::Nothing);
    checkpoint.save(json!({"upload_id": "U"})).await.unwrap();
    assert_eq!(checkpoint.load().await, Found::State(json!({"upload_id": "U"})));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&checkpoint.path).unwrap()) & 0o777, 0o600);
    assert!(take(&deep, json!({"size": 5})).await.is_err(), "somebody has it");
    drop(checkpoint);

    let other = take(&deep, json!({"size": 6})).await.unwrap();
    assert_eq!(other.load().await, Found::Stale(json!({"upload_id": "U"})));
    let text = fs::read_to_string(&other.path).unwrap();
    for broken in [text.replace("\"U\"", "\"V\""), text.replace(":1,", ":2,"), text[..20].to_owned(), String::new()] {
        fs::write(&other.path, broken).unwrap();
        assert_eq!(other.load().await, Found::Nothing);
    }
    other.remove().await.unwrap();
    assert_eq!(fs::read_dir(&deep).unwrap().count(), 0, "nothing is left");
}

#[tokio::test]
async fn one_of_many_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let taken: Vec<_> = (0..50)
        .map(|_| {
            let folder = folder.path().to_owned();
            tokio::spawn(async move { take(&folder, json!({})).await.is_ok() })
        })
        .collect();
    let mut any = false;
    for taken in taken {
        any |= taken.await.unwrap();
    }
    assert!(any);
    assert!(take(folder.path(), json!({})).await.is_ok());
}

#[test]
fn parts_survive_as_a_bitmap() {
    let mut done = Done::none(11);
    for (index, crc64) in [(0, 7), (3, u64::MAX), (10, 0)] {
        done.set(index, Some(crc64));
    }
    done.set(99, Some(1));
    let state = done.to_state();
    assert_eq!(state, json!({"done": "9020", "crc64": ["7", "18446744073709551615", "0"]}));
    assert_eq!(Done::from_state(&state, 11), Some(done.clone()));
    assert_eq!((done.get(3), done.get(4), done.get(99)), (Some(u64::MAX), None, None));
    for (state, count) in [(state, 17), (json!({"done": "90", "crc64": ["7"]}), 8), (json!({}), 8), (json!([]), 0)] {
        assert_eq!(Done::from_state(&state, count), None);
    }
    assert_eq!(Done::from_state(&Done::none(0).to_state(), 0), Some(Done::none(0)));
}
