//! The canonical request that the gateway made, compared with ours, line by line.

use sanyun_core::redact::{self, MASK};

use crate::protocol::SHOWN_HEADERS;

/// What the comparison says. `theirs` is what the gateway printed, with `|` for line breaks and perhaps more text behind.
pub(super) fn advice(ours: &str, theirs: &str) -> String {
    if ours.is_empty() {
        return "the call was not signed by this client, and the gateway made another signature".to_owned();
    }
    let Some(difference) = first_difference(ours, theirs) else {
        return "the request arrived as it was signed, so the secret key is wrong or belongs to another access key: check it"
            .to_owned();
    };
    let Difference { place, ours, theirs } = difference;
    format!(
        "{place} changed on the way: signed was `{ours}`, the gateway saw `{theirs}`; look for a proxy that rewrites \
         requests, or for a wrong endpoint"
    )
}

/// A line that differs, with secrets masked.
struct Difference {
    place: String,
    ours: String,
    theirs: String,
}

/// The first line that differs. A `|` in a value looks like a line break in the gateway's text, so ours is split at it,
/// too.
fn first_difference(ours: &str, theirs: &str) -> Option<Difference> {
    let lines: Vec<&str> = ours.split('\n').collect();
    let mut seen = theirs.trim().split('|');
    for (at, line) in lines.iter().enumerate() {
        let is_last = at + 1 == lines.len();
        for piece in line.split('|') {
            let seen = seen.next().unwrap_or("nothing");
            // Behind the last line the gateway's message may go on.
            if piece != seen && !(is_last && seen.starts_with(piece)) {
                let place = Place::of(&lines, at);
                return Some(Difference {
                    ours: place.mask(piece),
                    theirs: place.mask(seen),
                    place: place.to_string(),
                });
            }
        }
    }
    None
}

/// What a line of a canonical request stands for.
enum Place<'a> {
    Method,
    Path,
    Query,
    Header(&'a str),
    SignedHeaders,
    Payload,
}

impl<'a> Place<'a> {
    fn of(lines: &[&'a str], at: usize) -> Self {
        match (at, lines.len().saturating_sub(at)) {
            (0, _) => Self::Method,
            (1, _) => Self::Path,
            (2, _) => Self::Query,
            (_, 1) => Self::Payload,
            // The empty line in front of the list: the gateway saw one header more.
            (_, 2 | 3) => Self::SignedHeaders,
            _ => Self::Header(lines.get(at).and_then(|line| line.split_once(':')).map_or("", |(name, _)| name)),
        }
    }

    /// A piece of that line, or of what the gateway has in its place, without secrets.
    fn mask(&self, piece: &str) -> String {
        match (self, piece.split_once(':')) {
            (Self::Method | Self::Path, _) => piece.to_owned(),
            (Self::Query, _) => redact::query(piece),
            (Self::SignedHeaders | Self::Payload, None) => piece.to_owned(),
            (_, Some((name, value))) => {
                let name = name.to_ascii_lowercase();
                let value = redact::header(&name, value, SHOWN_HEADERS).into_owned();
                [name, value].join(":")
            }
            // The rest of a value that holds a `|`.
            (Self::Header(_), None) => if piece.is_empty() { "" } else { MASK }.to_owned(),
        }
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Method => f.write_str("the method"),
            Self::Path => f.write_str("the path"),
            Self::Query => f.write_str("the query"),
            Self::Header(name) => write!(f, "the header `{name}`"),
            Self::SignedHeaders => f.write_str("the list of headers"),
            Self::Payload => f.write_str("the body"),
        }
    }
}
