//! How well words fit names.

use crate::ServiceEntry;

const EXACT: u32 = 100;
const PREFIX: u32 = 60;
const PART: u32 = 50;
const STEM: u32 = 45;
const SYNONYM: u32 = 40;
const PART_PREFIX: u32 = 35;
const INSIDE: u32 = 20;
const SERVICE: u32 = 45;
const SERVICE_PREFIX: u32 = 25;
/// For a service that all words fit, so that it comes before its operations.
pub(super) const SERVICE_ALONE: u32 = 150;
/// For a name of which every part is asked for.
const COVERED: u32 = 80;
/// For a name that has the words in their order.
const IN_ORDER: u32 = 10;

/// Verbs that the clouds use for the same thing.
const VERBS: [&[&str]; 4] = [
    &["list", "describe", "get", "show", "query", "search"],
    &["create", "add", "run", "allocate", "new"],
    &["delete", "remove", "terminate", "release"],
    &["update", "modify", "change", "set"],
];

/// Many names, one a line, and the same in lower case without what separates the parts of a name.
pub(super) struct Names<'a> {
    pub(super) lines: Vec<&'a str>,
    squeezed: String,
}

impl<'a> Names<'a> {
    pub(super) fn new(text: &'a str) -> Names<'a> {
        let letters = text.chars().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_lowercase());
        Names { lines: text.lines().collect(), squeezed: letters.collect() }
    }
}

/// One word of a query. `listSnapshots` or `vpc_id` is one word of two parts.
#[derive(Clone, Debug)]
pub(super) struct Word {
    whole: String,
    /// Empty for a word of one part.
    parts: Vec<String>,
}

impl Word {
    /// `None` if there is no letter in it.
    pub(super) fn new(word: &str) -> Option<Word> {
        let split: Vec<String> = parts(word).map(str::to_lowercase).collect();
        let parts = if split.len() > 1 { split.clone() } else { Vec::new() };
        Some(Word { whole: split.concat(), parts }).filter(|word| !word.whole.is_empty())
    }

    /// 0 if the word does not fit the service.
    pub(super) fn service(&self, entry: &ServiceEntry<'_>) -> u32 {
        let names = [entry.name(), entry.product()];
        if names.iter().any(|name| name.eq_ignore_ascii_case(&self.whole)) {
            SERVICE
        } else if names.iter().any(|name| starts_with(name, &self.whole)) {
            SERVICE_PREFIX
        } else {
            0
        }
    }

    /// 0 if the word does not fit the name. A word of several parts fits if it stands in the name as it is,
    /// or if all its parts fit.
    pub(super) fn name(&self, name: &str) -> u32 {
        let whole = one(&self.whole, name);
        let each = self.parts.iter().map(|part| Some(best_part(part, name)).filter(|score| *score > 0));
        match each.sum::<Option<u32>>() {
            Some(sum) if !self.parts.is_empty() => whole.max(sum / self.parts.len() as u32),
            _ => whole,
        }
    }

    /// The scores of all names that fit, each at least once.
    ///
    /// Every one of them has the stem of the word (or of its longest part) in it, or begins with a verb that means the
    /// same: looking for those first costs a fraction of looking at every name.
    pub(super) fn names(&self, names: &Names<'_>, mut found: impl FnMut(usize, u32)) {
        let mut score = |line: usize| match names.lines.get(line).map_or(0, |name| self.name(name)) {
            0 => {}
            score => found(line, score),
        };
        let clue = self.clue();
        let (mut line, mut counted) = (0, 0);
        for (at, _) in names.squeezed.match_indices(stem(clue).0) {
            let skipped = names.squeezed.as_bytes().get(counted..at).unwrap_or_default();
            let breaks = skipped.iter().filter(|byte| **byte == b'\n').count();
            if breaks > 0 || counted == 0 {
                line += breaks;
                score(line);
            }
            counted = at;
        }
        let verbs = synonyms(clue);
        if !verbs.is_empty() {
            let begins = |name: &str| verbs.iter().any(|verb| starts_with(name, verb));
            (0..).zip(&names.lines).filter(|(_, name)| begins(name)).for_each(|(line, _)| score(line));
        }
    }

    /// What a name must have in it, unless it begins with a synonym.
    fn clue(&self) -> &str {
        let nouns = self.parts.iter().filter(|part| synonyms(part).is_empty());
        nouns.max_by_key(|part| part.len()).or(self.parts.first()).unwrap_or(&self.whole)
    }

