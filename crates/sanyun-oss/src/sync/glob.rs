//! Patterns of names: `*` and `?` inside a segment, `**` across them.

use std::fmt;

use sanyun_core::{Error, Result};

/// A pattern of names whose segments are separated by slashes.
///
/// - `*` is any text without a slash, `?` one character but a slash, `**` any text, `**/` any number of whole segments,
///   none included. A backslash takes the character behind it as it is.
/// - A pattern without a slash is looked for at any depth; one with a slash (a leading one counts, and is not part of
///   the name) begins at the beginning.
///
/// ```
/// use sanyun_oss::sync::Glob;
///
/// let glob = Glob::new("logs/**/*.gz")?;
/// assert!(glob.matches("logs/a.gz") && glob.matches("logs/2026/11/a.gz") && !glob.matches("logs/a.txt"));
/// assert!(Glob::new("target")?.covers("a/target/debug/x"));
/// # Ok::<(), sanyun_oss::Error>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Glob {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Exactly(char),
    /// One character but a slash.
    One,
    /// Any text without a slash.
    Some,
    /// Any text.
    Any,
    /// Whole segments.
    Segments,
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it is empty or ends with a backslash.
    pub fn new(pattern: &str) -> Result<Self> {
        let folder = pattern.strip_suffix('/').filter(|rest| !rest.ends_with('\\'));
        let body = folder.unwrap_or(pattern);
        let floats = !body.contains('/');
        let mut glob = Self::anchored(body.strip_prefix('/').unwrap_or(body))?;
        if floats {
            glob.tokens.insert(0, Token::Segments);
        }
        if folder.is_some() {
            glob.tokens.extend([Token::Exactly('/'), Token::Any]);
        }
        pattern.clone_into(&mut glob.text);
        Ok(glob)
    }

    /// Reads a pattern of whole names: it begins at the beginning, and every slash is part of the name.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn anchored(pattern: &str) -> Result<Self> {
        if pattern.is_empty() {
            return Err(Error::input("a pattern is empty"));
        }
        let mut tokens = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(character) = rest.next() {
            tokens.push(match character {
                '\\' => Token::Exactly(rest.next().ok_or_else(|| Error::input("a pattern ends with a backslash"))?),
                '?' => Token::One,
                '*' if rest.next_if_eq(&'*').is_none() => Token::Some,
                '*' => {
                    while rest.next_if_eq(&'*').is_some() {}
                    let begins = matches!(tokens.last(), None | Some(Token::Exactly('/') | Token::Segments));
                    if begins && rest.next_if_eq(&'/').is_some() { Token::Segments } else { Token::Any }
                }
                other => Token::Exactly(other),
            });
        }
        Ok(Self { text: pattern.to_owned(), tokens })
    }

    /// Whether a text has characters that mean something in a pattern.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    /// How much of an anchored pattern stands in front of its first `*` or `?`, backslashes taken away: what every name
    /// that it matches begins with.
    pub fn literal_prefix(&self) -> String {
        let exactly = |token: &Token| if let Token::Exactly(character) = token { Some(*character) } else { None };
        self.tokens.iter().map_while(exactly).collect()
    }

    /// Whether the whole name matches.
    pub fn matches(&self, name: &str) -> bool {
        self.run(name, false)
    }

    /// Whether the name, or a folder that it lies in, matches.
    pub fn covers(&self, name: &str) -> bool {
        self.run(name, true)
    }

    /// All states are followed at the same time, so that no pattern takes long.
    fn run(&self, name: &str, or_folder: bool) -> bool {
        let mut states = States(vec![false; self.tokens.len() + 1]);
        states.enter(0, &self.tokens);
        for character in name.chars() {
            if or_folder && character == '/' && states.is_at_end() {
                return true;
            }
            states = states.after(character, &self.tokens);
        }
        states.is_at_end()
    }
}

/// Which tokens may be the next one.
struct States(Vec<bool>);

impl States {
    fn set(&mut self, at: usize) {
        if let Some(state) = self.0.get_mut(at) {
            *state = true;
        }
    }

    /// Comes to a token, and to those behind it if it may stand for nothing.
    fn enter(&mut self, at: usize, tokens: &[Token]) {
        self.set(at);
        if let Some(Token::Some | Token::Any | Token::Segments) = tokens.get(at) {
            self.enter(at + 1, tokens);
        }
    }

