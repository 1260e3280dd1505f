use super::*;

fn folders() -> Folders {
    Folders::new(&Options::default())
}

#[test]
fn importer_reads_small_packages_and_names_what_it_does_not_know() {
    let folders = folders();
    let mut tests = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    tests.env("PYTHONDONTWRITEBYTECODE", "1").args(["-m", "unittest", "test_importer"]).current_dir(&folders.scripts);
    let output = tests.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn lock_file_names_packages_of_every_cloud() {
    for cloud in Cloud::ALL {
        let lines = packages(&folders(), &Options::default(), cloud).unwrap();
        assert!(!lines.is_empty());
        assert!(lines.lines().all(|line| line.split('\t').count() == 4), "{lines}");
    }
}

#[test]
fn archives_in_the_repository_hold_what_the_reference_counts() {
    let folders = folders();
    let expected = Expected::read(&folders.scripts.join("expected.tsv")).unwrap();
    for cloud in Cloud::ALL {
        let bytes = fs::read(folders.out.join(format!("{cloud}.catalog"))).unwrap();
        assert_eq!(count::report(&Catalog::open(bytes).unwrap(), &expected), Vec::<String>::new());
    }
}

#[test]
fn options_are_understood() {
    let parse = |args: &[&str]| Options::parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>());
    let options = parse(&["--cloud", "tencent", "--all", "--out", "x"]).unwrap().unwrap();
    assert_eq!((options.clouds, options.all, options.check), (vec![Cloud::Tencent], true, false));
    assert_eq!(parse(&[]).unwrap().unwrap().clouds.len(), 3);
    assert!(parse(&["--help"]).unwrap().is_none());
    assert!(parse(&["--cloud", "moon"]).is_err());
    assert!(parse(&["--out"]).is_err());
}
