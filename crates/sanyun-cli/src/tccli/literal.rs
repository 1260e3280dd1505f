//! Data as Python writes it, `{'to': 'RUNNING', 'n': 2, 'ok': True}`: read, never executed.

use serde_json::Value;

/// The words for what JSON writes in small letters.
const WORDS: [(&str, &str); 6] =
    [("True", "true"), ("False", "false"), ("None", "null"), ("true", "true"), ("false", "false"), ("null", "null")];

/// A text that is JSON, or a literal of Python made of dictionaries, lists, texts, numbers and the three words.
///
/// # Errors
/// It is neither.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).or_else(|_| {
        let json = to_json(text).map_err(|why| format!("neither JSON nor a Python literal: {why}"))?;
        serde_json::from_str(&json).map_err(|error| format!("neither JSON nor a Python literal: {error}"))
    })
}

/// The same in the spelling of JSON. Only what a literal can have in it passes; whether it is put together well is for
/// the reader of JSON to say.
fn to_json(text: &str) -> Result<String, String> {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = WORDS.iter().find(|(word, _)| rest.starts_with(word));
        rest = match (c, word) {
            ('\'' | '"', _) => {
                let (value, rest) = quoted(rest, c)?;
                json += &Value::from(value).to_string();
                rest
            }
            (_, Some((word, meaning))) => {
                json += meaning;
                rest.get(word.len()..).unwrap_or_default()
            }
            _ if c.is_whitespace() || "{}[]:,+-.eE".contains(c) || c.is_ascii_digit() => {
                json.push(c);
                rest.get(c.len_utf8()..).unwrap_or_default()
            }
            _ => {
                let before = text.len() - rest.len();
                let column = text.get(..before).unwrap_or_default().chars().count() + 1;
                return Err(format!("`{c}` at character {column}"));
            }
        };
    }
    Ok(json)
}

/// The text in quotation marks that `text` begins with, and what follows it.
fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some(c @ ('\\' | '\'' | '"')) => value.push(c),
                // As in Python, a backslash before anything else is itself; numbers of characters are not read.
                Some(c) if !"xuUN01234567".contains(c) => value.extend(['\\', c]),
                _ => return Err("an escape that is not read here".to_owned()),
            },
            c if c == quote => return Ok((value, text.get(index + 1..).unwrap_or_default())),
            c => value.push(c),
        }
    }
    Err(format!("{quote} has no second {quote}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_literals_mean_the_same() {
        for (text, expected) in [
            (r#"{"to": [1, -2.5e3, true, null]}"#, json!({"to": [1, -2500.0, true, null]})),
            ("{'to': [1, -2.5e3, True, None], 'x': False}", json!({"to": [1, -2500.0, true, null], "x": false})),
            (
                r#"{'a': "it's", 'b': 'a "b"', 'c': 'it\'s', 'd': '中\n'}"#,
                json!({"a": "it's", "b": "a \"b\"", "c": "it's", "d": "中\n"}),
            ),
            (
                r#"{'expr': "Set[?S=='x'].S | [0]", 'to': 'True'}"#,
                json!({"expr": "Set[?S=='x'].S | [0]", "to": "True"}),
            ),
            (r"'a\d'", json!(r"a\d")),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn code_is_no_data() {
        for text in
            ["exec('x')", "{'to': open('f')}", "{'to': 1 if 1 else 2}", "{'to': 'a}", "{'to': 1", "", "{'a': '\\x41'}"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
