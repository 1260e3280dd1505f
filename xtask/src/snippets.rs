//! The code of the migration pages, copied from programs that the tests run.
//!
//! A page says where a block comes from, in a comment that readers do not see:
//!
//! ````text
//! <!-- snippet: examples/from_python/huawei/client.rs timeouts -->
//! ```rust
//! …
//! ```
//! ````
//!
//! and the program marks the same lines with `// [timeouts]` and `// [end]`. A marked part that no page shows, or a page
//! that shows what no program has, is an error.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Done;

/// Where the programs are whose marked parts must all be shown.
const PROGRAMS: &str = "examples/from_python";
/// Where the pages are.
const PAGES: &str = "docs/from-python";
const MARK: &str = "<!-- snippet: ";

/// `cargo xtask snippets [--check]`
pub(crate) fn run(args: &[String]) -> Done {
    let check = args.iter().any(|arg| arg == "--check");
    let root = crate::process::root();
    let mut unused = BTreeMap::new();
    for program in files(&root.join(PROGRAMS), "rs")? {
        let name = program.strip_prefix(&root)?.display().to_string();
        for (part, code) in parts(&fs::read_to_string(&program)?).map_err(|error| format!("{name}: {error}"))? {
            unused.insert(format!("{name} {part}"), code);
        }
    }
    let known = unused.clone();
    let mut stale = Vec::new();
    for page in files(&root.join(PAGES), "md")? {
        let old = fs::read_to_string(&page)?;
        let name = page.strip_prefix(&root)?.display().to_string();
        let new = fill(&old, |part| {
            unused.remove(part);
            known.get(part).map(String::as_str)
        });
        let new = new.map_err(|error| format!("{name}: {error}"))?;
        if new != old {
            stale.push(name);
            if !check {
                fs::write(&page, new)?;
            }
        }
    }
    if let Some(part) = unused.keys().next() {
        return Err(format!("no page of {PAGES} shows `{part}`").into());
    }
    match stale.as_slice() {
        [] => println!("{} snippets are as the programs have them", known.len()),
        stale if check => return Err(format!("{}: run `cargo xtask snippets`", stale.join(", ")).into()),
        stale => println!("written: {}", stale.join(", ")),
    }
    Ok(())
}

/// All files below a folder with an extension, in order.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The marked parts of a program, without the indentation that all their lines share.
fn parts(program: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    for line in program.lines() {
        let mark = line.trim().strip_prefix("// [").and_then(|rest| rest.strip_suffix(']'));
        match (mark, &mut open) {
            (Some("end"), _) => match open.take() {
                Some((name, lines)) => found.push((name, dedent(&lines))),
                None => return Err("`// [end]` ends nothing".to_owned()),
            },
            (Some(name), None) => open = Some((name.to_owned(), Vec::new())),
            (Some(name), Some((outer, _))) => return Err(format!("`{name}` begins inside `{outer}`")),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    match open {
        Some((name, _)) => Err(format!("`{name}` has no `// [end]`")),
        None => Ok(found),
    }
}

fn dedent(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", line.get(shared..).unwrap_or_default());
        text
    })
}

/// A page with every marked block replaced by what `code` gives for its mark.
fn fill<'a>(page: &str, mut code: impl FnMut(&str) -> Option<&'a str>) -> Result<String, String> {
    let mut out = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        let Some(part) = line.trim().strip_prefix(MARK).and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let code = code(part).ok_or_else(|| format!("no program has `{part}`"))?;
        let fence = lines.next().filter(|fence| fence.starts_with("```"));
        let fence = fence.ok_or_else(|| format!("no block of code follows the mark `{part}`"))?;
        let _ = write!(out, "{fence}\n{code}```\n");
        if !lines.by_ref().any(|line| line == "```") {
            return Err(format!("the block of `{part}` has no end"));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_parts_lose_their_common_indentation() {
        let program = "fn a() {\n    // [one]\n    x();\n\n        y();\n    // [end]\n}\n";
        assert_eq!(parts(program), Ok(vec![("one".to_owned(), "x();\n\n    y();\n".to_owned())]));
        for broken in ["// [a]\n", "// [end]\n", "// [a]\n// [b]\n// [end]\n"] {
            assert!(parts(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_page_gets_the_code_of_its_marks() {
        let page = "# T\n<!-- snippet: f.rs one -->\n```rust\nold\n```\nmore\n";
        let filled = fill(page, |part| (part == "f.rs one").then_some("new();\n"));
        assert_eq!(filled.as_deref(), Ok("# T\n<!-- snippet: f.rs one -->\n```rust\nnew();\n```\nmore\n"));
        assert!(fill(page, |_| None).is_err());
        assert!(fill("<!-- snippet: f.rs one -->\ntext\n", |_| Some("x\n")).is_err());
    }
}
