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
