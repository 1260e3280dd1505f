//! What runs that were killed have left behind, where this one has been.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sanyun_oss::Bucket;
use sanyun_oss::ops::ListParts;
use sanyun_oss::sync::{Plan, Spot};
use serde_json::Value;

/// Where something may have been left.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Long objects that were uploaded.
    keys: BTreeMap<String, (Bucket, BTreeSet<String>)>,
    /// Folders that were written to.
    folders: BTreeSet<PathBuf>,
}

impl Left {
    /// Where a plan writes. Only objects of at least a part are uploaded in parts.
    pub(super) fn of(plan: &Plan, part_size: u64) -> Self {
        let mut left = Self::default();
        for step in &plan.steps {
            match &step.to {
                Spot::Object { bucket, key } if step.from.size >= part_size => {
                    let name = bucket.name().to_owned();
                    let (_, keys) = left.keys.entry(name).or_insert_with(|| (bucket.clone(), BTreeSet::new()));
                    keys.insert(key.clone());
                }
                Spot::Object { .. } => {}
                Spot::File(path) => left.folders.extend(path.parent().map(PathBuf::from)),
            }
        }
        left
    }

    /// What is there. Whoever may not look learns nothing.
    pub(super) async fn look(self) -> Vec<String> {
        let mut found = Vec::new();
        for (bucket, keys) in self.keys.into_values() {
            let mut uploads = bucket.uploads(common(&keys));
            while let Some(Ok(page)) = uploads.next().await {
                for upload in &page.uploads {
                    let (key, id) = (upload.key.as_deref().unwrap_or_default(), upload.upload_id.as_deref());
                    if keys.contains(key) {
                        let id = id.unwrap_or_default();
                        found.push(format!("upload {id} in parts to oss://{}/{key}", bucket.name()));
                    }
                }
            }
        }
        for folder in self.folders {
            let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let temporary = entries.filter(|entry| is_temporary(&entry.file_name().to_string_lossy()));
            found.extend(temporary.map(|entry| format!("temporary file {}", entry.path().display())));
        }
        found
    }
}

fn is_temporary(name: &str) -> bool {
    name.starts_with(".sanyun-") && name.ends_with(".part")
}

/// Deletes checkpoints that are of no use any more: whoever wrote them was killed between the end of a transfer and the
/// deleting. Those of other buckets are left alone, for they may be at another endpoint.
pub(super) async fn prune(folder: &Path, bucket: &Bucket) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_owned();
        let is_useless = match kind.as_str() {
            "lock" => is_free(&path) && !path.with_extension("").exists(),
            // Half of a checkpoint, which did not get its name.
            "new" => is_free(&path.with_extension("lock")),
            "sanyun-upload" | "sanyun-download" | "sanyun-copy" => {
                is_free(&path.with_extension(format!("{kind}.lock"))) && is_useless(&path, &kind, bucket).await
            }
            _ => false,
        };
        if is_useless {
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(path.with_extension(format!("{kind}.lock")));
        }
    }
}

/// Whether nobody holds a lock.
fn is_free(lock: &Path) -> bool {
    fs::File::open(lock).map_or(true, |file| file.try_lock().is_ok())
}

async fn is_useless(path: &Path, kind: &str, bucket: &Bucket) -> bool {
    let Some(checkpoint) = fs::read(path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok()) else {
        return false;
    };
    let text = |place: &str| checkpoint.pointer(place).and_then(Value::as_str).unwrap_or_default();
    if text("/facts/bucket") != bucket.name() {
        return false;
    }
    if kind == "sanyun-download" {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        return !Path::new(text("/facts/path")).with_file_name(format!(".sanyun-{stem}.part")).exists();
    }
    let list = ListParts::new(bucket.name(), text("/facts/key"), text("/state/upload_id")).max_parts(1);
    bucket.client().call(list).await.is_err_and(|error| error.code() == Some("NoSuchUpload"))
}

/// What all keys begin with.
fn common(keys: &BTreeSet<String>) -> String {
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return String::new() };
    let same = first.char_indices().zip(last.chars()).take_while(|((_, one), other)| one == other);
    let end = same.last().map_or(0, |((at, character), _)| at + character.len_utf8());
    first.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_common_beginning() {
        let common = |keys: &[&str]| common(&keys.iter().map(|key| (*key).to_owned()).collect());
        assert_eq!(common(&["a/x", "a/yü", "a/z"]), "a/");
        assert_eq!(
            (common(&["ab"]), common(&[]), common(&["ü", "ö"])),
            ("ab".to_owned(), String::new(), String::new())
        );
    }
}
