//! The nearest names to one that was mistyped.

/// At most this many names are suggested.
const SUGGESTIONS: usize = 3;

/// The known names nearest to a mistyped one, best first; none that differs in more than a third of its letters.
/// Case counts little: names that differ in case only are the nearest.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = lower(name);
    let limit = (wanted.len() / 3).max(2);
    let mut ranked: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|candidate| !candidate.is_empty() && candidate.len().abs_diff(name.len()) <= limit * 4)
        .map(|candidate| (distance(&wanted, &lower(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    // Far worse ones only distract from a good one.
    let best = ranked.first().map_or(0, |(distance, _)| *distance);
    ranked.retain(|(distance, _)| *distance <= best + 1);
    ranked.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

fn lower(name: &str) -> Vec<char> {
    name.chars().map(|c| c.to_ascii_lowercase()).collect()
}

/// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, b) in to.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let replace = at(&last, j) + usize::from(a != b);
            let mut best = replace.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(b) && to.get(j - 1) == Some(a);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn distance_counts_single_edits() {
        for (from, to, edits) in
            [("", "", 0), ("a", "", 1), ("limit", "limits", 1), ("limit", "limti", 1), ("abc", "xyz", 3)]
        {
            assert_eq!(distance(&chars(from), &chars(to)), edits, "{from} {to}");
        }
    }

    #[test]
    fn nearest_prefers_the_fewest_edits_and_ignores_case() {
        let known = ["ListVpcs", "ListVips", "ShowVpc", "ListSecurityGroups"];
        assert_eq!(nearest("listvpcs", known), ["ListVpcs"]);
        assert_eq!(nearest("ListVps", known), ["ListVips", "ListVpcs"]);
        assert_eq!(nearest("ListVpc", known), ["ListVpcs", "ListVips"]);
        assert!(nearest("CreateBucket", known).is_empty());
    }
}
