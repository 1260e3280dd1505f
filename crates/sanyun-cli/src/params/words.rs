//! The words behind an operation, as options with their values.

use sanyun_core::{Error, Result};

/// What the vendors' own command lines want to be told before they take parameters in parts; here it goes without saying.
const UNDERSTOOD: [&str; 1] = ["cli-unfold-argument"];

/// One option with the words behind it.
#[derive(Debug, PartialEq)]
pub(super) struct Given {
    pub(super) name: String,
    /// The words of each time it is given.
    pub(super) uses: Vec<Vec<String>>,
}

impl Given {
    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().flatten().map(String::as_str)
    }
}

/// The words as options; an option that is repeated is one with several uses.
///
/// # Errors
/// A word that belongs to no option, an option without a name, a switch given twice.
pub(super) fn group(words: &[String]) -> Result<Vec<Given>> {
    let mut options: Vec<Given> = Vec::new();
    // Whether the next word may belong to the last option: `--Name=value` is complete.
    let mut open = None;
    for word in words {
        match word.strip_prefix("--") {
            Some(option) if UNDERSTOOD.contains(&option) => open = None,
            Some(option) => open = begin(&mut options, option)?,
            None => {
                let words = open.and_then(|at: usize| options.get_mut(at)?.uses.last_mut());
                words.ok_or_else(|| stray(word))?.push(word.clone());
            }
        }
    }
    Ok(options)
}

/// Begins a use of an option; where it stands, if further words may belong to it.
fn begin(options: &mut Vec<Given>, option: &str) -> Result<Option<usize>> {
    let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
    if name.is_empty() {
        return Err(Error::input(format!("`--{option}` names no parameter")));
    }
    let at = options.iter().position(|known| known.name == name).unwrap_or(options.len());
    if at == options.len() {
        options.push(Given { name: name.to_owned(), uses: Vec::new() });
    }
    let Some(given) = options.get_mut(at) else { return Ok(None) };
    if given.uses.last().is_some_and(Vec::is_empty) {
        return Err(Error::input(format!("`--{name}` is given twice")));
    }
    given.uses.push(value.into_iter().map(str::to_owned).collect());
    Ok(value.is_none().then_some(at))
}

fn stray(word: &str) -> Error {
    Error::input(format!("`{word}` belongs to no parameter")).with_hint("parameters are written `--Name value`")
}
