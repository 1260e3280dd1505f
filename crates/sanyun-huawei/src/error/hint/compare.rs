//! The canonical request that the gateway made, compared with ours, line by line.

use sanyun_core::redact::{self, MASK};

use crate::protocol::SHOWN_HEADERS;

/// What the comparison says. `theirs` is what the gateway printed, with `|` for line breaks and perhaps more text behind.
pub(super) fn advice(ours: &str, theirs: &str) -> String {
    if ours.is_empty() {
        return "the call was not signed by this client, and the gateway made another signature".to_owned();
    }
    // A `|` in a value looks like a line break in the gateway's text, so ours is read as if it were one, too.
    let ours = ours.replace('\n', "|");
    let (ours, theirs) = (Canonical::read(&ours), Canonical::read(theirs.trim()));
    let differences = differences(&ours, &theirs);
    match differences.is_empty() {
        true if theirs.is_cut() => "as far as the gateway shows it the request arrived as it was signed: check the secret key",
        true => "the request arrived as it was signed, so the secret key is wrong or belongs to another access key: check it",
        false => {
            return format!(
                "{}; look for a proxy that rewrites requests, or for a wrong endpoint",
                differences.join("; ")
            );
        }
    }
    .to_owned()
}

/// The lines of a canonical request, by what they stand for.
struct Canonical<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    /// Name and value; what stands behind a `|` in a value has the same name.
    headers: Vec<(&'a str, &'a str)>,
    signed_headers: &'a str,
    payload: &'a str,
}

impl<'a> Canonical<'a> {
    fn read(text: &'a str) -> Self {
        let mut pieces = text.split('|');
        let mut next = || pieces.next().unwrap_or(NOTHING);
        let (method, path, query) = (next(), next(), next());
        // An empty line ends the headers.
        let lines = pieces.by_ref().take_while(|line| !line.is_empty());
        let mut last = "";
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((last, line));
            last = name;
            (name, value)
        });
        let headers = headers.collect();
        let mut next = || pieces.next().unwrap_or(NOTHING);
        Self { method, path, query, headers, signed_headers: next(), payload: next() }
    }

    /// The values of a header; none if it is not there.
    fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.headers.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| values.join("|"))
    }

    /// Whether lines are missing at its end.
    fn is_cut(&self) -> bool {
        self.payload == NOTHING
    }
}

/// What stands in place of a line that is not there.
const NOTHING: &str = "nothing";

/// All lines that differ, as sentences without secrets.
fn differences(ours: &Canonical<'_>, theirs: &Canonical<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |place: &str, ours: String, theirs: String| {
        found.push(format!("{place} changed on the way: signed was `{ours}`, the gateway saw `{theirs}`"));
    };
    let differ = |ours: &str, theirs: &str| ours != theirs && theirs != NOTHING;
    let plain = str::to_owned;
    for (place, ours, theirs, show) in [
        ("the method", ours.method, theirs.method, plain as fn(&str) -> String),
        ("the path", ours.path, theirs.path, plain),
        ("the query", ours.query, theirs.query, redact::query),
    ] {
        if differ(ours, theirs) {
            compare(place, show(ours), show(theirs));
        }
    }
    for name in header_names(ours, theirs) {
        let (signed, seen) = (ours.header(name), theirs.header(name));
        if signed != seen && !(theirs.is_cut() && seen.is_none()) {
            compare(&format!("the header `{name}`"), header(name, signed), header(name, seen));
        }
    }
    if differ(ours.signed_headers, theirs.signed_headers) {
        compare("the list of headers", list(ours.signed_headers), list(theirs.signed_headers));
    }
    // Behind the last line the gateway's message may go on.
    if !theirs.is_cut() && !theirs.payload.starts_with(ours.payload) {
        compare("the body", payload(ours.payload), payload(theirs.payload));
    }
    found
}

/// The names of both sides in their order, each once.
fn header_names<'a>(ours: &Canonical<'a>, theirs: &Canonical<'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (name, _) in ours.headers.iter().chain(&theirs.headers) {
        if !names.contains(name) {
            names.push(*name);
        }
    }
    names
}

/// A header's value; of one that may be secret no more than that it is there.
fn header(name: &str, value: Option<String>) -> String {
    match value {
        None => NOTHING.to_owned(),
        Some(value) => redact::header(&name.to_ascii_lowercase(), &value, SHOWN_HEADERS).into_owned(),
    }
}

/// A list of names; anything else may be part of a header's value.
fn list(text: &str) -> String {
    let is_list = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b';' | b'_'));
    if is_list { text.to_owned() } else { MASK.to_owned() }
}

/// A hash; anything else may be part of a header's value.
fn payload(text: &str) -> String {
    let word = text.split([' ', ',', '"']).next().unwrap_or_default();
    let is_hash = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_hash { word.to_owned() } else { MASK.to_owned() }
}
