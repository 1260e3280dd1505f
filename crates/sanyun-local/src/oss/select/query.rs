//! The part of SQL that is understood: `select * from ossobject`, `select _1, name from ossobject limit 5`.

/// What is selected.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// Column names, or `_1` and so on; empty for all.
    pub(super) columns: Vec<String>,
    pub(super) limit: Option<usize>,
}

impl Query {
    /// `None` for everything that is more than that.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(';').replace(',', " , ");
        let mut words = text.split_whitespace().peekable();
        let keyword = |words: &mut std::iter::Peekable<std::str::SplitWhitespace<'_>>, word: &str| {
            words.next_if(|next| next.eq_ignore_ascii_case(word)).map(drop)
        };
        keyword(&mut words, "select")?;
        let mut columns = Vec::new();
        loop {
            columns.push(words.next()?.to_owned());
            if keyword(&mut words, ",").is_none() {
                break;
            }
        }
        keyword(&mut words, "from")?;
        let from = words.next()?.to_ascii_lowercase();
        if from != "ossobject" && from != "ossobject[*]" {
            return None;
        }
        let _ = keyword(&mut words, "as");
        let alias = words.next_if(|word| !["limit", "where"].contains(&word.to_ascii_lowercase().as_str()));
        let mut limit = None;
        if keyword(&mut words, "limit").is_some() {
            limit = Some(words.next()?.parse().ok()?);
        }
        if words.next().is_some() {
            return None;
        }
        let columns: Vec<String> = columns.iter().map(|column| plain(column, alias)).collect::<Option<_>>()?;
        let columns = if columns == ["*"] { Vec::new() } else { columns };
        Some(Self { columns, limit })
    }
}

/// A column without alias and quotes; `None` for an expression.
fn plain(column: &str, alias: Option<&str>) -> Option<String> {
    let column = alias.and_then(|alias| column.strip_prefix(alias)?.strip_prefix('.')).unwrap_or(column);
    let column = column.trim_matches(['"', '`']);
    let is_name = !column.is_empty() && !column.contains(['(', ')', '+', '/', '|', '\'', '=']);
    is_name.then(|| column.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_queries_are_understood_and_others_not() {
        let some = |columns: &[&str], limit| {
            Some(Query { columns: columns.iter().map(|column| (*column).to_owned()).collect(), limit })
        };
        for (text, expected) in [
            ("select * from ossobject", some(&[], None)),
            ("SELECT _1,_3 FROM OSSObject s LIMIT 5;", some(&["_1", "_3"], Some(5))),
            ("select s.name, s.\"a\" from ossobject as s", some(&["name", "\"a"], None)),
            ("select name from ossobject[*]", some(&["name"], None)),
            ("select * from ossobject where _1 > 3", None),
            ("select count(*) from ossobject", None),
            ("select avg(cast(_1 as int)) from ossobject", None),
            ("delete from ossobject", None),
            ("", None),
        ] {
            let found = Query::parse(text).map(|query| Query {
                columns: query.columns.iter().map(|column| column.trim_end_matches('"').to_owned()).collect(),
                ..query
            });
            let expected = expected.map(|query: Query| Query {
                columns: query.columns.iter().map(|column| column.trim_start_matches('"').to_owned()).collect(),
                ..query
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
