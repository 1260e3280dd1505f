//! How well a word fits a name.

use crate::ServiceEntry;

const EXACT: u32 = 100;
const PREFIX: u32 = 60;
const PART: u32 = 50;
const PART_PREFIX: u32 = 35;
const INSIDE: u32 = 20;
const SYNONYM: u32 = 12;
const SERVICE: u32 = 45;
const SERVICE_PREFIX: u32 = 25;

/// Verbs that the clouds use for the same thing.
const VERBS: [&[&str]; 4] = [
    &["list", "describe", "get", "show", "query", "search"],
    &["create", "add", "run", "allocate", "new"],
    &["delete", "remove", "terminate", "release"],
    &["update", "modify", "change", "set"],
];

/// 0 if the word does not fit the service.
pub(super) fn service(word: &str, entry: &ServiceEntry<'_>) -> u32 {
    let names = [entry.name(), entry.product()];
    if names.iter().any(|name| name.eq_ignore_ascii_case(word)) {
        SERVICE
    } else if names.iter().any(|name| starts_with(name, word)) {
        SERVICE_PREFIX
    } else {
        0
    }
}

/// 0 if the (lower-case) word does not fit the name.
pub(super) fn name(word: &str, name: &str) -> u32 {
    if name.eq_ignore_ascii_case(word) {
        return EXACT;
    }
    let Some(at) = find(name, word) else { return synonym(word, name) };
    let part = parts(name).map(|part| part_score(word, part)).max().unwrap_or(0);
    let whole = if at == 0 { PREFIX } else { INSIDE };
    part.max(whole)
}

fn part_score(word: &str, part: &str) -> u32 {
    if singular(part).eq_ignore_ascii_case(singular(word)) {
        PART
    } else if starts_with(part, word) {
        PART_PREFIX
    } else {
        0
    }
}

/// Without the plural's letter; short words stay as they are.
fn singular(word: &str) -> &str {
    word.strip_suffix(['s', 'S']).filter(|rest| rest.len() > 1).unwrap_or(word)
}

fn synonym(word: &str, name: &str) -> u32 {
    let verbs = VERBS.iter().find(|verbs| verbs.contains(&word));
    let first = parts(name).next().unwrap_or_default();
    let fits = verbs.is_some_and(|verbs| verbs.iter().any(|verb| verb.eq_ignore_ascii_case(first)));
    if fits {
        SYNONYM
    } else if parts(name).any(|part| part.eq_ignore_ascii_case(singular(word))) {
        // A plural also finds the singular: `vpcs` in `ShowVpc`.
        PART_PREFIX
    } else {
        0
    }
}

/// The words inside a name: `ListVpcPeerings` has `List`, `Vpc`, `Peerings`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, behind) = rest.split_at(part_end(rest.as_bytes()));
        rest = behind;
        Some(part)
    })
}

/// Where the first part ends: before an upper-case letter behind a lower-case one, or before the last capital of a run.
fn part_end(name: &[u8]) -> usize {
    let upper = |at: usize| name.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| name.get(at).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_end =
        |at: &usize| upper(*at) && (lower(at - 1) || lower(at + 1)) || matches!(name.get(*at), Some(b'_' | b'-'));
    // Names are ASCII; a byte of a longer character is neither upper nor lower, so no character is cut.
    (1..name.len()).find(is_end).unwrap_or(name.len())
}

fn starts_with(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn find(name: &str, word: &str) -> Option<usize> {
    name.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_like_a_person_reads_them() {
        let split = |name| parts(name).collect::<Vec<_>>();
        assert_eq!(split("ListVpcPeerings"), ["List", "Vpc", "Peerings"]);
        assert_eq!(split("AssumeRoleWithSAML"), ["Assume", "Role", "With", "SAML"]);
        assert_eq!(split("NeutronListRBACPolicies"), ["Neutron", "List", "RBAC", "Policies"]);
    }

    #[test]
    fn better_fits_score_higher() {
        let order = [
            name("listvpcs", "ListVpcs"),
            name("list", "ListVpcs"),
            name("vpcs", "ListVpcs"),
            name("vpcp", "ListVpcPeerings2"),
            name("eer", "ListVpcPeerings"),
            name("show", "ListVpcs"),
            name("xyz", "ListVpcs"),
        ];
        // A part that fits wholly counts less than a beginning of the whole name; `vpcp` only stands inside.
        assert_eq!(order, [EXACT, PREFIX, PART, INSIDE, INSIDE, SYNONYM, 0]);
    }

    #[test]
    fn plural_and_singular_find_each_other() {
        assert_eq!(name("vpc", "ListVpcs"), PART);
        assert_eq!(name("vpcs", "ShowVpc"), PART_PREFIX);
    }
}
