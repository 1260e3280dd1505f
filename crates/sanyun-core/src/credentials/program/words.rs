//! A command line's words.

/// Splits a command as a POSIX shell does, without expanding anything. For Windows `\` is a character like others, except
/// in front of `"`. `None` if a quotation does not end, or `\` is the last character.
pub(super) fn split(command: &str, windows: bool) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\\' if !windows || rest.peek() == Some(&'"') => word.get_or_insert_default().push(rest.next()?),
            '\'' => single_quoted(&mut rest, word.get_or_insert_default())?,
            '"' => double_quoted(&mut rest, word.get_or_insert_default(), windows)?,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn single_quoted(rest: &mut Rest<'_>, word: &mut String) -> Option<()> {
    loop {
        match rest.next()? {
            '\'' => return Some(()),
            c => word.push(c),
        }
    }
}

/// `\` stands for itself unless a quotation mark or another `\` follows.
fn double_quoted(rest: &mut Rest<'_>, word: &mut String, windows: bool) -> Option<()> {
    loop {
        match rest.next()? {
            '"' => return Some(()),
            '\\' if rest.peek() == Some(&'"') || (!windows && rest.peek() == Some(&'\\')) => word.push(rest.next()?),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        // What Python's `shlex.split` gives.
        for (command, words) in [
            ("", &[][..]),
            ("  a  b\tc\n", &["a", "b", "c"]),
            (r#"a 'b c' "d e""#, &["a", "b c", "d e"]),
            (r#"a'b'"c"d ''"#, &["abcd", ""]),
            (r#"'a\b' "a\b\"\\" a\ b \\"#, &[r"a\b", r#"a\b"\"#, "a b", r"\"]),
            ("a # b $HOME *.x; d", &["a", "#", "b", "$HOME", "*.x;", "d"]),
        ] {
            assert_eq!(split(command, false).unwrap(), words, "{command}");
        }
        for unfinished in ["a 'b", "a \"b", "a\\", "\"\\\""] {
            assert_eq!(split(unfinished, false), None, "{unfinished}");
        }
    }

    #[test]
    fn on_windows_paths_keep_their_separators() {
        let words = split(r#"C:\bin\keys.exe "C:\my files\k\\x" a\"b"#, true).unwrap();
        assert_eq!(words, [r"C:\bin\keys.exe", r"C:\my files\k\\x", r#"a"b"#]);
    }
}
