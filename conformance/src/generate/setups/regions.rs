//! Random tables of regions: the variable and the YAML file.

use super::Random;

const ENDPOINTS: &[&str] = &[
    "https://one.example.com",
    "https://two.example.com",
    "http://127.0.0.1:8080",
    "https://three.example.com:8443",
    "four.example.com",
    "https://[::1]:9000",
    "https://five.example.com/",
];
/// What may stand in front of the table.
const HEADS: &[&str] = &["# regions\n", "---\n", "\n"];

/// The value of a variable: one endpoint or several.
pub(super) fn list(random: &Random<'_>) -> String {
    let several: Vec<&str> = (0..=random.below(3)).map(|_| *random.pick(ENDPOINTS)).collect();
    match random.below(20) {
        0 => several.join(", "),
        1 => several.join(",") + ",",
        _ => several.join(","),
    }
}

/// The text of a file.
pub(super) fn yaml(random: &Random<'_>, service: &str, region: &str) -> String {
    match random.below(40) {
        0 => return String::new(),
        1 => return "# nothing but a comment\n".to_owned(),
        2 => return format!("{service}:\n\t- id: {region}\n\t  endpoint: https://tab.example.com\n"),
        3 => return format!("{service}: 'unclosed\n"),
        4 => return format!("- id: {region}\n  endpoint: https://list.example.com\n"),
        5 => return format!("{service}: text\n"),
        _ => {}
    }
    let mut text = String::new();
    if random.one_in(4) {
        let head = *random.pick(HEADS);
        text.push_str(head);
    }
    let other = if random.one_in(2) { "other" } else { "OBS" };
    let spelt = match random.below(3) {
        0 => service.to_uppercase(),
        1 => service.chars().take(1).flat_map(char::to_uppercase).chain(service.chars().skip(1)).collect(),
        _ => service.to_owned(),
    };
    let mut names = vec![spelt];
    if random.one_in(2) {
        names.insert(random.below(2), other.to_owned());
    }
    for name in names {
        text.push_str(&format!("{}:\n", quoted(random, &name)));
        let dash = *random.pick(&["  ", "", "    "]);
        for _ in 0..=random.below(3) {
            text.push_str(&entry(random, dash, region));
        }
        if random.one_in(5) {
            text.push_str("  # a comment\n\n");
        }
    }
    if random.one_in(5) { text.replace('\n', "\r\n") } else { text }
}

/// One element of a service's list, indented by `dash`.
fn entry(random: &Random<'_>, dash: &str, region: &str) -> String {
    let id = if random.one_in(2) { region } else { *random.pick(&["cn-north-4", "my-own-1", "elsewhere-9"]) };
    let mut members = vec![];
    if !random.one_in(12) {
        members.push(format!("id: {}", quoted(random, id)));
    }
    let form = random.below(10);
    if form < 5 || form == 9 {
        members.push(format!("endpoint: {}", endpoint(random)));
    }
    if (4..9).contains(&form) {
        members.push(endpoints(random, dash));
    }
    if members.is_empty() {
        members.push("note: nothing".to_owned());
    }
    if random.one_in(6) {
        members.reverse();
    }
    let comment = if random.one_in(8) { " # here" } else { "" };
    format!("{dash}- {}{comment}\n", members.join(&format!("\n{dash}  ")))
}

fn endpoints(random: &Random<'_>, dash: &str) -> String {
    let several: Vec<String> = (0..=random.below(2)).map(|_| endpoint(random)).collect();
    let has_brackets = several.iter().any(|text| text.contains('['));
    if random.one_in(3) && !has_brackets {
        return format!("endpoints: [{}]", several.join(", "));
    }
    let items: String = several.iter().map(|text| format!("\n{dash}    - {text}")).collect();
    format!("endpoints:{items}")
}

/// An endpoint as it may be written.
fn endpoint(random: &Random<'_>) -> String {
    let text = *random.pick(ENDPOINTS);
    quoted(random, text)
}

fn quoted(random: &Random<'_>, text: &str) -> String {
    match random.below(3) {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\""),
        _ => text.to_owned(),
    }
}
