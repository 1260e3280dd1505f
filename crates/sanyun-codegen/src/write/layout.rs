//! Lines and their lengths.

/// A line that is longer is broken where it can be.
const WIDTH: usize = 100;

/// `open`, the items separated by commas, `close`: on one line if they fit, else on as many as they need, four columns
/// further in. `open` carries the indentation of its line.
pub(super) fn list(open: &str, items: &[String], close: &str) -> String {
    let padding = if open.ends_with('{') && !items.is_empty() { " " } else { "" };
    let one = format!("{open}{padding}{}{padding}{close}", items.join(", "));
    if one.len() <= WIDTH {
        return one + "\n";
    }
    let indent = indentation(open);
    format!("{open}\n{}{indent}{close}\n", filled(&format!("{indent}    "), items))
}

/// A call whose arguments are arrays, each with what opens it: on one line if they fit, else each on its own.
pub(super) fn call(open: &str, arrays: &[(&str, &[String])]) -> String {
    let short: Vec<String> = arrays.iter().map(|(open, items)| format!("{open}{}]", items.join(", "))).collect();
    let one = format!("{open}({})", short.join(", "));
    if one.len() <= WIDTH {
        return one + "\n";
    }
    let indent = indentation(open);
    let lines: String = arrays.iter().map(|(open, items)| list(&format!("{indent}    {open}"), items, "],")).collect();
    format!("{open}(\n{lines}{indent})\n")
}

/// Items one after the other, each with a comma, as many on a line as fit.
fn filled(indent: &str, items: &[String]) -> String {
    let mut text = String::new();
    let mut line = indent.to_owned();
    for item in items {
        if line.len() > indent.len() && line.len() + item.len() + 1 > WIDTH {
            text += line.trim_end();
            text.push('\n');
            line.truncate(indent.len());
        }
        line += item;
        line += ", ";
    }
    text += line.trim_end();
    text.push('\n');
    text
}

fn indentation(line: &str) -> String {
    line.chars().take_while(|c| *c == ' ').collect()
}
