//! Rows and columns of an object.

use serde_json::{Map, Value};

use super::query::Query;
use super::text;
use crate::oss::refusal::Refusal;
use crate::oss::xml::Element;

/// What an object is made of.
pub(super) enum Format {
    Csv(Csv),
    /// One JSON object a line.
    JsonLines,
}

pub(super) struct Csv {
    record: String,
    field: String,
    quote: char,
    comment: String,
    /// Whether the first row has the names of the columns.
    header: Header,
}

#[derive(PartialEq, Eq)]
enum Header {
    None,
    Ignore,
    Use,
}

fn or(given: String, usual: &str) -> String {
    if given.is_empty() { usual.to_owned() } else { given }
}

impl Format {
    pub(super) fn of(input: &Element, process: &str) -> Result<Self, Refusal> {
        if !["", "None"].contains(&input.text_of("CompressionType")) {
            return Err(Refusal::not_implemented());
        }
        if process.starts_with("json/") {
            let kind = input.child("JSON").map_or("", |json| json.text_of("Type"));
            return if kind.eq_ignore_ascii_case("lines") {
                Ok(Self::JsonLines)
            } else {
                Err(Refusal::not_implemented())
            };
        }
        let nothing = Element::default();
        let csv = input.child("CSV").unwrap_or(&nothing);
        let given = |name: &str| text(csv.text_of(name));
        Ok(Self::Csv(Csv {
            record: or(given("RecordDelimiter"), "\n"),
            field: or(given("FieldDelimiter"), ","),
            quote: given("QuoteCharacter").chars().next().unwrap_or('"'),
            comment: given("CommentCharacter"),
            header: match csv.text_of("FileHeaderInfo").to_ascii_lowercase().as_str() {
                "use" => Header::Use,
                "ignore" => Header::Ignore,
                _ => Header::None,
            },
        }))
    }

    pub(super) fn is_csv(&self) -> bool {
        matches!(self, Self::Csv(_))
    }

    /// Rows, and columns of the first one.
    pub(super) fn count(&self, data: &str) -> (usize, usize) {
        match self {
            Self::Csv(csv) => {
                let rows = csv.rows(data);
                (rows.len(), rows.first().map_or(0, Vec::len))
            }
            Self::JsonLines => (lines(data).count(), 0),
        }
    }

    /// The selected part as it is answered.
    pub(super) fn select(&self, data: &str, query: &Query, output: &Element, header: bool) -> Result<String, Refusal> {
        let limit = query.limit.unwrap_or(usize::MAX);
        match self {
            Self::Csv(csv) => csv.select(data, query, output, header, limit),
            Self::JsonLines => {
                let record = output.child("JSON").map_or(String::new(), |json| text(json.text_of("RecordDelimiter")));
                let record = or(record, "\n");
                let mut out = String::new();
                for line in lines(data).take(limit) {
                    let object: Map<String, Value> = serde_json::from_str(line).map_err(|_| invalid("JSON"))?;
                    out.push_str(&chosen(object, query).to_string());
                    out.push_str(&record);
                }
                Ok(out)
            }
        }
    }
}

fn lines(data: &str) -> impl Iterator<Item = &str> {
    data.lines().filter(|line| !line.trim().is_empty())
}

fn invalid(what: &str) -> Refusal {
    Refusal::new(http::StatusCode::BAD_REQUEST, "InvalidSelectInput", format!("The object is not valid {what}."))
}

/// The wanted members of an object; `a.b` means the member `b` of the member `a`.
fn chosen(object: Map<String, Value>, query: &Query) -> Value {
    if query.columns.is_empty() {
        return Value::Object(object);
    }
    let value = Value::Object(object);
    let member = |column: &String| {
        let found = column.split('.').try_fold(&value, |value, name| value.get(name.trim_matches('"')))?;
        Some((column.rsplit('.').next().unwrap_or(column).trim_matches('"').to_owned(), found.clone()))
    };
    Value::Object(query.columns.iter().filter_map(member).collect())
}

impl Csv {
    /// All rows, comments and empty ones left out.
    fn rows(&self, data: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut rest = data;
        while !rest.is_empty() {
            let is_comment = !self.comment.is_empty() && rest.starts_with(&self.comment);
            let (row, next) = self.row(rest);
            rest = next;
            if !is_comment && row != [""] {
                rows.push(row);
            }
        }
        rows
    }

