//! The way `aliyun` writes options, in ours.

use std::ffi::OsString;
use std::iter::Peekable;

/// Options with one letter.
const SHORT: [(&str, &str); 4] = [("-p", "--profile"), ("-o", "--output"), ("-q", "--quiet"), ("-e", "--endpoint")];
/// What makes `--output` a table of chosen columns.
const COLUMNS: [&str; 3] = ["cols=", "rows=", "num="];

/// The words with short options written out, and each `name=value` behind `--pager`, `--waiter` and `--output` as an
/// option of its own: an option here has one value.
pub(crate) fn respelt(words: Vec<OsString>) -> Vec<OsString> {
    let mut words = words.into_iter().map(written_out).peekable();
    let mut out = Vec::new();
    while let Some(word) = words.next() {
        let text = word.to_str().unwrap_or_default();
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        match name {
            "--pager" | "--waiter" => {
                out.push(format!("{name}={}", value.unwrap_or_default()).into());
                take_pairs(&mut out, &mut words, name, is_pair);
            }
            "--output" if value.map_or_else(|| words.peek().is_some_and(is_column), names_column) => {
                out.extend(value.map(|value| format!("--columns={value}").into()));
                take_pairs(&mut out, &mut words, "--columns", is_column);
            }
            _ => out.push(word),
        }
    }
    out
}

fn take_pairs(
    out: &mut Vec<OsString>,
    words: &mut Peekable<impl Iterator<Item = OsString>>,
    option: &str,
    fits: fn(&OsString) -> bool,
) {
    while let Some(pair) = words.next_if(fits) {
        let mut word = OsString::from(format!("{option}="));
        word.push(pair);
        out.push(word);
    }
}

fn written_out(word: OsString) -> OsString {
    SHORT.iter().find(|(short, _)| word == *short).map_or(word, |(_, long)| (*long).into())
}

fn is_pair(word: &OsString) -> bool {
    word.to_str().and_then(|word| word.split_once('=')).is_some_and(|(name, _)| !name.starts_with('-'))
}

fn is_column(word: &OsString) -> bool {
    word.to_str().is_some_and(names_column)
}

fn names_column(word: &str) -> bool {
    COLUMNS.iter().any(|name| word.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_several_words_become_several_options() {
        for (words, expected) in [
            ("ecs -p two X -q", "ecs --profile two X --quiet"),
            ("--pager --force", "--pager= --force"),
            ("--pager path=A.B[] PageNumber= --X 1", "--pager= --pager=path=A.B[] --pager=PageNumber= --X 1"),
            ("--waiter expr=A[?b=='c'] to=d x", "--waiter= --waiter=expr=A[?b=='c'] --waiter=to=d x"),
            ("-o cols=a,b rows=X[] num=true", "--columns=cols=a,b --columns=rows=X[] --columns=num=true"),
            ("--output=cols=a rows=X --output json", "--columns=cols=a --columns=rows=X --output json"),
            ("--Name -px --Tag a=b", "--Name -px --Tag a=b"),
        ] {
            let found = respelt(words.split(' ').map(OsString::from).collect());
            assert_eq!(found, expected.split(' ').map(OsString::from).collect::<Vec<_>>(), "{words}");
        }
    }
}
