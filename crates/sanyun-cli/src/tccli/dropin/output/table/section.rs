//! One section of a table.

use std::fmt::Write as _;

/// Blanks beside the text of a column: two at each side.
const PADDING: usize = 4;
/// The lines at both edges.
const BORDER: usize = 2;

/// A title, the names of the columns, and rows.
pub(super) struct Section {
    title: String,
    /// How deep it lies.
    level: usize,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The length that every row must have.
    columns: Option<usize>,
    /// The characters of the longest text of each column.
    widths: Vec<usize>,
}

impl Section {
    pub(super) fn new(title: &str, level: usize) -> Self {
        Self { title: title.to_owned(), level, head: Vec::new(), rows: Vec::new(), columns: None, widths: Vec::new() }
    }

    pub(super) fn set_head(&mut self, names: Vec<String>) {
        self.widen(&names);
        self.columns.get_or_insert(names.len());
        self.head = names;
    }

    /// Adds a row.
    ///
    /// # Errors
    /// It is longer or shorter than those before.
    pub(super) fn push(&mut self, row: Vec<String>) -> Result<(), String> {
        let columns = *self.columns.get_or_insert(row.len());
        if row.len() != columns {
            return Err(format!("a row of the table has {} fields, and those before have {columns}", row.len()));
        }
        self.widen(&row);
        self.rows.push(row);
        Ok(())
    }

    fn widen(&mut self, row: &[String]) {
        if self.widths.is_empty() {
            self.widths = vec![0; row.len()];
        }
        for (width, text) in self.widths.iter_mut().zip(row) {
            *width = characters(text).max(*width);
        }
    }

    /// The one row of a section with names becomes lines of a name and a field.
    pub(super) fn stand_on_end(&mut self) {
        if let ([row], false) = (self.rows.as_slice(), self.head.is_empty()) {
            let mut standing = Self::new(&self.title, self.level);
            for (name, field) in self.head.iter().zip(row) {
                let line = vec![name.clone(), field.clone()];
                standing.widen(&line);
                standing.rows.push(line);
            }
            *self = standing;
        }
    }

    /// The width that it needs.
    pub(super) fn total_width(&self) -> usize {
        let edges = BORDER + 2 * self.level;
        let columns: usize = self.widths.iter().map(|width| width + PADDING).sum();
        edges + columns.max(characters(&self.title))
    }

    /// Writes it as wide as the whole table.
    pub(super) fn write(&self, out: &mut String, table_width: usize) {
        let width = table_width.saturating_sub(2 * self.level);
        let widths = self.scaled(width);
        let edge = "|".repeat(self.level);
        let mut line = |text: &str| {
            let _ = writeln!(out, "{edge}{text}{edge}");
        };
        if !self.title.is_empty() {
            line(&centred(&self.title, width, "|"));
            if self.head.is_empty() && self.rows.is_empty() {
                line(&format!("+{}+", "-".repeat(width.saturating_sub(2))));
            }
        }
        if !self.head.is_empty() {
            line(&rule(&widths));
            line(&cells(&widths, &self.head, centred));
        }
        if !self.rows.is_empty() && !widths.is_empty() {
            line(&rule(&widths));
            self.rows.iter().for_each(|row| line(&cells(&widths, row, left)));
            line(&rule(&widths));
        }
    }

    /// The widths of the columns, stretched in proportion until they fill the table. What rounding leaves is taken from
    /// the first columns, or given to the last.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "widths")]
    fn scaled(&self, whole: usize) -> Vec<usize> {
        let needed: Vec<usize> = self.widths.iter().map(|width| width + PADDING).collect();
        let factor = whole as f64 / needed.iter().sum::<usize>() as f64;
        let mut scaled: Vec<usize> =
            needed.iter().map(|width| (factor * *width as f64).round_ties_even() as usize).collect();
        let sum: usize = scaled.iter().sum();
        let columns = scaled.len();
        for step in 0..sum.abs_diff(whole) {
            let turn = step.checked_rem(columns).unwrap_or_default();
            let at = if sum > whole { turn } else { columns.saturating_sub(1).saturating_sub(turn) };
            if let Some(width) = scaled.get_mut(at) {
                *width = if sum > whole { width.saturating_sub(1) } else { *width + 1 };
            }
        }
        scaled
    }
}

/// The line between rows; the first column has both its edges.
fn rule(widths: &[usize]) -> String {
    let part = |(index, width): (usize, &usize)| match index {
        0 => format!("+{}+", "-".repeat(width.saturating_sub(2))),
        _ => format!("{}+", "-".repeat(width.saturating_sub(1))),
    };
    widths.iter().enumerate().map(part).collect()
}

fn cells(widths: &[usize], row: &[String], align: fn(&str, usize, &str) -> String) -> String {
    let cell =
        |(index, (width, text)): (usize, (&usize, &String))| align(text, *width, if index == 0 { "|" } else { "" });
    widths.iter().zip(row).enumerate().map(cell).collect()
}

/// The text in the middle, with an edge at the right and perhaps one at the left.
fn centred(text: &str, width: usize, left_edge: &str) -> String {
    let length = characters(text);
    let before = (width / 2).saturating_sub(length / 2 + 1);
    let after = width.saturating_sub(1 + left_edge.len() + before + length);
    format!("{left_edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

/// The text two blanks from the left, where it has room for them.
fn left(text: &str, width: usize, left_edge: &str) -> String {
    let length = characters(text);
    let before = if width > length + 2 + left_edge.len() { 2 } else { 0 };
    let after = width.saturating_sub(1 + left_edge.len() + before + length);
    format!("{left_edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn characters(text: &str) -> usize {
    text.chars().count()
}
