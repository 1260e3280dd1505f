//! Going through the pages of a listing.

mod pages;

pub use pages::{Items, Listing, Named, Pages, Rule, at, at_mut};

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::codec::Field;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;

/// An operation whose answer comes in pages. Generated code implements it where the catalog knows the rule.
pub trait Paged: Operation<Output: Field> {
    /// What the pages are made of.
    type Item: Field + Send + Unpin + 'static;
    /// How to get from one page to the next.
    const PAGING: Paging;

    /// The list in a page; `None` if the page has none.
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>>;
}

/// How the pages of a listing are asked for: the same facts as the catalog's. A *path* leads from the answer through
/// objects to a value, such as `page_info.next_marker`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paging {
    /// How to get from one page to the next.
    pub advance: Advance,
    /// The path of the list; empty if the answer itself is the list.
    pub items: &'static str,
    /// The parameter that says how many items a page may have.
    pub limit: Option<&'static str>,
    /// The path of the number of items on all pages.
    pub total: Option<&'static str>,
    /// The path of a boolean that tells whether there are more pages, and its value if there are.
    pub more: Option<(&'static str, bool)>,
}

/// How to get from one page to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Advance {
    /// A parameter takes the number of items to pass over.
    Offset {
        /// The parameter.
        offset: &'static str,
    },
    /// A parameter takes the number of the page.
    Page {
        /// The parameter.
        number: &'static str,
        /// The number of the first page.
        first: u32,
    },
    /// A parameter takes a field of the last item got.
    Marker {
        /// The parameter.
        marker: &'static str,
        /// The field of the item.
        field: &'static str,
    },
    /// A parameter takes what the answer gives for it.
    Token {
        /// The parameter.
        token: &'static str,
        /// The path of the token in the answer.
        next: &'static str,
    },
}

/// What a page tells about the next one.
pub trait Page {
    /// What stands at a path of the answer.
    fn at(&mut self, path: &str) -> Option<Value>;
    /// How many items the page has.
    fn count(&self) -> usize;
    /// A field of the last item.
    fn of_last(&self, field: &str) -> Option<Value>;
    /// A number that tells pages with different items apart; `items` is the path of the list.
    fn fingerprint(&mut self, items: &str) -> u64;
}

/// Where a loop over pages stands. It makes no calls: whoever does asks it for the parameter to change.
#[derive(Clone, Debug)]
pub struct Cursor {
    paging: Paging,
    /// Items got so far, those in front of the caller's own first page included.
    got: u64,
    /// The parameter of the page that was asked for last.
    current: Value,
    limit: Option<u64>,
    /// Fingerprints of tokens, or of the page before.
    seen: HashSet<u64>,
}

impl Cursor {
    /// A loop that begins with a call whose parameters `given` tells.
    pub fn new(paging: Paging, mut given: impl FnMut(&str) -> Option<Value>) -> Self {
        let current = given(paging.parameter()).filter(|value| !is_nothing(value)).unwrap_or_default();
        let limit = paging.limit.and_then(&mut given).as_ref().and_then(number);
        let first = number(&current).unwrap_or_default();
        let got = match paging.advance {
            Advance::Offset { .. } => first,
            Advance::Page { first: zero, .. } => first.saturating_sub(zero.into()) * limit.unwrap_or_default(),
            _ => 0,
        };
        Self { paging, got, current, limit, seen: HashSet::new() }
    }

    /// The rule it goes by.
    pub fn paging(&self) -> Paging {
        self.paging
    }

    /// The parameter to change for the next page, and its value; `None` after the last page.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the service does not move on: the same page or token again, or the answer says that there
    /// is more and gives no way to get there.
    pub fn next(&mut self, page: &mut dyn Page) -> Result<Option<(&'static str, Value)>> {
        self.got = self.got.saturating_add(page.count() as u64);
        let more = self.paging.more.and_then(|(path, when)| Some(truth(&page.at(path)?)? == when));
        if self.is_last(page, more) {
            return Ok(None);
        }
        let next = match self.paging.advance {
            Advance::Offset { .. } => Value::from(self.got),
            Advance::Page { first, .. } => {
                number(&self.current).unwrap_or_else(|| first.into()).saturating_add(1).into()
            }
            Advance::Marker { field, .. } => page.of_last(field).unwrap_or_default(),
            Advance::Token { next, .. } => page.at(next).unwrap_or_default(),
        };
        if is_nothing(&next) {
            return if more == Some(true) {
                Err(self.stuck("there is more, and nothing leads there"))
            } else {
                Ok(None)
            };
        }
        if !self.moves_on(page, &next) {
            return Err(self.stuck("the page leads to one that was here before"));
        }
        self.current.clone_from(&next);
        Ok(Some((self.paging.parameter(), next)))
    }

    fn is_last(&self, page: &mut dyn Page, more: Option<bool>) -> bool {
        let is_empty = page.count() == 0;
        match (more, self.paging.advance) {
            (Some(false), _) => true,
            // An empty page may have a token behind it: some services filter after they have cut the pages.
            (_, Advance::Token { .. }) => false,
            (Some(true), _) | (None, Advance::Marker { .. }) => is_empty,
            (None, _) => is_empty || self.has_all(page),
        }
    }

    /// Whether as many items were got as there are. Some services call the length of the page a total, which proves
    /// nothing as long as the page is full.
    fn has_all(&self, page: &mut dyn Page) -> bool {
        let total = self.paging.total.and_then(|path| page.at(path));
        let Some(total) = total.as_ref().and_then(number) else { return false };
        let of_page = total == page.count() as u64 && self.limit == Some(total);
        !of_page && self.got >= total
    }

    /// Whether the next page is another one. Offsets and page numbers always change; a service that ignores them sends
    /// the same items again.
    fn moves_on(&mut self, page: &mut dyn Page, next: &Value) -> bool {
        match self.paging.advance {
            Advance::Marker { .. } | Advance::Token { .. } => self.seen.insert(hash(&next.to_string())),
            Advance::Offset { .. } | Advance::Page { .. } => {
                let fingerprint = page.fingerprint(self.paging.items);
                let before = std::mem::replace(&mut self.seen, HashSet::from([fingerprint]));
                !before.contains(&fingerprint)
            }
        }
    }

    fn stuck(&self, why: &str) -> Error {
        let (parameter, current) = (self.paging.parameter(), &self.current);
        Error::new(ErrorKind::Decode, format!("paging by `{parameter}` does not move on at {current}: {why}"))
            .with_hint("ask page by page with the parameters themselves; the service does not keep to its own rule")
    }
}

impl Paging {
    /// The parameter that changes from page to page.
    pub const fn parameter(&self) -> &'static str {
        match self.advance {
            Advance::Offset { offset } => offset,
            Advance::Page { number, .. } => number,
            Advance::Marker { marker, .. } => marker,
            Advance::Token { token, .. } => token,
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// A number that may stand in quotes.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A boolean that may stand in quotes.
fn truth(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.to_ascii_lowercase().parse().ok())
}

/// Equal texts have equal numbers.
pub fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