    fn fits_part(&self, part: &str, first: bool) -> bool {
        let fits =
            |word: &str| starts_with(part, word) || same_stem(part, word) || first && is_one_of(part, synonyms(word));
        if self.parts.is_empty() { fits(&self.whole) } else { self.parts.iter().any(|word| fits(word)) }
    }
}

/// What all words together earn with a name: for every part of it that is asked for, and for having them in order.
pub(super) fn together(words: &[Word], name: &str) -> u32 {
    let (mut all, mut covered) = (0, 0);
    let mut firsts = vec![None; words.len()];
    for (at, part) in parts(name).enumerate() {
        all += 1;
        let mut asked = false;
        for (word, first) in words.iter().zip(&mut firsts) {
            if word.fits_part(part, at == 0) {
                (*first, asked) = (first.or(Some(at)), true);
            }
        }
        covered += u32::from(asked);
    }
    let in_order = firsts.iter().all(Option::is_some) && firsts.is_sorted();
    COVERED * covered / all.max(1) + if in_order { IN_ORDER } else { 0 }
}

/// 0 if the (lower-case) word does not fit the name.
fn one(word: &str, name: &str) -> u32 {
    if letters(name).eq(letters(word)) {
        return EXACT;
    }
    let whole = match find(name, word) {
        Some(0) => PREFIX,
        Some(_) => INSIDE,
        None => 0,
    };
    best_part(word, name).max(whole)
}

fn best_part(word: &str, name: &str) -> u32 {
    parts(name).enumerate().map(|(at, part)| part_score(word, part, at == 0)).max().unwrap_or(0)
}

/// The words of a name in lower case and singular, to be compared with each other.
pub(crate) fn words(name: &str) -> impl Iterator<Item = String> {
    parts(name).map(|part| stem(part).0.to_lowercase())
}

fn part_score(word: &str, part: &str, first: bool) -> u32 {
    if part.eq_ignore_ascii_case(word) {
        PART
    } else if same_stem(part, word) {
        STEM
    } else if first && is_one_of(part, synonyms(word)) {
        SYNONYM
    } else if starts_with(part, word) {
        PART_PREFIX
    } else {
        0
    }
}

fn is_one_of(part: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(part))
}

/// The verbs that mean the same, with the verb itself; nothing for other words.
fn synonyms(word: &str) -> &'static [&'static str] {
    VERBS.iter().find(|verbs| verbs.contains(&word)).copied().unwrap_or_default()
}

/// Plural and singular: `policies` and `policy`, `addresses` and `address`, `vpcs` and `vpc`.
fn same_stem(one: &str, other: &str) -> bool {
    let ((one, one_y), (other, other_y)) = (stem(one), stem(other));
    one_y == other_y && one.eq_ignore_ascii_case(other)
}

/// A word without its plural, and whether a `y` was taken off too. Short words stay as they are.
fn stem(word: &str) -> (&str, bool) {
    let without = |end: &str| {
        let (rest, found) = word.split_at_checked(word.len().checked_sub(end.len())?)?;
        (found.eq_ignore_ascii_case(end) && rest.len() > 1).then_some(rest)
    };
    if let Some(rest) = without("ies") {
        return (rest, true);
    }
    let plural = ["sses", "xes", "ches", "shes"].iter().find_map(|end| without(end));
    let singular = match plural {
        Some(_) => without("es"),
        None => without("s").filter(|rest| !rest.ends_with(['s', 'S'])),
    };
    let singular = singular.unwrap_or(word);
    match singular.strip_suffix(['y', 'Y']).filter(|rest| rest.len() > 1) {
        Some(rest) => (rest, true),
        None => (singular, false),
    }
}

/// The words inside a name: `ListVpcPeerings` has `List`, `Vpc`, `Peerings`, and `vpc_id` has `vpc`, `id`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    let pieces = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, behind) = rest.split_at(part_end(rest.as_bytes()));
        rest = behind;
        Some(part.trim_start_matches(is_separator))
    });
    pieces.filter(|part| !part.is_empty())
}

