//! Tokens to an expression, by precedence climbing.

use serde_json::Value;

use super::functions;
use super::lexer::{self, Token};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Current,
    Field(String),
    Index(i64),
    Slice(Option<i64>, Option<i64>, Option<i64>),
    Literal(Value),
    /// The second applied to the value of the first.
    Then(Box<Expr>, Box<Expr>),
    /// The second applied to each item of the list that the first gives.
    EachItem(Box<Expr>, Box<Expr>),
    /// The second applied to each member's value of the object that the first gives.
    EachMember(Box<Expr>, Box<Expr>),
    /// As [`Expr::EachItem`], for the items on which the third is true.
    EachWhere(Box<Expr>, Box<Expr>, Box<Expr>),
    Flatten(Box<Expr>),
    List(Vec<Expr>),
    Object(Vec<(String, Expr)>),
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Token, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
    /// `&expr`, for functions such as `sort_by`.
    Reference(Box<Expr>),
}

/// Parts may lie in each other this deep; the limit keeps the stack bounded.
const DEEPEST: u32 = 64;
/// The longest expression in tokens, for the same reason: `a.b.c` lies in itself from the left.
const LONGEST: usize = 600;

/// How tightly tokens bind, loosest first.
mod power {
    pub(super) const PIPE: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const COMPARE: u8 = 5;
    pub(super) const FLATTEN: u8 = 9;
    /// What binds less ends a projection.
    pub(super) const PROJECTION_ENDS: u8 = 10;
    pub(super) const STAR: u8 = 20;
    pub(super) const FILTER: u8 = 21;
    pub(super) const DOT: u8 = 40;
    pub(super) const NOT: u8 = 45;
    pub(super) const BRACKET: u8 = 55;
    pub(super) const CALL: u8 = 60;
}

/// Reads an expression; the error says what is wrong and where.
pub(super) fn parse(text: &str) -> Result<Expr, String> {
    of_tokens(text, lexer::tokens(text, false)?)
}

/// Reads an expression in which words right of a comparison are texts.
pub(super) fn parse_condition(text: &str) -> Result<Expr, String> {
    of_tokens(text, lexer::tokens(text, true)?)
}