    fn after(&self, character: char, tokens: &[Token]) -> Self {
        let mut next = Self(vec![false; self.0.len()]);
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| self.0.get(*at) == Some(&true)) {
            match token {
                Token::Exactly(wanted) if *wanted == character => next.enter(at + 1, tokens),
                Token::One if character != '/' => next.enter(at + 1, tokens),
                Token::Some if character != '/' => next.enter(at, tokens),
                Token::Any => next.enter(at, tokens),
                // In the middle of a segment it cannot end.
                Token::Segments if character == '/' => next.enter(at, tokens),
                Token::Segments => next.set(at),
                _ => {}
            }
        }
        next
    }

    fn is_at_end(&self) -> bool {
        self.0.last() == Some(&true)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({})", self.text)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which names count.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The whole name matches, or with `true` a folder that it lies in.
    pub(super) only: Option<(Glob, bool)>,
    include: Vec<Glob>,
    exclude: Vec<Glob>,
}

impl Filter {
    /// All names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of all names only those that this pattern, or another one given so, covers.
    ///
    /// # Errors
    /// As [`Glob::new`].
    pub fn include(mut self, pattern: &str) -> Result<Self> {
        self.include.push(Glob::new(pattern)?);
        Ok(self)
    }

    /// No names that this pattern covers, whatever else is said.
    ///
    /// # Errors
    /// As [`Glob::new`].
    pub fn exclude(mut self, pattern: &str) -> Result<Self> {
        self.exclude.push(Glob::new(pattern)?);
        Ok(self)
    }

    /// Only names that this pattern matches as a whole; with `below` also what lies in folders that it matches.
    #[must_use]
    pub fn only(mut self, pattern: Glob, below: bool) -> Self {
        self.only = Some((pattern, below));
        self
    }

    /// Whether a name counts.
    pub fn takes(&self, name: &str) -> bool {
        let only = self.only.as_ref().is_none_or(|(glob, below)| glob.run(name, *below));
        let included = self.include.is_empty() || self.include.iter().any(|glob| glob.covers(name));
        only && included && !self.exclude.iter().any(|glob| glob.covers(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Glob::new(pattern).unwrap().matches(name)
    }

    #[test]
    fn patterns_match_inside_segments_and_across_them() {
        for (pattern, name) in [
            ("*.gz", "a.gz"),
            ("*.gz", "x/y/.gz"),
            ("/*.gz", "a.gz"),
            ("a/*.gz", "a/b.gz"),
            ("a/**", "a/b/c"),
            ("a/**/c", "a/c"),
            ("a/**/c", "a/x/y/c"),
            ("**/c", "c"),
            ("a**c", "a/b/c"),
            ("?", "ü"),
            ("a?c", "abc"),
            ("a\\*", "a*"),
            ("a//b", "a//b"),
            ("**", "/a//"),
            ("x/", "x/y"),
            ("*a*b*c*", "xxaxxbxxcxx"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.gz", "a.gzip"),
            ("/*.gz", "x/a.gz"),
            ("a/*.gz", "a/b/c.gz"),
            ("a/*.gz", "x/a/b.gz"),
            ("a/**/c", "a/xc"),
            ("a/**/c", "a/x/yc"),
            ("?", "/"),
            ("?", ""),
            ("a\\*", "ab"),
            ("x/", "x"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
        assert!(Glob::new("").is_err() && Glob::new("a\\").is_err());
    }

    #[test]
    fn patterns_that_would_take_others_for_ever_do_not() {
        assert!(!matches(&"*a".repeat(40), &"a".repeat(5000).replace("aaaa", "aaab")));
    }

    #[test]
    fn filters_exclude_after_they_include() {
        let filter = Filter::new().include("*.rs").unwrap().include("docs").unwrap().exclude("target/").unwrap();
        assert!(filter.takes("a.rs") && filter.takes("docs/a/b.txt"));
        assert!(!filter.takes("a.txt") && !filter.takes("target/a.rs") && !filter.takes("x/target/y/a.rs"));
        let only = Filter::new().only(Glob::anchored("a/*").unwrap(), false);
        assert!(only.takes("a/b") && !only.takes("a/b/c") && !only.takes("b"));
        let below = Filter::new().only(Glob::anchored("a/*").unwrap(), true);
        assert!(below.takes("a/b/c") && !below.takes("a"));
    }

    #[test]
    fn a_pattern_tells_what_names_begin_with() {
        assert_eq!(Glob::anchored("a/b\\*c*.gz").unwrap().literal_prefix(), "a/b*c");
        assert_eq!(Glob::anchored("**").unwrap().literal_prefix(), "");
    }
}
