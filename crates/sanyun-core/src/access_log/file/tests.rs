use super::*;

fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut texts: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    texts.sort();
    texts
}

fn log(folder: &Path, max_bytes: u64, backups: u32) -> RotatingFile {
    RotatingFile { max_bytes, backups, ..RotatingFile::open(&folder.join("a.log")).unwrap() }
}

/// The names and contents that Python's handler leaves with the same limits and lines.
#[test]
fn files_are_renamed_before_a_line_that_would_fill_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 10, 2);
    for line in ["1aa\n", "2aa\n", "3\n", "4aaaaaaaaaaaa\n", "5\n", "6aaaaaaa\n", "7aaaaa\n"] {
        log.write_line(line).unwrap();
    }
    let expected = [("a.log", "7aaaaa\n"), ("a.log.1", "6aaaaaaa\n"), ("a.log.2", "5\n")];
    assert_eq!(texts(folder.path()), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
}

#[test]
fn without_a_limit_or_backups_a_file_grows() {
    for (max_bytes, backups) in [(0, 5), (1, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = log(folder.path(), max_bytes, backups);
        (0..3).for_each(|_| log.write_line("line\n").unwrap());
        assert_eq!(texts(folder.path()), [("a.log".to_owned(), "line\n".repeat(3))]);
    }
}

#[test]
fn what_was_there_stays_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), "old\n").unwrap();
    let mut log = log(folder.path(), 14, 5);
    log.write_line("first\n").unwrap();
    log.write_line("second\n").unwrap();
    let names = texts(folder.path());
    assert_eq!(names, [("a.log".into(), "second\n".into()), ("a.log.1".into(), "old\nfirst\n".into())]);
}

/// Each writer has its own open file, as processes have.
#[test]
fn several_writers_lose_and_mix_no_line() {
    const WRITERS: usize = 4;
    const LINES: usize = 400;
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            // Files enough that none is deleted: 4 * 400 lines of 40 bytes in files of less than 2000.
            let mut log = log(folder.path(), 2000, 60);
            scope.spawn(move || {
                for number in 0..LINES {
                    log.write_line(&format!("writer {writer} line {number:05} {}\n", "x".repeat(19))).unwrap();
                }
            });
        }
    });
    let texts = texts(folder.path());
    assert!(texts.len() > 30 && texts.len() < 50, "{} files", texts.len());
    let mut lines: Vec<_> = texts.iter().flat_map(|(_, text)| text.lines()).collect();
    assert!(lines.iter().all(|line| line.len() == 39), "lines are whole");
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), WRITERS * LINES);
    assert!(texts.iter().all(|(_, text)| text.len() <= 2000 + 40 * WRITERS));
}

#[cfg(unix)]
#[test]
fn a_log_that_was_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = log(folder.path(), 0, 0);
    log.write_line("1\n").unwrap();
    std::fs::rename(folder.path().join("a.log"), folder.path().join("kept")).unwrap();
    log.write_line("2\n").unwrap();
    std::fs::remove_file(folder.path().join("a.log")).unwrap();
    log.write_line("3\n").unwrap();
    assert_eq!(texts(folder.path()), [("a.log".into(), "3\n".into()), ("kept".into(), "1\n".into())]);
}

#[test]
fn where_renaming_fails_the_file_grows() {
    let folder = tempfile::tempdir().unwrap();
    // A folder with something in it stands where the backup should go.
    std::fs::create_dir_all(folder.path().join("a.log.1/x")).unwrap();
    let mut log = log(folder.path(), 4, 1);
    (0..3).for_each(|_| log.write_line("abc\n").unwrap());
    assert_eq!(std::fs::read_to_string(folder.path().join("a.log")).unwrap(), "abc\n".repeat(3));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_ends_with_the_disk_being_full() {
    let mut full = RotatingFile::open(Path::new("/dev/full")).unwrap();
    assert_eq!(full.write_line("line\n").unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert!(!full.cut, "nothing was written");
    let folder = tempfile::tempdir().unwrap();
    let mut log = RotatingFile { cut: true, ..log(folder.path(), 0, 0) };
    log.write_line("a\n").unwrap();
    log.write_line("b\n").unwrap();
    assert_eq!(texts(folder.path()), [("a.log".to_owned(), "\na\nb\n".to_owned())]);
}