    /// One row, and what comes after it.
    fn row<'a>(&self, data: &'a str) -> (Vec<String>, &'a str) {
        let (mut row, mut field, mut quoted, mut rest) = (Vec::new(), String::new(), false, data);
        while let Some(c) = rest.chars().next() {
            let after = |len: usize| rest.get(len..).unwrap_or_default();
            if c == self.quote {
                let next = after(c.len_utf8());
                if quoted && next.starts_with(self.quote) {
                    field.push(c);
                    rest = next.get(c.len_utf8()..).unwrap_or_default();
                } else {
                    quoted = !quoted;
                    rest = next;
                }
            } else if !quoted && rest.starts_with(&self.record) {
                row.push(field);
                return (row, after(self.record.len()));
            } else if !quoted && rest.starts_with(&self.field) {
                row.push(std::mem::take(&mut field));
                rest = after(self.field.len());
            } else {
                field.push(c);
                rest = after(c.len_utf8());
            }
        }
        row.push(field);
        (row, "")
    }

    fn select(
        &self,
        data: &str,
        query: &Query,
        output: &Element,
        header: bool,
        limit: usize,
    ) -> Result<String, Refusal> {
        let mut rows = self.rows(data).into_iter();
        let names = if self.header == Header::None { Vec::new() } else { rows.next().unwrap_or_default() };
        let usable: &[String] = if self.header == Header::Use { &names } else { &[] };
        let columns = query.columns.iter().map(|column| place(column, usable)).collect::<Result<Vec<_>, _>>()?;
        let given = |name: &str| output.child("CSV").map_or(String::new(), |csv| text(csv.text_of(name)));
        let (record, field) = (or(given("RecordDelimiter"), "\n"), or(given("FieldDelimiter"), ","));
        let mut out = String::new();
        let mut push = |row: &[String]| {
            let chosen: Vec<&str> = match columns.is_empty() {
                true => row.iter().map(String::as_str).collect(),
                false => columns.iter().map(|at| row.get(*at).map_or("", String::as_str)).collect(),
            };
            let fields: Vec<_> = chosen.iter().map(|text| quoted(text, &field, &record)).collect();
            out.push_str(&fields.join(&field));
            out.push_str(&record);
        };
        if header && self.header == Header::Use {
            push(&names);
        }
        for row in rows.take(limit) {
            push(&row);
        }
        Ok(out)
    }
}

/// Which column a name means.
fn place(column: &str, names: &[String]) -> Result<usize, Refusal> {
    let by_number = column.strip_prefix('_').and_then(|number| number.parse::<usize>().ok()?.checked_sub(1));
    let found = names.iter().position(|name| name.eq_ignore_ascii_case(column)).or(by_number);
    found.ok_or_else(|| {
        let message = format!("The column `{column}` does not exist.");
        Refusal::new(http::StatusCode::BAD_REQUEST, "InvalidSqlParameter", message)
    })
}

fn quoted(text: &str, field: &str, record: &str) -> String {
    let needs = text.contains(field) || text.contains(record) || text.contains(['"', '\n']);
    if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_their_quotes() {
        let csv = Csv {
            record: "\n".to_owned(),
            field: ",".to_owned(),
            quote: '"',
            comment: "#".to_owned(),
            header: Header::Use,
        };
        let data = "name,age\n# no row\n\"Li, \"\"A\"\"\",3\n\n\"two\nlines\",4";
        assert_eq!(csv.rows(data), [["name", "age"], ["Li, \"A\"", "3"], ["two\nlines", "4"]]);
        let query =
            |columns: &[&str], limit| Query { columns: columns.iter().map(|c| (*c).to_owned()).collect(), limit };
        let select = |query: &Query, header| {
            csv.select(data, query, &Element::default(), header, query.limit.unwrap_or(usize::MAX)).ok()
        };
        assert_eq!(select(&query(&["age", "_1"], Some(1)), false).unwrap(), "3,\"Li, \"\"A\"\"\"\n");
        assert_eq!(select(&query(&["age"], None), true).unwrap(), "age\n3\n4\n");
        assert_eq!(select(&query(&["none"], None), true), None);
    }
}
