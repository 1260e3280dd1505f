//! What a refused signature tells: the gateway repeats the text it signed itself.

use sanyun_core::{Signature, encode};

use crate::sign::decoded_pairs;

const WRONG_SECRET: &str = "the server signed the same text and got another signature: the access key secret is wrong";
const CHANGED: &str = "something between here and there changed the request";

/// Compares what the gateway signed with what we signed: the same text means a wrong secret, another one means that the
/// request was changed on its way.
pub(super) fn signature_hint(message: &str, signature: &Signature) -> String {
    let Some(theirs) = server_text(message, STRING_TO_SIGN) else {
        return "the access key secret is wrong, or the request was changed on its way".to_owned();
    };
    let ours = &*signature.string_to_sign;
    if is_same(theirs, ours) || is_same(&squeezed(theirs), &squeezed(ours)) {
        return WRONG_SECRET.to_owned();
    }
    let canonical = server_text(message, CANONICAL_REQUEST);
    let first = match canonical.filter(|_| !signature.canonical_request.is_empty()) {
        Some(theirs) => first_difference(&canonical_parts(&signature.canonical_request), &canonical_parts(theirs)),
        None => first_difference(&named_parts(ours), &named_parts(theirs)),
    };
    match first {
        Some(name) => format!("the server signed another text than we did, first at `{name}`: {CHANGED}"),
        None => format!("the server signed another text than we did: {CHANGED}"),
    }
}

/// How gateways announce their text: the older ones to the end of the message, the newer ones in brackets.
const STRING_TO_SIGN: &[&str] = &["string to sign is:", "StringToSign is:", "StringToSign is"];
const CANONICAL_REQUEST: &[&str] = &["CanonicalRequest is:", "CanonicalRequest is"];

fn server_text<'a>(message: &'a str, marks: &[&str]) -> Option<&'a str> {
    let (_, text) = marks.iter().find_map(|mark| message.split_once(mark))?;
    let text = text.trim_start();
    let inside = text.strip_prefix('[').and_then(|text| text.split_once(']')).map(|(inside, _)| inside);
    Some(inside.unwrap_or(text).trim_end()).filter(|text| !text.is_empty())
}

/// Whether the gateway's text is ours; a remark may stand behind it. What ends in a hash cannot be the beginning of another
/// text, what ends in a path can.
fn is_same(theirs: &str, ours: &str) -> bool {
    let is_end = |rest: &str| ours.starts_with("ACS3-") || rest.is_empty() || rest.starts_with(char::is_whitespace);
    theirs.strip_prefix(ours).is_some_and(is_end)
}

/// Without white space: gateways print line ends as blanks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

type Parts = Vec<(String, String)>;

/// The name of the first part that differs; never its value, which may be a token.
fn first_difference(ours: &Parts, theirs: &Parts) -> Option<String> {
    if ours.is_empty() || theirs.is_empty() {
        return None;
    }
    let missing = |from: &Parts, to: &Parts| from.iter().find(|part| !to.contains(part)).map(|(name, _)| name.clone());
    missing(ours, theirs).or_else(|| missing(theirs, ours))
}

/// The parts of a string to sign: the parameters of an RPC call, the lines of an ROA call. Nothing for version 3, whose
/// text is a hash, and for a text without line ends.
fn named_parts(text: &str) -> Parts {
    if text.starts_with("ACS3-") {
        return Parts::new();
    }
    if let Some((method, encoded)) = text.split_once("&%2F&") {
        let method = ("the method".to_owned(), method.to_owned());
        let parameters = decoded_pairs(&encode::percent_decode(encoded));
        return std::iter::once(method).chain(parameters).collect();
    }
    // The first five lines have no names, and the last one is the path with the parameters.
    const FIXED: [&str; 5] = ["the method", "accept", "content-md5", "content-type", "date"];
    let lines: Vec<_> = text.split('\n').collect();
    let Some((last, lines)) = lines.split_last().filter(|(_, lines)| lines.len() >= FIXED.len()) else {
        return Parts::new();
    };
    let (fixed, headers) = lines.split_at(FIXED.len());
    let fixed = FIXED.into_iter().zip(fixed.iter().copied());
    let headers = headers.iter().filter_map(|line| line.split_once(':'));
    let parts = fixed.chain(headers).chain(std::iter::once(("the path or query", *last)));
    parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The parts of a canonical request of version 3.
fn canonical_parts(text: &str) -> Parts {
    let lines: Vec<_> = text.split('\n').map(str::trim_end).collect();
    let [method, path, query, headers @ .., signed, hash] = &*lines else { return Parts::new() };
    let fixed = [("the method", *method), ("the path", *path), ("the query", *query)];
    let headers = headers.iter().filter_map(|line| line.split_once(':'));
    let parts = fixed.into_iter().chain(headers).chain([("the list of signed headers", *signed), ("the body", *hash)]);
    parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
