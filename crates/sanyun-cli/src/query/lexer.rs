//! A JMESPath expression as tokens.

use serde_json::Value;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    QuotedName(String),
    Literal(Value),
    Number(i64),
    Dot,
    Star,
    Comma,
    Colon,
    Current,
    ExprRef,
    Pipe,
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `[]`
    Flatten,
    /// `[?`
    Filter,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    End,
}

impl Token {
    fn compares(&self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }
}

/// The tokens with the byte where each begins; the last one is [`Token::End`].
///
/// With `bare_words` a word right of a comparison is a text, a number or a boolean, unless it is the name of a function.
pub(super) fn tokens(text: &str, bare_words: bool) -> Result<Vec<(usize, Token)>, String> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    loop {
        lexer.take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        let at = lexer.at;
        let compares = bare_words && tokens.last().is_some_and(|(_, token)| token.compares());
        if let Some(word) = Some(()).filter(|()| compares).and_then(|()| lexer.bare_word()) {
            tokens.push((at, Token::Literal(serde_json::from_str(word).unwrap_or_else(|_| word.into()))));
            continue;
        }
        let Some(first) = lexer.next() else { break };
        tokens.push((at, lexer.token(first).map_err(|why| format!("{why} at character {}", column(text, at)))?));
    }
    tokens.push((text.len(), Token::End));
    Ok(tokens)
}

/// Which character of the text a byte belongs to, counted from 1.
pub(super) fn column(text: &str, at: usize) -> usize {
    text.char_indices().take_while(|(index, _)| *index < at).count() + 1
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }

    /// The word that is next, if it begins with a letter, a digit or a sign and is not the name of a function.
    fn bare_word(&mut self) -> Option<&'a str> {
        self.peek().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+'))?;
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "()[]{},|&".contains(c)).unwrap_or(rest.len());
        let word = rest.get(..end).filter(|_| !rest.get(end..).unwrap_or_default().starts_with('('))?;
        self.at += end;
        Some(word)
    }

    /// `two` if `second` follows, else `one`.
    fn either(&mut self, second: char, two: Token, one: Token) -> Token {
        if self.peek() == Some(second) {
            self.next();
            return two;
        }
        one
    }

    fn token(&mut self, first: char) -> Result<Token, String> {
        Ok(match first {
            '.' => Token::Dot,
            '*' => Token::Star,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '@' => Token::Current,
            ']' => Token::CloseBracket,
            '(' => Token::OpenParen,
            ')' => Token::CloseParen,
            '{' => Token::OpenBrace,
            '}' => Token::CloseBrace,
            '&' => self.either('&', Token::And, Token::ExprRef),
            '|' => self.either('|', Token::Or, Token::Pipe),
            '!' => self.either('=', Token::NotEqual, Token::Not),
            '<' => self.either('=', Token::LessEqual, Token::Less),
            '>' => self.either('=', Token::GreaterEqual, Token::Greater),
            '=' => match self.either('=', Token::Equal, Token::End) {
                Token::End => return Err("a single `=` (equality is `==`)".to_owned()),
                equal => equal,
            },
            '[' => match self.either(']', Token::Flatten, Token::OpenBracket) {
                Token::OpenBracket => self.either('?', Token::Filter, Token::OpenBracket),
                flatten => flatten,
            },
            '"' => self.quoted_name()?,
            '\'' => Token::Literal(Value::String(self.until('\'')?.replace("\\'", "'"))),
            '`' => literal(&self.until('`')?.replace("\\`", "`")),
            '-' | '0'..='9' => self.number(first)?,
            c if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                Token::Name(format!("{c}{rest}"))
            }
            other => return Err(format!("`{}` is not understood", other.escape_debug())),
        })
    }

    /// The text up to an unescaped `end`, escapes untouched.
    fn until(&mut self, end: char) -> Result<&'a str, String> {
        let rest = self.rest();
        let mut escaped = false;
        for (index, c) in rest.char_indices() {
            if c == end && !escaped {
                self.at += index + c.len_utf8();
                return Ok(rest.get(..index).unwrap_or_default());
            }
            escaped = c == '\\' && !escaped;
        }
        Err(format!("a {end} without its second {end}"))
    }

    fn quoted_name(&mut self) -> Result<Token, String> {
        let text = self.until('"')?;
        let name = serde_json::from_str(&format!("\"{text}\""));
        name.map(Token::QuotedName).map_err(|_| format!("the quoted name \"{text}\" has a wrong escape"))
    }

    fn number(&mut self, first: char) -> Result<Token, String> {
        let text = format!("{first}{}", self.take_while(|c| c.is_ascii_digit()));
        text.parse().map(Token::Number).map_err(|_| format!("`{text}` is not an index"))
    }
}

/// What stands between backquotes: JSON, or as older expressions have it a bare text.
fn literal(text: &str) -> Token {
    let trimmed = text.trim_start();
    Token::Literal(serde_json::from_str(trimmed).unwrap_or_else(|_| Value::String(trimmed.to_owned())))
}
