//! How the pages of a listing are asked for, one after the other.
//!
//! The vendors do not say which operations have pages, only which parameters and fields there are. [`recognise`] infers
//! the rule from their names and types; a table kept by hand (`paging.tsv`) corrects it. The archive holds the outcome,
//! and [`Operation::paging`](crate::Operation::paging) reads it.
//!
//! A loop over pages sends the call, takes what stands at [`Paging::items`] and ends if that is empty, or if
//! [`Paging::more`] says so, or by the rule of its kind:
//!
//! | kind | first call | next call | ends |
//! | --- | --- | --- | --- |
//! | [`Offset`](Advance::Offset) | nothing | the number of items got so far | with the total |
//! | [`Page`](Advance::Page) | nothing | one more, beginning with `first` | with the total |
//! | [`Marker`](Advance::Marker) | nothing | the field of the last item | without items |
//! | [`Token`](Advance::Token) | nothing | what stands at `next` in the answer | when that is empty, absent, or as before |
//!
//! *With the total*: when as many items were got, unless the page is as long as both the total and the limit sent: some
//! services call the length of the page a total. Without a total, a page that is shorter than the limit proves nothing,
//! because a service may allow less than was asked for; only an empty one does. A page that repeats the one before is an
//! error of the loop, not its end. Whether a parameter is a string or a number,
//! [`Operation::targets`](crate::Operation::targets) says.

#[cfg(feature = "write")]
mod overrides;
mod recognise;
mod reply;
#[cfg(test)]
mod tests;

use std::fmt;

#[cfg(feature = "write")]
pub(crate) use overrides::Overrides;
pub use recognise::recognise;

/// How the pages of a listing are asked for. Parameters are named by the key that
/// [`Operation::targets`](crate::Operation::targets) knows; a *path* leads from the answer (for Tencent Cloud from what
/// stands inside `Response`) through objects to a value: `Instances.Instance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging<'a> {
    /// How to get from one page to the next.
    pub advance: Advance<'a>,
    /// The path of the list; empty if the answer itself is the list.
    pub items: &'a str,
    /// The parameter that says how many items a page may have.
    pub limit: Option<&'a str>,
    /// The path of the number of items on all pages.
    pub total: Option<&'a str>,
    /// The path of a boolean that tells whether there are more pages.
    pub more: Option<More<'a>>,
}

/// How to get from one page to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advance<'a> {
    /// A parameter takes the number of items to pass over.
    Offset {
        /// The parameter.
        offset: &'a str,
    },
    /// A parameter takes the number of the page.
    Page {
        /// The parameter.
        number: &'a str,
        /// The number of the first page: 1, or 0 where that is known.
        first: u32,
    },
    /// A parameter takes a field of the last item got.
    Marker {
        /// The parameter.
        marker: &'a str,
        /// The field of the item.
        field: &'a str,
    },
    /// A parameter takes what the answer gives for it.
    Token {
        /// The parameter.
        token: &'a str,
        /// The path of the token in the answer.
        next: &'a str,
    },
}

/// A boolean in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct More<'a> {
    /// Its path.
    pub path: &'a str,
    /// The value that says that there are more pages: true for `HasNext`, false for `ListOver`.
    pub when: bool,
}

impl<'a> Advance<'a> {
    /// The parameter that changes from page to page.
    pub fn param(&self) -> &'a str {
        match self {
            Advance::Offset { offset } => offset,
            Advance::Page { number, .. } => number,
            Advance::Marker { marker, .. } => marker,
            Advance::Token { token, .. } => token,
        }
    }

    /// One word: `offset`, `page`, `marker`, `token`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Advance::Offset { .. } => "offset",
            Advance::Page { .. } => "page",
            Advance::Marker { .. } => "marker",
            Advance::Token { .. } => "token",
        }
    }
}

impl<'a> Paging<'a> {
    /// Reads the form that [`Display`](fmt::Display) writes; `None` if it is another.
    pub fn parse(text: &'a str) -> Option<Paging<'a>> {
        let mut words = text.split(' ');
        let advance = match words.next()? {
            "o" => Advance::Offset { offset: words.next()? },
            "p" => Advance::Page { number: words.next()?, first: 1 },
            "p0" => Advance::Page { number: words.next()?, first: 0 },
            "m" => Advance::Marker { marker: words.next()?, field: words.next()? },
            "t" => Advance::Token { token: words.next()?, next: words.next()? },
            _ => return None,
        };
        let items = words.next().map(|path| if path == "." { "" } else { path })?;
        let mut paging = Paging { advance, items, limit: None, total: None, more: None };
        for word in words {
            let (key, value) = word.split_at_checked(1).filter(|(_, value)| !value.is_empty())?;
            match key {
                "#" => paging.limit = Some(value),
                "=" => paging.total = Some(value),
                "+" => paging.more = Some(More { path: value, when: true }),
                "-" => paging.more = Some(More { path: value, when: false }),
                _ => return None,
            }
        }
        Some(paging)
    }
}

/// Words: `o Offset InstanceSet #Limit =TotalCount`, `p PageNumber Instances.Instance #PageSize`,
/// `m marker id vpcs #limit`, `t NextToken NextToken Disks #MaxResults +HasMore`. The letter says how to advance
/// (`p0`: the first page is 0), then come parameter, field or next token, items (`.`: the answer itself), limit (`#`),
/// total (`=`), and what says that there are more pages (`+`) or none (`-`).
impl fmt::Display for Paging<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.advance {
            Advance::Offset { offset } => write!(f, "o {offset}"),
            Advance::Page { number, first: 0 } => write!(f, "p0 {number}"),
            Advance::Page { number, .. } => write!(f, "p {number}"),
            Advance::Marker { marker, field } => write!(f, "m {marker} {field}"),
            Advance::Token { token, next } => write!(f, "t {token} {next}"),
        }?;
        write!(f, " {}", if self.items.is_empty() { "." } else { self.items })?;
        let more = self.more.map(|more| (if more.when { '+' } else { '-' }, more.path));
        let rest = [self.limit.map(|limit| ('#', limit)), self.total.map(|total| ('=', total)), more];
        rest.into_iter().flatten().try_for_each(|(sign, name)| write!(f, " {sign}{name}"))
    }
}
