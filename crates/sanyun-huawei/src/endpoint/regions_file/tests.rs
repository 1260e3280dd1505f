use sanyun_core::{ErrorKind, Fixed};

use super::*;

const DOCUMENTED: &str = "# ours\nECS:\n  - id: 'cn-north-1'\n    endpoint: 'https://a.example'  # old\n  - id: cn-north-9\n    \
    endpoints:\n      - \"https://b.example\"\n      - https://c.example:8443\n    endpoint: d.example\nIoTDA:\n- id: x-1\n  \
    endpoints: [e.example, 'f.example',]\n- {id: y-1, endpoint: 'g.example'}\n";

fn find(text: &str, service: &str, region: &str) -> Vec<String> {
    let found = from_regions_file(text, service, region).unwrap();
    found.iter().flat_map(|found| found.iter()).map(ToString::to_string).collect()
}

#[test]
fn the_documented_form_is_read() {
    assert_eq!(find(DOCUMENTED, "ecs", "cn-north-1"), ["https://a.example"]);
    let several = ["https://b.example", "https://c.example:8443", "https://d.example"];
    assert_eq!(find(DOCUMENTED, "ECS", "cn-north-9"), several);
    assert_eq!(find(DOCUMENTED, "iotda", "x-1"), ["https://e.example", "https://f.example"]);
    assert_eq!(find(DOCUMENTED, "iotda", "y-1"), ["https://g.example"]);
    assert!(find(DOCUMENTED, "vpc", "cn-north-1").is_empty());
    assert!(find(&DOCUMENTED.replace('\n', "\r\n"), "ecs", "cn-north-9").len() == 3);
}

#[test]
fn what_says_nothing_is_no_error() {
    for text in
        ["", "\n# nothing\n", "---\n", "ECS:\n", "ECS: []\n", "ECS: ~", "ECS:\n  - id: x\n", "ECS:\n  - endpoint: h\n"]
    {
        assert!(find(text, "ecs", "x").is_empty(), "{text:?}");
    }
}

#[test]
fn of_several_entries_the_last_counts() {
    let text = "ecs:\n  - id: x\n    endpoint: a\n  - id: x\n    endpoint: b\n";
    assert_eq!(find(text, "ecs", "x"), ["https://b"]);
    assert_eq!(find(&format!("{text}ECS:\n  - id: x\n    endpoint: c\n"), "ecs", "x"), ["https://c"]);
    // The same name again replaces what it said before, as the vendor's reader has it.
    assert!(find(&format!("{text}ecs:\n  - id: y\n    endpoint: c\n"), "ecs", "x").is_empty());
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    for (text, line) in [
        ("ECS:\n  - id: x\n    endpoint: ftp://a\n", 3),
        ("ECS: x\n", 1),
        ("- a\n", 1),
        ("just a text\n", 1),
        ("ECS:\n  id: x\n", 2),
        ("ECS:\n  - x\n", 2),
        ("ECS:\n\t- id: x\n", 2),
        ("ECS:\n  - id: x\n     endpoint: a\n", 3),
        ("ECS:\n  - id: x\n    endpoint: a\n   - id: y\n", 4),
        ("ECS:\n  - id: &a x\n", 2),
        ("ECS:\n  - id: x\n    endpoint: |\n      a\n", 3),
        ("ECS:\n  - id: 'x\n", 2),
        ("ECS:\n  - id: \"\\x41\"\n", 2),
        ("ECS:\n  - id: 'x' y\n", 2),
        ("ECS:\n  - id: x\n    endpoints: [a,\n      b]\n", 3),
        ("ECS:\n  - id: x\n    endpoints: a\n", 3),
        ("ECS:\n  - {id: x\n", 2),
        ("a: b: c\n", 1),
        ("ECS:\n---\nIAM:\n", 2),
        ("!tag ECS:\n", 1),
    ] {
        let error = from_regions_file(text, "ecs", "x").expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(&format!("line {line}:")), "{text:?}: {error}");
    }
    for deep in ["- ".repeat(100_000), "[".repeat(100_000), "{a: ".repeat(100_000)] {
        assert!(from_regions_file(&deep, "ecs", "x").is_err());
    }
}

#[test]
fn the_file_is_found_by_its_variable_or_in_the_home_folder() {
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let world = || Fixed::default().var(home, "/home/me");
    let read = |world: Fixed| {
        RegionsFile::read(&world, &world).map(|file| file.endpoints("ecs", "x").map(|it| it[0].to_string()))
    };
    let folder = PathBuf::from("/home/me").join(".huaweicloud").join("regions.yaml");
    let file = |endpoint: &str| format!("\u{feff}ecs:\n- id: x\n  endpoint: {endpoint}\n");
    assert_eq!(read(world()).unwrap(), None);
    assert_eq!(read(Fixed::default()).unwrap(), None);
    assert_eq!(read(world().file(&folder, file("a"))).unwrap().unwrap(), "https://a");
    let both = world().file(&folder, file("a")).file("/other", file("b"));
    assert_eq!(read(both.var(FILE, "/other")).unwrap().unwrap(), "https://b");
    let error = read(world().file("/broken", "ECS: x").var(FILE, "/broken")).unwrap_err();
    assert!(error.to_string().starts_with("/broken, line 1: ECS is no list"), "{error}");
    assert!(read(world().file("/broken", [0xff]).var(FILE, "/broken")).is_err());
}
