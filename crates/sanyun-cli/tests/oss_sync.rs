//! Folders and buckets brought into line, and copies of many, against the embedded local cloud.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Run, run, sanyun};

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        world.oss(&["mb", "oss://bucket"]).ok();
        world
    }

    fn oss(&self, words: &[&str]) -> Run {
        let mut command = sanyun();
        command.arg("oss").args(words).arg("--local-data").arg(self.path("cloud"));
        command.current_dir(self.folder.path()).env("HOME", self.path("home"));
        run(&mut command)
    }

    fn json(&self, words: &[&str]) -> Value {
        self.oss(&[words, &["--output", "json"]].concat()).json()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn keys(&self) -> Vec<String> {
        let listed = self.json(&["ls", "-r", "oss://bucket"]);
        listed.as_array().unwrap().iter().map(|object| object["key"].as_str().unwrap().to_owned()).collect()
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(
                    path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(),
                    std::fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

#[test]
fn a_folder_goes_up_and_down_and_across_and_only_what_changed_moves() {
    let world = World::new();
    for (name, text) in [("in/a.txt", "a"), ("in/sub/b", "bb"), ("in/sub/c.tmp", "ccc"), ("in/empty", "")] {
        world.write(name, text);
    }
    let up = ["sync", "in", "oss://bucket/p"];
    let done = world.json(&[&up[..], &["--exclude", "*.tmp"]].concat());
    assert_eq!((done["copied"].as_array().unwrap().len(), &done["bytes"]), (3, &json!(3)));
    assert_eq!(world.json(&up)["unchanged"], 3);
    assert_eq!(world.keys(), ["p/a.txt", "p/empty", "p/sub/b", "p/sub/c.tmp"]);

    world.oss(&["sync", "oss://bucket/p", "out"]).ok();
    assert_eq!(tree(&world.path("in")), tree(&world.path("out")));
    assert_eq!(world.json(&["sync", "oss://bucket/p", "out"])["unchanged"], 4);
    // Of the same length: the time tells, or the checksum.
    world.write("in/a.txt", "A");
    assert_eq!(world.json(&[&up[..], &["--size-only"]].concat())["unchanged"], 4);
    assert_eq!(world.json(&up)["copied"][0]["target"], "oss://bucket/p/a.txt");
    let down = ["sync", "oss://bucket/p", "out", "--checksum"];
    assert_eq!(world.json(&down)["copied"][0]["bytes"], 1);
    assert_eq!(world.json(&down)["unchanged"], 4);
    assert_eq!(std::fs::read(world.path("out/a.txt")).unwrap(), b"A");

    assert_eq!(world.json(&["sync", "oss://bucket/p", "oss://bucket/q"])["copied"].as_array().unwrap().len(), 4);
    assert_eq!(world.json(&["sync", "oss://bucket/p", "oss://bucket/q"])["unchanged"], 4);
}

#[test]
fn deleting_is_asked_for_and_never_touches_what_is_excluded() {
    let world = World::new();
    for (name, text) in [("in/a", "a"), ("in/b", "b"), ("in/keep.log", "k")] {
        world.write(name, text);
    }
    world.oss(&["sync", "in", "oss://bucket/p"]).ok();
    std::fs::remove_file(world.path("in/b")).unwrap();
    std::fs::remove_file(world.path("in/keep.log")).unwrap();
    let delete = ["sync", "in", "oss://bucket/p", "--delete", "--exclude", "*.log"];
    let shown = world.oss(&[&delete[..], &["--dry-run"]].concat()).ok();
    assert_eq!(shown, "would delete oss://bucket/p/b\n");
    assert_eq!(world.keys().len(), 3);
    assert_eq!(world.json(&delete)["deleted"], json!(["oss://bucket/p/b"]));
    assert_eq!(world.keys(), ["p/a", "p/keep.log"]);

    std::fs::remove_file(world.path("in/a")).unwrap();
    let all = ["sync", "in", "oss://bucket/p", "--delete"];
    let told = world.oss(&all).failed(2);
    assert!(told.contains("the source is empty: all 2"), "{told}");
    world.oss(&["sync", "missing", "oss://bucket/p", "--delete", "--force"]).failed(1);
    assert_eq!(world.keys().len(), 2);
    world.oss(&[&all[..], &["--force"]].concat()).ok();
    assert_eq!(world.keys().len(), 0);

    world.write("out/old", "o");
    world.write("in/new", "n");
    world.oss(&["sync", "in", "oss://bucket/p"]).ok();
    world.oss(&["sync", "oss://bucket/p", "out", "--delete"]).ok();
    assert_eq!(tree(&world.path("out")).into_keys().collect::<Vec<_>>(), ["new"]);
}

#[cfg(unix)]
#[test]
fn what_fails_is_told_by_name_and_nothing_is_deleted_then() {
    let world = World::new();
    world.write("in/a", "a");
    world.oss(&["cp", "in/a", "oss://bucket/p/a"]).ok();
    world.oss(&["cp", "in/a", "oss://bucket/p/x/../../../evil"]).ok();
    world.write("out/extra", "e");
    let run = world.oss(&["sync", "oss://bucket/p", "out", "--delete"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("error: oss://bucket/p/x/../../../evil:"), "{run:?}");
    assert!(run.err.contains("copied 1 object, 1 failed, 1 not deleted because of that"), "{run:?}");
    assert_eq!(tree(&world.path("out")).into_keys().collect::<Vec<_>>(), ["a", "extra"]);
    assert!(!world.path("evil").exists());
}

#[test]
fn patterns_choose_and_literal_keys_come_first() {
    let world = World::new();
    for name in ["in/a.gz", "in/b.txt", "in/sub/c.gz", "in/sub/deep/d.gz"] {
        world.write(name, name);
    }
    world.oss(&["cp", "-r", "in", "oss://bucket/p"]).ok();
    world.oss(&["cp", "oss://bucket/p/*.gz", "one/"]).ok();
    assert_eq!(tree(&world.path("one")).into_keys().collect::<Vec<_>>(), ["a.gz"]);
    world.oss(&["cp", "oss://bucket/p/**/*.gz", "all/"]).ok();
    assert_eq!(tree(&world.path("all")).len(), 3);
    world.oss(&["cp", "in/**/*.gz", "oss://bucket/z/"]).ok();
    assert_eq!(world.json(&["ls", "oss://bucket/z/**"]).as_array().unwrap().len(), 3);
    // A key is a key, whatever it looks like.
    world.oss(&["cp", "in/b.txt", "oss://bucket/p/?.gz"]).ok();
    assert_eq!(world.oss(&["cat", "oss://bucket/p/?.gz"]).ok(), "in/b.txt");
    world.oss(&["cp", "oss://bucket/p/?.gz", "literal"]).ok();
    assert_eq!(std::fs::read(world.path("literal")).unwrap(), b"in/b.txt");
    world.oss(&["rm", "oss://bucket/p/?.gz"]).ok();
    assert!(world.keys().contains(&"p/a.gz".to_owned()));
    let shown = world.oss(&["rm", "--glob", "oss://bucket/p/?.gz", "--dry-run"]).ok();
    assert_eq!(shown, "would delete oss://bucket/p/a.gz\n");
    world.oss(&["cp", "oss://bucket/p/no*", "x/"]).ok();
    world.oss(&["cp", "--literal", "oss://bucket/p/no*", "x/"]).failed(1);
}

#[test]
fn objects_are_moved_and_given_what_was_asked_for() {
    let world = World::new();
    world.write("a.txt", "content");
    world.write("b.txt", "other");
    world.oss(&["mv", "a.txt", "b.txt", "oss://bucket/in/"]).ok();
    assert!(!world.path("a.txt").exists() && !world.path("b.txt").exists());
    let options = ["--storage-class", "IA", "--meta", "owner=li", "--content-type", "x/y", "--tag", "k=v w"];
    world.oss(&[&["mv", "oss://bucket/in/a.txt", "oss://bucket/moved"][..], &options].concat()).ok();
    let stat = world.json(&["stat", "oss://bucket/moved"]);
    let facts = [&stat["storage_class"], &stat["meta"]["owner"], &stat["content_type"]];
    assert_eq!(facts, [&json!("IA"), &json!("li"), &json!("x/y")]);
    assert_eq!(world.oss(&["tag", "get", "oss://bucket/moved"]).ok(), "k=v w\n");
    assert_eq!(world.keys(), ["in/b.txt", "moved"]);
    world.oss(&["mv", "oss://bucket/moved", "oss://bucket/moved"]).failed(2);
    assert_eq!(world.oss(&["cat", "oss://bucket/moved"]).ok(), "content");
    world.oss(&["mv", "-r", "oss://bucket/", "back"]).ok();
    assert_eq!((world.keys().len(), tree(&world.path("back")).len()), (0, 2));
}

#[test]
fn what_is_there_may_be_left_alone() {
    let world = World::new();
    world.write("a", "new");
    world.write("old", "old");
    world.oss(&["cp", "old", "oss://bucket/a"]).ok();
    world.oss(&["cp", "a", "oss://bucket/a", "--no-clobber"]).ok();
    assert_eq!(world.oss(&["cat", "oss://bucket/a"]).ok(), "old");
    world.oss(&["cp", "oss://bucket/a", "a", "--no-clobber"]).ok();
    assert_eq!(std::fs::read(world.path("a")).unwrap(), b"new");
    world.oss(&["cp", "a", "oss://bucket/a"]).ok();
    assert_eq!(world.json(&["cp", "a", "oss://bucket/a", "--update"])["unchanged"], 1);
}

/// Keys with what breaks clients that tidy up, and every odd character there is.
fn hostile(count: usize) -> Vec<String> {
    const ODD: [&str; 22] = [
        "..",
        ".",
        "",
        "%2F",
        "%",
        "%25",
        "+",
        " ",
        "ü",
        "中文",
        "a\u{1}b",
        "\n",
        "\t",
        "'\"<>&",
        "\\",
        "*?[]",
        "#",
        "x?y=z&a",
        "\u{202e}",
        "\u{feff}",
        ".sanyun-1.part",
        "🦀",
    ];
    let mut keys: Vec<String> = (0..count)
        .map(|number| {
            let odd = |at: usize| ODD[(number / 22_usize.pow(at as u32) + at * 7) % ODD.len()];
            match number % 5 {
                0 => format!("{}/{number}", odd(0)),
                1 => format!("{}/{}/{number}", odd(0), odd(1)),
                2 => format!("{number}/{}/{}", odd(0), odd(1)),
                3 => format!("{}{number}{}", odd(0), odd(1)),
                _ => format!("{number}{}{}", odd(0), "long".repeat(number % 80)),
            }
        })
        .collect();
    // A file and a folder of one name.
    keys.extend(["both".to_owned(), "both/below".to_owned(), "both/".to_owned(), "/".to_owned(), "//".to_owned()]);
    keys.sort();
    keys.dedup();
    keys
}

/// `SANYUN_HOSTILE_KEYS` says how many (200 if unset).
#[test]
fn hostile_keys_go_through_cp_ls_and_sync_and_come_back() {
    let count = std::env::var("SANYUN_HOSTILE_KEYS").map_or(200, |text| text.parse().unwrap());
    let world = World::new();
    let keys = hostile(count);
    // Where they come from: a folder in which each has its spelling.
    for key in &keys {
        let mut path = sanyun_oss::sync::Names::Encoded.to_path(key).unwrap();
        // On a disk a name is a file or a folder.
        let below = format!("{key}/");
        let at = keys.partition_point(|other| *other < below);
        if keys.get(at).is_some_and(|other| other.starts_with(&below)) {
            path.push_str("%!");
        }
        world.write(&format!("in/{path}"), key);
    }
    let up = world.json(&["cp", "-r", "in", "oss://bucket/k/", "--encode-names"]);
    assert_eq!((up["copied"].as_array().unwrap().len(), &up["failed"]), (keys.len(), &json!([])));
    let listed: Vec<String> = world.keys();
    let expected: Vec<String> = keys.iter().map(|key| format!("k/{key}")).collect();
    assert!(listed == expected, "{:?}", listed.iter().find(|key| !expected.contains(key)));

    let down = world.json(&["cp", "-r", "oss://bucket/k/", "out", "--encode-names"]);
    assert_eq!(down["failed"], json!([]));
    assert!(tree(&world.path("in")) == tree(&world.path("out")));
    assert_eq!(world.json(&["sync", "oss://bucket/k", "out", "--encode-names"])["unchanged"], keys.len());
    world.oss(&["sync", "oss://bucket/k", "oss://bucket/l", "--quiet"]).ok();
    world.oss(&["sync", "oss://bucket/l", "again", "--encode-names", "--quiet"]).ok();
    assert!(tree(&world.path("in")) == tree(&world.path("again")));

    // Without an other spelling: what a file can be called comes back, and the others are named one by one.
    let plain = world.oss(&["sync", "oss://bucket/k", "plain", "--output", "json"]);
    let done: Value = serde_json::from_str(&plain.out).unwrap();
    let [copied, failed, skipped] = ["copied", "failed", "skipped"].map(|name| done[name].as_array().unwrap().len());
    assert_eq!((plain.code, copied + failed + skipped), (1, keys.len()));
    for (name, content) in tree(&world.path("plain")) {
        assert_eq!(name.as_bytes(), content);
    }
    let world_has: Vec<String> = std::fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(world_has.len() <= 6, "{world_has:?}");

    std::fs::create_dir(world.path("empty")).unwrap();
    world.oss(&["sync", "empty", "oss://bucket/k", "--delete", "--force", "--encode-names", "--quiet"]).ok();
    world.oss(&["rm", "-r", "oss://bucket/l/", "--quiet"]).ok();
    assert_eq!(world.keys(), Vec::<String>::new());
}