fn of_tokens(text: &str, tokens: Vec<(usize, Token)>) -> Result<Expr, String> {
    if tokens.len() > LONGEST {
        return Err("the expression is too long".to_owned());
    }
    let mut parser = Parser { text, tokens, next: 0, depth: 0 };
    let expr = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => parser.unexpected(),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: u32,
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> &Token {
        self.tokens.get(self.next + count).map_or(&Token::End, |(_, token)| token)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        if self.peek() == wanted {
            self.next += 1;
            return Ok(());
        }
        self.unexpected()
    }

    fn unexpected<T>(&self) -> Result<T, String> {
        let at = self.tokens.get(self.next).map_or(self.text.len(), |(at, _)| *at);
        let rest: String = self.text.get(at..).unwrap_or_default().chars().take(12).collect();
        if rest.is_empty() {
            return Err("the expression ends too early".to_owned());
        }
        Err(format!("`{}` does not belong there (character {})", rest.escape_debug(), lexer::column(self.text, at)))
    }

    fn expression(&mut self, power: u8) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("too many expressions in each other".to_owned());
        }
        let mut left = self.first()?;
        while power < binding(self.peek()) {
            left = self.continued(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// What an expression begins with.
    fn first(&mut self) -> Result<Expr, String> {
        match self.peek().clone() {
            Token::Literal(value) => self.taken(Expr::Literal(value)),
            Token::Name(name) => self.taken(Expr::Field(name)),
            Token::QuotedName(name) if *self.ahead(1) != Token::OpenParen => self.taken(Expr::Field(name)),
            Token::Current => self.taken(Expr::Current),
            Token::Star => self.each_member(Expr::Current),
            Token::Filter => self.each_where(Expr::Current),
            Token::Flatten => self.flatten(Expr::Current),
            Token::OpenBrace => self.object(),
            Token::OpenBracket => self.bracket_first(),
            Token::OpenParen => {
                self.next += 1;
                let inner = self.expression(0)?;
                self.expect(&Token::CloseParen)?;
                Ok(inner)
            }
            Token::Not => {
                self.next += 1;
                Ok(Expr::Not(boxed(self.expression(power::NOT)?)))
            }
            _ => self.unexpected(),
        }
    }

    fn taken(&mut self, expr: Expr) -> Result<Expr, String> {
        self.next += 1;
        Ok(expr)
    }

    /// What may follow a complete expression.
    fn continued(&mut self, left: Expr) -> Result<Expr, String> {
        match self.peek().clone() {
            Token::Dot if *self.ahead(1) == Token::Star => {
                self.next += 1;
                self.each_member(left)
            }
            Token::Dot => {
                self.next += 1;
                Ok(Expr::Then(boxed(left), boxed(self.after_dot(power::DOT)?)))
            }
            Token::Pipe => self.binary(left, power::PIPE, Expr::Then),
            Token::Or => self.binary(left, power::OR, Expr::Or),
            Token::And => self.binary(left, power::AND, Expr::And),
            Token::Filter => self.each_where(left),
            Token::Flatten => self.flatten(left),
            Token::OpenBracket => self.bracket(left),
            Token::OpenParen => self.call(left),
            operator => self.binary(left, power::COMPARE, |left, right| Expr::Compare(operator, left, right)),
        }
    }

    fn binary(
        &mut self,
        left: Expr,
        power: u8,
        join: impl FnOnce(Box<Expr>, Box<Expr>) -> Expr,
    ) -> Result<Expr, String> {
        self.next += 1;
        Ok(join(boxed(left), boxed(self.expression(power)?)))
    }

    fn after_dot(&mut self, power: u8) -> Result<Expr, String> {
        match self.peek() {
            Token::Name(_) | Token::QuotedName(_) | Token::Star => self.expression(power),
            Token::OpenBracket => {
                self.next += 1;
                self.list()
            }
            Token::OpenBrace => self.object(),
            _ => self.unexpected(),
        }
    }

    /// What is applied to each item of a projection.
    fn projected(&mut self, power: u8) -> Result<Expr, String> {
        match self.peek() {
            token if binding(token) < power::PROJECTION_ENDS => Ok(Expr::Current),
            Token::OpenBracket | Token::Filter => self.expression(power),
            Token::Dot => {
                self.next += 1;
                self.after_dot(power)
            }
            _ => self.unexpected(),
        }
    }

    /// `*`, with the star next.
    fn each_member(&mut self, left: Expr) -> Result<Expr, String> {
        self.next += 1;
        let right = match self.peek() {
            Token::CloseBracket => Expr::Current,
            _ => self.projected(power::STAR)?,
        };
        Ok(Expr::EachMember(boxed(left), boxed(right)))
    }

    /// `[]`, with it next.
    fn flatten(&mut self, left: Expr) -> Result<Expr, String> {
        self.next += 1;
        let right = self.projected(power::FLATTEN)?;
        Ok(Expr::EachItem(boxed(Expr::Flatten(boxed(left))), boxed(right)))
    }

    /// `[?condition]`, with the `[?` next.
    fn each_where(&mut self, left: Expr) -> Result<Expr, String> {
        self.next += 1;
        let condition = self.expression(0)?;
        self.expect(&Token::CloseBracket)?;
        let right = match self.peek() {
            Token::Flatten => Expr::Current,
            _ => self.projected(power::FILTER)?,
        };
        Ok(Expr::EachWhere(boxed(left), boxed(right), boxed(condition)))
    }

    /// A `[` that an expression begins with: an index, a slice, `[*]`, or a list of expressions.
    fn bracket_first(&mut self) -> Result<Expr, String> {
        match (self.ahead(1), self.ahead(2)) {
            (Token::Number(_) | Token::Colon, _) | (Token::Star, Token::CloseBracket) => self.bracket(Expr::Current),
            _ => {
                self.next += 1;
                self.list()
            }
        }
    }

    /// A `[` behind an expression: an index, a slice or `[*]`.
    fn bracket(&mut self, left: Expr) -> Result<Expr, String> {
        self.next += 1;
        match self.peek() {
            Token::Number(_) | Token::Colon => self.index_or_slice(left),
            Token::Star => {
                self.next += 1;
                self.expect(&Token::CloseBracket)?;
                let right = self.projected(power::STAR)?;
                Ok(Expr::EachItem(boxed(left), boxed(right)))
            }
            _ => self.unexpected(),
        }
    }

    fn index_or_slice(&mut self, left: Expr) -> Result<Expr, String> {
        let mut parts = [None; 3];
        let mut colons = 0;
        loop {
            match self.take() {
                Token::CloseBracket => break,
                Token::Colon if colons < 2 => colons += 1,
                Token::Number(number) => match parts.get_mut(colons) {
                    Some(part @ None) => *part = Some(number),
                    _ => return Err(format!("the number {number} does not belong there")),
                },
                _ => {
                    self.next -= 1;
                    return self.unexpected();
                }
            }
        }
        let [start, stop, step] = parts;
        match (colons, start) {
            (0, Some(index)) => Ok(Expr::Then(boxed(left), boxed(Expr::Index(index)))),
            (0, None) => self.unexpected(),
            _ if step == Some(0) => Err("a slice cannot have the step 0".to_owned()),
            _ => {
                let slice = Expr::Then(boxed(left), boxed(Expr::Slice(start, stop, step)));
                Ok(Expr::EachItem(boxed(slice), boxed(self.projected(power::STAR)?)))
            }
        }
    }

    /// `a, b]`, the bracket already taken.
    fn list(&mut self) -> Result<Expr, String> {
        let mut items = vec![self.expression(0)?];
        while *self.peek() == Token::Comma {
            self.next += 1;
            items.push(self.expression(0)?);
        }
        self.expect(&Token::CloseBracket)?;
        Ok(Expr::List(items))
    }

    /// `{a: b, c: d}`
    fn object(&mut self) -> Result<Expr, String> {
        let mut members = Vec::new();
        loop {
            // The brace, then the commas.
            self.next += 1;
            let (Token::Name(name) | Token::QuotedName(name)) = self.peek().clone() else { return self.unexpected() };
            self.next += 1;
            self.expect(&Token::Colon)?;
            members.push((name, self.expression(0)?));
            if *self.peek() != Token::Comma {
                break;
            }
        }
        self.expect(&Token::CloseBrace)?;
        Ok(Expr::Object(members))
    }

    fn call(&mut self, left: Expr) -> Result<Expr, String> {
        let Expr::Field(name) = left else { return self.unexpected() };
        self.next += 1;
        let mut arguments = Vec::new();
        while *self.peek() != Token::CloseParen {
            arguments.push(self.argument()?);
            if *self.peek() != Token::Comma {
                break;
            }
            self.next += 1;
            if *self.peek() == Token::CloseParen {
                return self.unexpected();
            }
        }
        self.expect(&Token::CloseParen)?;
        functions::check(&name, &arguments)?;
        Ok(Expr::Call(name, arguments))
    }

    fn argument(&mut self) -> Result<Expr, String> {
        if *self.peek() != Token::ExprRef {
            return self.expression(0);
        }
        self.next += 1;
        Ok(Expr::Reference(boxed(self.expression(0)?)))
    }
}

/// How tightly a token binds to what stands before it; 0 ends an expression.
fn binding(token: &Token) -> u8 {
    match token {
        Token::Pipe => power::PIPE,
        Token::Or => power::OR,
        Token::And => power::AND,
        Token::Equal | Token::NotEqual | Token::Less | Token::LessEqual | Token::Greater | Token::GreaterEqual => {
            power::COMPARE
        }
        Token::Flatten => power::FLATTEN,
        Token::Filter => power::FILTER,
        Token::Dot => power::DOT,
        Token::OpenBracket => power::BRACKET,
        Token::OpenParen => power::CALL,
        _ => 0,
    }
}
