//! `--output cols=a,b rows=path num=true`: a table of chosen columns, in the layout of `aliyun`, which scripts cut.

use sanyun_core::{Error, ErrorKind, Result};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::pairs::Pairs;
use crate::output::plain;
use crate::query::Query;

/// The names of its parts.
pub(super) const NAMES: [&str; 3] = ["cols", "rows", "num"];
const USAGE: &str = "such as --output cols=InstanceId,Status rows='Instances.Instance[]' num=true";
/// The title of the column of numbers.
const NUMBERS: &str = "Num";

/// What was asked for.
pub(crate) struct Columns {
    columns: Vec<Column>,
    /// Where the rows are; the whole answer is one row without it.
    rows: Option<Query>,
    numbered: bool,
}

/// One column.
struct Column {
    title: String,
    cell: Query,
    /// Its place in rows that are lists, from `name:0`.
    place: Option<usize>,
}

impl Columns {
    /// Reads the option.
    ///
    /// # Errors
    /// `cols` is missing, or a part cannot be understood.
    pub(super) fn read(pairs: &Pairs) -> Result<Self> {
        let wrong = |why: String| Error::input(format!("--output: {why}")).with_hint(USAGE);
        let rows = pairs.get("rows").filter(|text| !text.is_empty()).map(Query::parse).transpose();
        let columns = split(pairs.needed("cols")?).into_iter().map(|text| Column::read(text.trim()));
        Ok(Self {
            columns: columns.collect::<Result<_, _>>().map_err(|why| wrong(format!("`cols`: {why}")))?,
            rows: rows.map_err(|why| wrong(format!("`rows`: {why}")))?,
            numbered: pairs.get("num") == Some("true"),
        })
    }

    /// The answer as a table.
    ///
    /// # Errors
    /// There are no rows at the path; a column does not fit the rows.
    pub(crate) fn table(&self, answer: &Value) -> Result<String> {
        let wrong = |why: String| Error::new(ErrorKind::Io, format!("--output: {why}")).with_hint(USAGE);
        let rows = match &self.rows {
            None => vec![answer.clone()],
            Some(path) => match path.apply(answer).map_err(|why| wrong(format!("`rows`: {why}")))? {
                Value::Array(rows) => rows,
                Value::Null => return Err(wrong("there is nothing at the path of `rows`".to_owned())),
                _ => return Err(wrong("what stands at the path of `rows` is no list".to_owned())),
            },
        };
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        let rules: Vec<String> = titles.iter().map(|title| "-".repeat(title.width())).collect();
        let mut lines = vec![self.line(NUMBERS, titles), self.line("---", rules)];
        for (number, row) in rows.iter().enumerate() {
            let cells = self.columns.iter().map(|column| column.cell(row)).collect::<Result<_, _>>().map_err(wrong)?;
            lines.push(self.line(&number.to_string(), cells));
        }
        Ok(aligned(&lines))
    }

    fn line(&self, number: &str, cells: Vec<String>) -> Vec<String> {
        self.numbered.then(|| number.to_owned()).into_iter().chain(cells).collect()
    }
}

impl Column {
    /// `Status`, `Tags.Tag[0].Key`, or `name:0` for rows that are lists.
    fn read(text: &str) -> Result<Self, String> {
        let place = text.rsplit_once(':').and_then(|(title, place)| Some((title, place.parse().ok()?)));
        if let Some((title, place)) = place.filter(|(title, _)| !title.contains(['[', '\'', '"', '`'])) {
            return Ok(Self { title: title.to_owned(), cell: Query::parse("@")?, place: Some(place) });
        }
        Ok(Self { title: text.to_owned(), cell: Query::parse(text)?, place: None })
    }

    fn cell(&self, row: &Value) -> Result<String, String> {
        let found = match (self.place, row) {
            (Some(place), Value::Array(fields)) => fields.get(place).cloned().unwrap_or_default(),
            (Some(place), _) => return Err(format!("`{}:{place}` is for rows that are lists", self.title)),
            (None, Value::Array(_)) => {
                return Err(format!(
                    "the rows are lists: `{0}` is written `{0}:0`, with the place in them",
                    self.title
                ));
            }
            (None, row) => self.cell.apply(row)?,
        };
        Ok(one_line(&plain(&found)))
    }
}

/// The columns, whose expressions may have commas in brackets and quotation marks.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (_, Some(open)) => quote = (c != open).then_some(open),
            ('\'' | '"' | '`', None) => quote = Some(c),
            ('[' | '{' | '(', None) => depth += 1,
            (']' | '}' | ')', None) => depth = depth.saturating_sub(1),
            (',', None) if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Cells under each other, one blank and a stroke between them; the last column has no end.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut out = String::new();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let is_last = column + 1 == columns;
            out.push_str(cell);
            if !is_last {
                out.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 1));
                out.push_str("| ");
            }
        }
        out.push('\n');
    }
    out
}

/// Line breaks and other control characters would tear the table apart.
fn one_line(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(words: &str, answer: &Value) -> Result<String, String> {
        let columns = Columns::read(&Pairs::of("output", words)).map_err(|error| error.message().to_owned())?;
        columns.table(answer).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn columns_are_chosen_and_what_is_missing_is_empty() {
        let answer = json!({"Instances": {"Instance": [
            {"Id": "i-1", "Status": "Running", "Ips": ["10.0.0.1", "10.0.0.2"]},
            {"Id": "i-22", "Cpu": 2},
        ]}, "TotalCount": 2});
        assert_eq!(
            table("cols=Id,Status,Ips[0] rows=Instances.Instance[] num=true", &answer).unwrap(),
            "\
Num | Id   | Status  | Ips[0]
--- | --   | ------  | ------
0   | i-1  | Running | 10.0.0.1
1   | i-22 |         | \n"
        );
        assert_eq!(table("cols=TotalCount", &answer).unwrap(), "TotalCount\n----------\n2\n");
        assert_eq!(table("cols=Id rows=Instances.Instance[?Cpu==`9`]", &answer).unwrap(), "Id\n--\n");
    }

    #[test]
    fn rows_that_are_lists_have_places() {
        let answer = json!({"Rows": [["北京", 1], ["sh"]]});
        assert_eq!(table("cols=city:0,n:1 rows=Rows", &answer).unwrap(), "city | n\n---- | -\n北京 | 1\nsh   | \n");
        assert_eq!(
            table("cols=city rows=Rows", &answer).unwrap_err(),
            "--output: the rows are lists: `city` is written `city:0`, with the place in them"
        );
        let objects = json!({"Rows": [{"a": 1}]});
        assert_eq!(table("cols=a:0 rows=Rows", &objects).unwrap_err(), "--output: `a:0` is for rows that are lists");
    }

    #[test]
    fn slips_are_told() {
        for (words, message) in [
            ("rows=A", "--output: `cols=` is missing"),
            ("cols=a[", "--output: `cols`: "),
            ("cols=a rows=b[", "--output: `rows`: "),
            ("cols=a rows=Nope", "--output: there is nothing at the path of `rows`"),
            ("cols=a rows=Total", "--output: what stands at the path of `rows` is no list"),
        ] {
            let told = table(words, &json!({"Total": 1})).unwrap_err();
            assert!(told.starts_with(message), "{words}: {told}");
        }
    }

    #[test]
    fn commas_in_expressions_do_not_end_a_column() {
        assert_eq!(split("a,join(',', b),c[?d==`,`]"), ["a", "join(',', b)", "c[?d==`,`]"]);
    }
}
