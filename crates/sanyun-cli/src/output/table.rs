//! Tables for people. Chinese characters are two columns wide; lines are drawn in ASCII, because terminals for Chinese
//! draw the box characters two columns wide too.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr as _;

/// The value as one or more tables. A list without items shows the `columns` that it would have.
pub(super) fn render(value: &Value, columns: &[&str]) -> String {
    let mut out = String::new();
    if !columns.is_empty() && value.as_array().is_some_and(Vec::is_empty) {
        write_rows(&mut out, None, &[columns.iter().map(|name| Cell::left(name)).collect()]);
    }
    write(&mut out, "", value);
    out
}

/// Writes a value below its title.
fn write(out: &mut String, title: &str, value: &Value) {
    if !title.is_empty() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{title}");
    }
    match value {
        Value::Object(members) => write_object(out, title, members),
        Value::Array(items) => write_list(out, items),
        scalar => write_rows(out, None, &[vec![cell(scalar)]]),
    }
}

/// An object is a table of names and values; lists and objects in it become tables of their own below it.
fn write_object(out: &mut String, title: &str, members: &Map<String, Value>) {
    let is_section = |value: &Value| match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    };
    let (sections, plain): (Vec<_>, Vec<_>) = members.iter().partition(|(_, value)| is_section(value));
    if !plain.is_empty() || sections.is_empty() {
        let rows: Vec<_> = plain.iter().map(|(name, value)| vec![Cell::left(name), cell(value)]).collect();
        write_rows(out, None, &rows);
    }
    for (name, value) in sections {
        let title = if title.is_empty() { name.clone() } else { format!("{title}.{name}") };
        write(out, &title, value);
    }
}

/// A list of objects has a column for each name, in the order in which they first occur.
fn write_list(out: &mut String, items: &[Value]) {
    let mut names: Vec<&str> = Vec::new();
    for name in items.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let row = |item: &Value| match item {
        Value::Object(members) => {
            names.iter().map(|name| members.get(*name).map_or_else(Cell::default, cell)).collect()
        }
        Value::Array(fields) => fields.iter().map(cell).collect(),
        scalar => vec![cell(scalar)],
    };
    let rows: Vec<Vec<Cell>> = items.iter().map(row).collect();
    let head = (!names.is_empty()).then(|| names.iter().map(|name| Cell::left(name)).collect());
    write_rows(out, head, &rows);
}

/// One field. Numbers stand on the right.
#[derive(Clone, Default)]
struct Cell {
    text: String,
    right: bool,
}

impl Cell {
    fn left(text: &str) -> Self {
        Self { text: one_line(text), right: false }
    }

    fn padded(&self, width: usize) -> String {
        let blanks = " ".repeat(width.saturating_sub(self.text.width()));
        if self.right { format!("{blanks}{}", self.text) } else { format!("{}{blanks}", self.text) }
    }
}

fn cell(value: &Value) -> Cell {
    Cell { text: one_line(&super::plain(value)), right: value.is_number() }
}

/// Line breaks and other control characters would tear the table apart.
fn one_line(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

fn write_rows(out: &mut String, head: Option<Vec<Cell>>, rows: &[Vec<Cell>]) {
    if rows.is_empty() {
        out.push_str("(none)\n");
        return;
    }
    let columns = rows.iter().chain(&head).map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().chain(&head).filter_map(|row: &Vec<Cell>| row.get(column));
        cells.map(|cell: &Cell| cell.text.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let rule: String =
        widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).chain(["+\n".to_owned()]).collect();
    out.push_str(&rule);
    if let Some(head) = &head {
        write_row(out, head, &widths);
        out.push_str(&rule);
    }
    rows.iter().for_each(|row| write_row(out, row, &widths));
    out.push_str(&rule);
}

fn write_row(out: &mut String, row: &[Cell], widths: &[usize]) {
    let empty = Cell::default();
    for (column, width) in widths.iter().enumerate() {
        let _ = write!(out, "| {} ", row.get(column).unwrap_or(&empty).padded(*width));
    }
    out.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    #[test]
    fn wide_characters_are_two_columns() {
        let value = json!([{"name": "北京", "n": 5}, {"name": "sh", "n": 12, "tags": ["a"]}]);
        let expected = "\
+------+----+-------+
| name | n  | tags  |
+------+----+-------+
| 北京 |  5 |       |
| sh   | 12 | [\"a\"] |
+------+----+-------+
";
        assert_eq!(render(&value, &[]), expected);
    }

    #[test]
    fn objects_are_sections() {
        let value = json!({"total": 1, "vpcs": [{"id": "v"}], "page": {"next": null}});
        let expected = "\
+-------+---+
| total | 1 |
+-------+---+

vpcs
+----+
| id |
+----+
| v  |
+----+

page
+------+--+
| next |  |
+------+--+
";
        assert_eq!(render(&value, &[]), expected);
    }

    #[test]
    fn odd_values_stay_tables() {
        assert_eq!(render(&json!([]), &[]), "(none)\n");
        assert_eq!(render(&json!([]), &["id", "n"]), "+----+---+\n| id | n |\n+----+---+\n(none)\n");
        assert_eq!(render(&json!({}), &[]), "(none)\n");
        assert_eq!(render(&json!("a\nb"), &[]), "+------+\n| a\\nb |\n+------+\n");
        assert_eq!(render(&json!([["a", 1], ["b"]]), &[]), "+---+---+\n| a | 1 |\n| b |   |\n+---+---+\n");
        assert_eq!(render(&json!({"vpcs": []}), &[]), "+------+----+\n| vpcs | [] |\n+------+----+\n");
    }
}
