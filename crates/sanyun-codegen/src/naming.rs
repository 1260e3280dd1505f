//! Names of the wire as names of Rust, by rule.
//!
//! | what | rule | `VPCId`, `instanceIDs`, `X-Auth-Token`, `type`, `2fa` |
//! | --- | --- | --- |
//! | field | [`field`] | `vpc_id`, `instance_ids`, `x_auth_token`, `type_`, `n2fa` |
//! | type | [`type_name`] | `VPCId`, `InstanceIDs`, `XAuthToken`, `Type`, `N2fa` |
//! | constant | [`constant`] | `VPC_ID`, `INSTANCE_IDS`, `X_AUTH_TOKEN`, `TYPE`, `N2FA` |
//! | module | [`module`] | `vpcid`, `instanceids`, `x_auth_token`, `type_`, `n2fa` |
//!
//! Two names that fall together in one place keep both: [`Taken`] gives the later one a number.

use std::collections::HashSet;

/// Words that cannot be names: keywords of edition 2024 and words kept for later ones.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Types and traits of the standard prelude. Generated code uses some of them, and whoever imports a whole generated
/// module wants the others to mean what they always do.
#[rustfmt::skip]
const PRELUDE: &[&str] = &[
    "AsMut", "AsRef", "AsyncFn", "AsyncFnMut", "AsyncFnOnce", "Box", "Clone", "Copy", "Default",
    "DoubleEndedIterator", "Drop", "Eq", "Err", "ExactSizeIterator", "Extend", "Fn", "FnMut", "FnOnce", "From",
    "FromIterator", "Future", "Into", "IntoFuture", "IntoIterator", "Iterator", "None", "Ok", "Option", "Ord",
    "PartialEq", "PartialOrd", "Result", "Self", "Send", "Sized", "Some", "String", "Sync", "ToOwned", "ToString",
    "TryFrom", "TryInto", "Unpin", "Vec",
];

/// Methods that a setter of the same name would hide or be taken for.
#[rustfmt::skip]
const METHODS: &[&str] = &[
    "borrow", "borrow_mut", "clone", "decode", "default", "encode", "eq", "fmt", "into", "names", "ne", "new",
    "to_owned", "try_into", "type_id",
];

/// A type name longer than this is cut. Names of Alibaba Cloud reach 382 characters.
const LONGEST_TYPE_NAME: usize = 100;

/// The name of a field: snake case, every character that cannot stand in a name as `_`, a leading digit behind `n`,
/// a keyword with `_` at its end.
pub(crate) fn field(wire: &str) -> String {
    let name = lettered(snake(wire));
    if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name }
}

/// A name that begins with a digit, or is nothing but `_`, gets a letter.
fn lettered(name: String) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_digit()) || name.bytes().all(|byte| byte == b'_');
    if bare { format!("n{name}") } else { name }
}

/// The name of the setter of a field: that of the field, unless a method has it.
pub(crate) fn setter(field: &str) -> String {
    let clash = METHODS.contains(&field);
    if clash { format!("{field}_") } else { field.to_owned() }
}

/// The name of a structure, an enumeration or an operation: the first letter and each behind a character that cannot
/// stand in a name as capitals, a leading digit behind `N`, a name of the prelude with `_` at its end. A long name is
/// cut and ends in a hash of all of it.
pub(crate) fn type_name(wire: &str) -> String {
    let mut name = String::with_capacity(wire.len());
    let mut capital = true;
    for c in wire.chars() {
        match c {
            c if !c.is_ascii_alphanumeric() => capital = true,
            c if capital => {
                name.push(c.to_ascii_uppercase());
                capital = false;
            }
            c => name.push(c),
        }
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, 'N');
    }
    if name.len() > LONGEST_TYPE_NAME {
        name.truncate(LONGEST_TYPE_NAME - 8);
        name += &format!("{:08x}", hash(wire));
    }
    if PRELUDE.contains(&name.as_str()) { name + "_" } else { name }
}

/// The name of a constant for a value of an enumeration.
pub(crate) fn constant(value: &str) -> String {
    let text = match value.strip_prefix('-') {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => format!("minus_{number}"),
        _ if value.is_empty() => "empty".to_owned(),
        _ => value.to_owned(),
    };
    lettered(snake(&text)).to_ascii_uppercase()
}

/// The name of the module of a service or a version: lower case, without splitting words.
pub(crate) fn module(name: &str) -> String {
    field(&name.to_ascii_lowercase())
}

/// The name of the module of a version: `v3`, `v20170312`, `v20140526`.
pub(crate) fn version_module(version: &str) -> String {
    let name = module(version);
    if name.starts_with('v') { name } else { format!("v{}", name.trim_start_matches('n')) }
}

/// Words split before a capital that follows a small letter or a digit, and before the last capital of a run of them
/// that a small letter follows; `IPv` and the plural of a run (`IDs`) are not split. Then all in lower case, runs of `_`
/// inside as one.
fn snake(wire: &str) -> String {
    let chars: Vec<char> = wire.chars().collect();
    let mut name = String::with_capacity(chars.len() + 8);
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        if c.is_ascii_uppercase()
            && before.is_some_and(|before| splits(*before, chars.get(index..).unwrap_or_default()))
        {
            name.push('_');
        }
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    collapse(&name)
}

/// Whether a word begins with the first of these characters, a capital.
fn splits(before: char, from: &[char]) -> bool {
    if !before.is_ascii_uppercase() {
        return before.is_ascii_alphanumeric();
    }
    let small = |at: usize| from.get(at).is_some_and(char::is_ascii_lowercase);
    let plural = from.get(1) == Some(&'s') && !small(2);
    let protocol = before == 'I' && from.starts_with(&['P', 'v']);
    small(1) && !plural && !protocol
}

/// Each run of `_` inside a name as one: two look like one in print, and the compiler's lint wants one.
fn collapse(name: &str) -> String {
    let inner = name.trim_matches('_');
    if !inner.contains("__") {
        return name.to_owned();
    }
    let words: Vec<&str> = inner.split('_').filter(|word| !word.is_empty()).collect();
    name.replacen(inner, &words.join("_"), 1)
}

/// FNV-1a of 32 bits.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The names of one place, so that no two are the same.
#[derive(Default)]
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    /// The name, or the name with `separator` and a number, beginning with 2.
    pub(crate) fn settle(&mut self, name: String, separator: &str) -> String {
        if self.0.insert(name.clone()) {
            return name;
        }
        let numbered = (2..).map(|number: usize| format!("{name}{separator}{number}"));
        let free = numbered.into_iter().find(|name| self.0.insert(name.clone()));
        free.unwrap_or(name)
    }

    /// Whether something has the name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The name, or the name with as many `_` at its end as make it a new one: for names of this generator.
    pub(crate) fn own(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

#[cfg(test)]
mod tests;
