#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

fn folders() -> Folders {
    Folders::new(&Options::default())
}

#[test]
fn importer_reads_small_packages_and_names_what_it_does_not_know() {
    let folders = folders();
    let mut tests = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    tests.env("PYTHONDONTWRITEBYTECODE", "1").args(["-m", "unittest", "discover"]);
    let output = tests.current_dir(&folders.scripts).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn lock_file_names_packages_of_every_cloud() {
    for cloud in Cloud::ALL {
        let lines = packages(&folders(), cloud).unwrap();
        assert!(!lines.is_empty());
        assert!(lines.lines().all(|line| line.split('\t').count() == 3), "{lines}");
    }
}

#[test]
fn archives_in_the_repository_hold_what_the_reference_counts() {
    let folders = folders();
    let expected = Expected::read(&folders.scripts.join("expected.tsv")).unwrap();
    for cloud in Cloud::ALL {
        let bytes = fs::read(folders.out.join(format!("{cloud}.catalog"))).unwrap();
        let catalog = Catalog::open(bytes).unwrap();
        assert_eq!(count::report(&catalog, &expected), Vec::<String>::new());
        assert_eq!(total::report(&catalog, &expected), Vec::<String>::new());
    }
}

#[test]
fn differences_are_named_by_service_version() {
    let archive = |lines: &str| {
        let mut writer = Writer::new(Cloud::Tencent);
        writer.add(lines).unwrap();
        Catalog::open(writer.finish().unwrap()).unwrap()
    };
    let head = "S1\ttencent\techo\tv20200101\t2020-01-01\techo\ttc3\n";
    let before = archive(&format!("{head}OGo\tPOST\t/\nOSay\tPOST\t/\nOSing\tPOST\t/\n"));
    let after = archive(&format!("{head}OSay\tPOST\t/\t\t\t\t\t\td\nOSing\tPOST\t/song\nOWalk\tPOST\t/\n"));
    assert_eq!(
        difference::lines(&before, &after),
        [
            "echo v20200101: operations 1 added, 1 removed, 1 changed, 1 deprecated; types unchanged",
            "  added: Walk",
            "  removed: Go",
            "  changed: Sing",
            "  deprecated: Say",
            "operations in all: 1 added, 1 removed, 1 changed, 1 deprecated",
        ]
    );
    assert_eq!(difference::lines(&after, &after), ["operations in all: unchanged"]);
}

#[test]
fn options_are_understood() {
    let parse = |args: &[&str]| Options::parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>());
    let options = parse(&["--cloud", "tencent", "--add", "a==1", "--add", "b", "--out", "x"]).unwrap().unwrap();
    assert_eq!((options.clouds, options.update, options.check), (vec![Cloud::Tencent], false, false));
    assert_eq!(options.add, ["a==1", "b"]);
    assert!(parse(&["--update"]).unwrap().unwrap().update);
    assert_eq!(parse(&[]).unwrap().unwrap().clouds.len(), 3);
    assert!(parse(&["--help"]).unwrap().is_none());
    assert!(parse(&["--cloud", "moon"]).is_err());
    assert!(parse(&["--out"]).is_err());
}
