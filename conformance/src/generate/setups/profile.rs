//! Random credential files.

use super::{Random, key};

const IAM_ENDPOINTS: &[&str] = &["https://iam.example.com", "https://iam.example.com:8443"];
/// Keys that the vendor's example has and its parser does not know.
const CAMEL_CASE: &[&str] = &["domainId", "projectId", "securityToken"];

/// The text of a credentials file: sections with keys or an identity provider, spelt in every way that is allowed, and now
/// and then broken.
pub(super) fn text(random: &Random<'_>, token_file: &str) -> String {
    let mut lines = vec![];
    if random.one_in(4) {
        lines.push((*random.pick(&["# a comment", "; another", "", "   ", "  # an indented one"])).to_owned());
    }
    if random.one_in(15) {
        lines.push("[DEFAULT]".to_owned());
        lines.push(entry(random, "security_token", &random.word(20)));
    }
    for name in *random.pick(&[&["basic", "global"][..], &["basic"], &["global"], &["global", "basic"], &["other"]]) {
        section(random, name, token_file, &mut lines);
    }
    spoil(random, &mut lines);
    let end = if random.one_in(5) { "\r\n" } else { "\n" };
    let mut text = lines.join(end);
    if random.one_in(25) {
        text.insert(0, '\u{feff}');
    }
    if random.one_in(5) { text } else { text + end }
}

fn section(random: &Random<'_>, name: &str, token_file: &str, lines: &mut Vec<String>) {
    let header = match random.below(30) {
        0 => format!("[{}]", name.to_uppercase()),
        1 => format!("[ {name} ]"),
        2 => format!("[{name}] # here"),
        _ => format!("[{name}]"),
    };
    lines.push(header);
    let mut add = |chance: usize, key: &str, value: &str| {
        if !random.one_in(chance) {
            lines.push(entry(random, key, value));
        }
    };
    if !random.one_in(6) {
        add(10, "ak", &value(random));
        add(10, "sk", &value(random));
        add(2, "security_token", &value(random));
    }
    if random.one_in(4) {
        add(10, "idp_id", &random.word(10));
        add(10, "id_token_file", token_file);
    }
    if random.one_in(2) {
        let id = if name == "global" { "domain_id" } else { "project_id" };
        add(8, id, &random.word(32));
    }
    if random.one_in(6) {
        let endpoint = *random.pick(IAM_ENDPOINTS);
        add(8, "iam_endpoint", endpoint);
    }
    if random.one_in(15) {
        let key = *random.pick(CAMEL_CASE);
        lines.push(entry(random, key, &random.word(10)));
    }
    if random.one_in(6) {
        lines.push((*random.pick(&["", "# ak = other", ";sk=other", "unknown = key"])).to_owned());
    }
}

/// A key; rarely empty, with a comment that is none, continued on the next line, or with the sign of interpolation.
fn value(random: &Random<'_>) -> String {
    match random.below(40) {
        0 => String::new(),
        1 => format!("{} # no comment", random.word(10)),
        2 => format!("{} ; no comment", random.word(10)),
        3 => format!("{}%%{}", random.word(5), random.word(5)),
        4 => format!("{}%{}", random.word(5), random.word(5)),
        5 => format!("\"{}\"", random.word(10)),
        _ => key(random),
    }
}

fn entry(random: &Random<'_>, key: &str, value: &str) -> String {
    let key = if random.one_in(12) { key.to_uppercase() } else { key.to_owned() };
    let delimiter = random.pick(&["=", " = ", " =", "= ", ":", ": ", " : ", "\t=\t"]);
    let trailing = if random.one_in(8) { "  " } else { "" };
    format!("{key}{delimiter}{value}{trailing}")
}

/// Now and then something that a parser has to refuse, or nearly.
fn spoil(random: &Random<'_>, lines: &mut Vec<String>) {
    let at = random.below(lines.len() + 1);
    match random.below(60) {
        0 => lines.insert(0, "ak = before any section".to_owned()),
        1 => lines.insert(at, "no delimiter here".to_owned()),
        2 => lines.push("ak = again".to_owned()),
        3 => lines.push("[basic]".to_owned()),
        4 => lines.insert(at, "= no key".to_owned()),
        5 => lines.push("  continued".to_owned()),
        6 => lines.insert(at, "[broken".to_owned()),
        _ => {}
    }
}
