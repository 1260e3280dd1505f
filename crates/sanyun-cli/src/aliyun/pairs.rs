//! `name=value` behind an option.

use clap::ArgMatches;
use sanyun_core::{Error, Result};

/// The pairs of an option, in order.
#[derive(Default)]
pub(super) struct Pairs {
    option: &'static str,
    pairs: Vec<(String, String)>,
}

impl Pairs {
    /// Reads the option; `None` if it is not given.
    ///
    /// # Errors
    /// A name that is not among the known ones, or that is given twice; a word that is no pair.
    pub(super) fn read(matches: &ArgMatches, option: &'static str, known: &[&str]) -> Result<Option<Self>> {
        let Some(words) = matches.get_many::<String>(option) else { return Ok(None) };
        let shown = if option == "columns" { "output" } else { option };
        let hint = || format!("known: {}", known.iter().map(|name| format!("{name}=")).collect::<Vec<_>>().join(", "));
        let mut pairs: Vec<(String, String)> = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let wrong = |why: &str| Error::input(format!("--{shown}: `{word}` {why}")).with_hint(hint());
            let (name, value) = word.split_once('=').ok_or_else(|| wrong("is not `name=value`"))?;
            if !known.contains(&name) {
                return Err(wrong("is unknown"));
            }
            if pairs.iter().any(|(seen, _)| seen == name) {
                return Err(wrong("is given again"));
            }
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Ok(Some(Self { option: shown, pairs }))
    }

    /// A value; an empty one is a wish of its own.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// It is not, or is empty.
    pub(super) fn needed(&self, name: &str) -> Result<&str> {
        let found = self.get(name).filter(|value| !value.is_empty());
        found.ok_or_else(|| Error::input(format!("--{}: `{name}=` is missing", self.option)))
    }

    #[cfg(test)]
    pub(super) fn of(option: &'static str, words: &str) -> Self {
        let pairs = words.split(' ').filter_map(|word| word.split_once('='));
        Self { option, pairs: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }
}
