//! The part of YAML that files of regions are written in. What it does not know is refused, never guessed.

/// How deep things may lie in each other; files of regions need four.
const DEEPEST: usize = 16;

/// What is wrong, and in which line.
pub(super) type Refused = (usize, String);

/// A value and the line where it begins, counted from 1.
#[derive(Debug, PartialEq)]
pub(super) struct Located {
    pub(super) line: usize,
    pub(super) node: Node,
}

#[derive(Debug, PartialEq)]
pub(super) enum Node {
    Nothing,
    Text(String),
    List(Vec<Located>),
    /// In its order, repeated names included.
    Map(Vec<(String, Located)>),
}

/// A line without its indentation and comment.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Located, Refused> {
    let lines = lines(text)?;
    let Some(first) = lines.first() else { return Ok(Located { line: 1, node: Node::Nothing }) };
    let mut reader = Reader { lines: &lines, at: 0, depth: 0, inline: None };
    let value = reader.block(first.indent)?;
    match reader.line() {
        None => Ok(value),
        Some(line) => Err((line.number, "this line is indented neither like one above nor below it".to_owned())),
    }
}

fn lines(text: &str) -> Result<Vec<Line<'_>>, Refused> {
    let mut lines = Vec::new();
    for (number, whole) in (1..).zip(text.lines()) {
        let text = without_comment(whole).trim_end();
        let bare = text.trim_start_matches(' ');
        let indent = text.len() - bare.len();
        match bare {
            "" => {}
            "---" if lines.is_empty() && indent == 0 => {}
            "---" | "..." => return Err((number, "there is more than one document".to_owned())),
            _ if bare.starts_with('\t') => return Err((number, "a tab in the indentation".to_owned())),
            _ => lines.push(Line { number, indent, text: bare }),
        }
    }
    Ok(lines)
}

/// A `#` begins a comment at the start of a line or behind a blank, outside of quotes.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some('"'), '"') if before == '\\' => {}
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') if matches!(before, ' ' | '[' | '{' | ',') => quote = Some(c),
            (None, '#') if matches!(before, ' ' | '\t') => return line.get(..at).unwrap_or(line),
            _ => {}
        }
        before = c;
    }
    line
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
    at: usize,
    depth: usize,
    /// What stands behind the `-` of the current line, as a line of its own.
    inline: Option<Line<'a>>,
}

impl<'a> Reader<'a> {
    fn line(&self) -> Option<Line<'a>> {
        self.inline.or_else(|| self.lines.get(self.at).copied())
    }

    fn advance(&mut self) {
        self.inline = None;
        self.at += 1;
    }

    /// The value that begins in the current line, all of whose lines are indented so.
    fn block(&mut self, indent: usize) -> Result<Located, Refused> {
        let Some(line) = self.line() else { return Ok(Located { line: 1, node: Node::Nothing }) };
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err((line.number, "too deep".to_owned()));
        }
        let node = if item(line.text).is_some() {
            self.list(indent)?
        } else if key(line)?.is_some() {
            self.map(indent)?
        } else {
            self.advance();
            value(line.text, line.number)?
        };
        self.depth -= 1;
        Ok(Located { line: line.number, node })
    }

    fn list(&mut self, indent: usize) -> Result<Node, Refused> {
        let mut items = Vec::new();
        while let Some(line) = self.line().filter(|line| line.indent == indent)
            && let Some(rest) = item(line.text)
        {
            if rest.is_empty() {
                self.advance();
                items.push(self.below(line, indent + 1)?);
            } else {
                let inner = indent + line.text.len() - rest.len();
                self.inline = Some(Line { indent: inner, text: rest, ..line });
                items.push(self.block(inner)?);
            }
        }
        Ok(Node::List(items))
    }

    fn map(&mut self, indent: usize) -> Result<Node, Refused> {
        let mut members = Vec::new();
        while let Some(line) = self.line().filter(|line| line.indent == indent && item(line.text).is_none()) {
            let Some((name, rest)) = key(line)? else {
                return Err((line.number, format!("`{}` is not of the form `name: value`", line.text)));
            };
            self.advance();
            let value = match rest {
                // The items of a list may stand as far left as its name.
                "" if self.line().is_some_and(|next| item(next.text).is_some()) => self.below(line, indent)?,
                "" => self.below(line, indent + 1)?,
                rest => Located { line: line.number, node: value(rest, line.number)? },
            };
            members.push((name, value));
        }
        Ok(Node::Map(members))
    }

    /// What stands below a line that ended early, indented at least so far.
    fn below(&mut self, line: Line<'_>, least: usize) -> Result<Located, Refused> {
        match self.line() {
            Some(next) if next.indent >= least => self.block(next.indent),
            _ => Ok(Located { line: line.number, node: Node::Nothing }),
        }
    }
}

/// What stands behind the dash of a list's item.
fn item(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start())
}