/// Where the first part ends: before an upper-case letter behind a lower-case one, or before the last capital of a run.
fn part_end(name: &[u8]) -> usize {
    let upper = |at: usize| name.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| name.get(at).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_end = |at: &usize| {
        upper(*at) && (lower(at - 1) || lower(at + 1)) || name.get(*at).is_some_and(|byte| is_separator(*byte as char))
    };
    // Names are ASCII; a byte of a longer character is neither upper nor lower, so no character is cut.
    (1..name.len()).find(is_end).unwrap_or(name.len())
}

fn is_separator(c: char) -> bool {
    matches!(c, '_' | '-' | '.')
}

fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    name.bytes().filter(|byte| !is_separator(*byte as char)).map(|byte| byte.to_ascii_lowercase())
}

fn starts_with(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn find(name: &str, word: &str) -> Option<usize> {
    name.as_bytes().windows(word.len().max(1)).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn name(word: &str, name: &str) -> u32 {
        Word::new(word).unwrap().name(name)
    }

    #[test]
    fn names_are_split_like_a_person_reads_them() {
        let split = |name| parts(name).collect::<Vec<_>>();
        assert_eq!(split("ListVpcPeerings"), ["List", "Vpc", "Peerings"]);
        assert_eq!(split("AssumeRoleWithSAML"), ["Assume", "Role", "With", "SAML"]);
        assert_eq!(split("NeutronListRBACPolicies"), ["Neutron", "List", "RBAC", "Policies"]);
        assert_eq!(split("enterprise_project_id"), ["enterprise", "project", "id"]);
        assert_eq!(split("x-obs-acl"), ["x", "obs", "acl"]);
        assert!(split("_").is_empty());
    }

    #[test]
    fn better_fits_score_higher() {
        let order = [
            name("listvpcs", "ListVpcs"),
            name("list", "ListVpcs"),
            name("vpcs", "ListVpcs"),
            name("vpc", "ListVpcs"),
            name("show", "ListVpcs"),
            name("peer", "ListVpcPeerings"),
            name("eer", "ListVpcPeerings"),
            name("xyz", "ListVpcs"),
        ];
        assert_eq!(order, [EXACT, PREFIX, PART, STEM, SYNONYM, PART_PREFIX, INSIDE, 0]);
        assert!(order.is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn plural_and_singular_find_each_other() {
        for (one, other) in [("vpc", "vpcs"), ("policy", "Policies"), ("address", "addresses"), ("key", "Keys")] {
            assert!(same_stem(one, other) && same_stem(other, one), "{one} {other}");
        }
        for (one, other) in [("polic", "policy"), ("ls", "l"), ("class", "clas"), ("statu", "policy")] {
            assert!(!same_stem(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_word_of_several_parts_fits_in_any_spelling() {
        assert_eq!(name("VpcId", "vpc_id"), EXACT);
        assert_eq!(name("vpc_id", "VpcId"), EXACT);
        assert_eq!(name("listSnapshots", "DescribeSnapshots"), (SYNONYM + PART) / 2);
        assert_eq!(name("listSnapshots", "DescribeDisks"), 0);
    }

    #[test]
    fn names_that_are_wholly_asked_for_earn_most() {
        let words = ["list", "snapshots"].map(|word| Word::new(word).unwrap());
        assert!(Word::new("_-").is_none());
        assert_eq!(together(&words, "ListSnapshots"), COVERED + IN_ORDER);
        assert_eq!(together(&words, "DescribeSnapshots"), COVERED + IN_ORDER);
        assert_eq!(together(&words, "SnapshotList"), COVERED);
        assert_eq!(together(&words, "ListAutoSnapshotPolicies"), COVERED / 2 + IN_ORDER);
    }

    #[test]
    fn scores_of_many_names_are_those_of_each() {
        let text = "ListVpcs\nShowVpc\nDescribeVpcs\nListPeerings\nCreatePolicy\nShowVpcVpcs\nSetListOfVpcs\nvpc_id\n\
                    RunListDescribe\nx-vpc-ids\n";
        let names = Names::new(text);
        for word in ["vpc", "vpcs", "list", "policies", "listVpcs", "VpcId", "vpcid", "x", "describeList", "s"] {
            let word = Word::new(word).unwrap();
            let mut found = Vec::new();
            word.names(&names, |line, score| found.push((line, score)));
            found.sort_unstable();
            found.dedup();
            let scores = text.lines().map(|name| word.name(name)).enumerate();
            let expected: Vec<(usize, u32)> = scores.filter(|(_, score)| *score > 0).collect();
            assert_eq!(found, expected, "{word:?}");
        }
    }
}
