//! `tccli configure` without more words: asks for keys, region and output. An empty line leaves what there is.

use std::io::BufRead as _;

use serde_json::{Map, Value};

use super::settings::{self, SYSTEM};
use super::store::Store;
use super::{Stop, print};

/// What is asked for of the keys.
const KEYS: [(&str, &str); 2] =
    [("secretId", "TencentCloud API secretId"), ("secretKey", "TencentCloud API secretKey")];
/// What is asked for of the settings.
const SETTINGS: [(&str, &str); 2] = [("region", "Default region name"), ("output", "Default output format")];
/// What belongs to keys that were got in another way, or for a while.
const OF_OTHER_KEYS: [&str; 5] = ["token", "type", "expiresAt", "oauth", "sso"];

/// Asks, then writes.
///
/// # Errors
/// The input ends early; nothing is written then. A file cannot be read or written.
pub(super) fn run(store: &Store) -> Result<(), Stop> {
    let (mut settings, mut keys) = (store.settings()?, store.keys()?);
    let changes_kind = keys.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "default");
    if changes_kind
        && !ask("These keys are got by a login or a role. Replace them by keys of your own? [y/N]: ")?
            .eq_ignore_ascii_case("y")
    {
        return print("Nothing was changed.\n");
    }
    let given = KEYS.map(|(name, question)| (name, old_key(&keys, name), question));
    for (name, old, question) in given {
        let new = ask(&format!("{question}[{old}]: "))?;
        if !new.is_empty() {
            OF_OTHER_KEYS.iter().for_each(|name| drop(keys.shift_remove(*name)));
            keys.insert(name.to_owned(), new.into());
        }
        keys.entry(name).or_insert_with(|| "".into());
    }
    for (name, question) in SETTINGS {
        let old =
            settings.get(SYSTEM).and_then(|system| system.get(name)).map(crate::output::plain).unwrap_or_default();
        let new = ask(&format!("{question}[{old}]: "))?;
        if !new.is_empty() {
            settings::set(&mut settings, name, &new);
        }
    }
    store.save_settings(settings)?;
    store.save_keys(keys)
}

/// The end of a key that there is.
fn old_key(keys: &Map<String, Value>, name: &str) -> String {
    let old = keys.get(name).and_then(Value::as_str).filter(|old| !old.is_empty());
    old.map_or_else(|| "None".to_owned(), |old| format!("*{}", settings::masked(old).trim_start_matches('*')))
}

/// The answer to a question, without blanks around it.
fn ask(question: &str) -> Result<String, Stop> {
    print(question)?;
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(count) if count > 0 => Ok(line.trim().to_owned()),
        Ok(_) => Err(Stop::failed("the input ended: nothing was changed")),
        Err(error) => Err(Stop::failed(format!("reading the answer: {error}"))),
    }
}