/// The name in front of a colon, and what stands behind it.
fn key(line: Line<'_>) -> Result<Option<(String, &str)>, Refused> {
    if line.text.starts_with(['[', '{']) {
        return Ok(None);
    }
    let (name, rest) = match quoted(line.text, line.number)? {
        Some((name, rest)) => (name, rest.trim_start()),
        None => {
            let colon = line.text.match_indices(':').map(|(at, _)| at).find(|at| {
                let behind = line.text.get(at + 1..).unwrap_or_default();
                behind.is_empty() || behind.starts_with(' ')
            });
            let Some((name, rest)) = colon.and_then(|at| line.text.split_at_checked(at)) else { return Ok(None) };
            (plain(name.trim_end(), line.number)?, rest)
        }
    };
    let behind = rest.strip_prefix(':').filter(|behind| behind.is_empty() || behind.starts_with(' '));
    Ok(behind.map(|behind| (name, behind.trim())))
}

/// A value that ends on its line.
fn value(text: &str, line: usize) -> Result<Node, Refused> {
    let (node, rest) = flow(text, line, 0)?;
    match rest.trim() {
        "" => Ok(node),
        rest => Err((line, format!("`{rest}` stands behind a value that has ended"))),
    }
}

/// A value at the beginning of a text, and what stands behind it. At a depth of 0 a plain text reaches to the end of the
/// line, deeper to the next comma or bracket.
fn flow(text: &str, line: usize, depth: usize) -> Result<(Node, &str), Refused> {
    if depth > DEEPEST {
        return Err((line, "too deep".to_owned()));
    }
    if let Some(inner) = text.strip_prefix('[') {
        return flow_list(inner, line, depth + 1);
    }
    if let Some(inner) = text.strip_prefix('{') {
        return flow_map(inner, line, depth + 1);
    }
    if let Some((text, rest)) = quoted(text, line)? {
        return Ok((Node::Text(text), rest));
    }
    let end = if depth == 0 { text.len() } else { text.find([',', '[', ']', '{', '}']).unwrap_or(text.len()) };
    let (text, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let node = match plain(text.trim_end(), line)? {
        text if matches!(&*text, "" | "~" | "null") => Node::Nothing,
        text => Node::Text(text),
    };
    Ok((node, rest))
}

fn flow_list(text: &str, line: usize, depth: usize) -> Result<(Node, &str), Refused> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(behind) = rest.strip_prefix(']') {
            return Ok((Node::List(items), behind));
        }
        let (node, behind) = flow(rest, line, depth)?;
        items.push(Located { line, node });
        rest = next(behind, ']', line)?;
    }
}

fn flow_map(text: &str, line: usize, depth: usize) -> Result<(Node, &str), Refused> {
    let mut members = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok((Node::Map(members), behind));
        }
        let Some((name, behind)) = key(Line { number: line, indent: 0, text: rest })? else {
            return Err((line, "a map in braces must have `name: value` and end on its line".to_owned()));
        };
        let (node, behind) = flow(behind, line, depth)?;
        members.push((name, Located { line, node }));
        rest = next(behind, '}', line)?;
    }
}

/// Behind an item in brackets: a comma and more, or the end.
fn next(text: &str, end: char, line: usize) -> Result<&str, Refused> {
    let text = text.trim_start();
    match text.strip_prefix(',') {
        Some(more) => Ok(more.trim_start()),
        None if text.starts_with(end) => Ok(text),
        None => Err((line, format!("`{end}` is missing; what begins in brackets must end on its line"))),
    }
}

/// A text in quotes at the beginning, and what stands behind it; `None` if there are no quotes.
fn quoted(text: &str, line: usize) -> Result<Option<(String, &str)>, Refused> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Ok(None) };
    let mut out = String::new();
    let mut rest = text.get(1..).unwrap_or_default();
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match (quote, c, rest.chars().next()) {
            ('\'', '\'', Some('\'')) => {
                out.push('\'');
                rest = rest.get(1..).unwrap_or_default();
            }
            ('"', '\\', Some(escaped @ ('"' | '\\' | '/'))) => {
                out.push(escaped);
                rest = rest.get(1..).unwrap_or_default();
            }
            ('"', '\\', _) => return Err((line, "of escapes only \\\", \\\\ and \\/ are known here".to_owned())),
            (quote, c, _) if c == quote => return Ok(Some((out, rest))),
            _ => out.push(c),
        }
    }
    Err((line, "a quotation mark is not closed; texts must end on their line".to_owned()))
}

/// A text without quotes. What YAML gives a meaning beyond files of regions is refused.
fn plain(text: &str, line: usize) -> Result<String, Refused> {
    let special = ['&', '*', '!', '|', '>', '%', '@', '`', '?', ',', ']', '}'];
    match text.chars().next() {
        Some(c) if special.contains(&c) => {
            Err((line, format!("`{c}` at the beginning of a text is not understood here")))
        }
        _ if text.contains(": ") || text.ends_with(':') => {
            Err((line, format!("`{text}` has a colon: put quotation marks around it")))
        }
        _ => Ok(text.to_owned()),
    }
}
