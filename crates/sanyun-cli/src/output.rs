//! How an answer is printed.

mod json;
mod table;
mod text;
mod yaml;

use serde_json::Value;

/// A format of answers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Format {
    /// Indented JSON, in colours on a terminal.
    #[default]
    Json,
    /// Tables for people.
    Table,
    /// YAML.
    Yaml,
    /// Fields separated by tabs, for `cut` and `while read`.
    Text,
}

impl Format {
    /// The format of that name.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "table" => Some(Self::Table),
            "yaml" => Some(Self::Yaml),
            "text" => Some(Self::Text),
            _ => None,
        }
    }

    /// The value in this format, with a line break at its end unless there is nothing to print. `columns` are those of a
    /// table that has no rows to tell them.
    pub(crate) fn render(self, value: &Value, columns: &[&str], colours: bool) -> String {
        match self {
            Self::Json => json::render(value, colours),
            Self::Table => table::render(value, columns),
            Self::Yaml => yaml::render(value),
            Self::Text => text::render(value),
        }
    }
}

/// A plain value as text without quotation marks; nothing for null, JSON for lists and objects.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
