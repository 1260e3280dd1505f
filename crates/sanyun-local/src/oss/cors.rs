//! Cross-origin requests: what a browser asks before it sends one, and what it is told with every answer.

use http::StatusCode;

use super::address::Address;
use super::refusal::Refusal;
use super::xml::{self, Element};
use crate::answer::Answer;
use crate::arrival::Head;
use crate::state::State;

/// The rules of a bucket.
fn rules(state: &State, address: &Address) -> Option<Element> {
    let bucket = state.store.bucket(address.bucket.as_deref()?)?;
    xml::parse(bucket.settings.get("cors")?.as_bytes())
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "AccessForbidden", format!("CORSResponse: {message}"))
}

/// OPTIONS: whether a request may be sent.
///
/// # Errors
/// `AccessForbidden`; `InvalidArgument` without an origin or a method.
pub(super) fn preflight(state: &State, head: &Head, address: &Address) -> Result<Answer, Refusal> {
    let (origin, method) = (head.header("origin"), head.header("access-control-request-method"));
    for (name, value) in [("Origin", origin), ("Access-Control-Request-Method", method)] {
        if value.is_empty() {
            return Err(Refusal::invalid_argument("A preflight request must have this header.", name, ""));
        }
    }
    let wanted = head.header("access-control-request-headers");
    let rules = rules(state, address).ok_or_else(|| forbidden("CORS is not enabled for this bucket."))?;
    let rule = find(&rules, origin, method, wanted).ok_or_else(|| {
        forbidden("This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Requet-Headers are not whitelisted by the resource's CORS spec.")
    })?;
    let answer = with_rule(Answer::new(StatusCode::OK), &rules, rule, origin);
    Ok(if wanted.is_empty() { answer } else { answer.header("access-control-allow-headers", wanted) })
}

/// Tells a browser that it may show the answer to the page that asked, if a rule says so.
pub(super) fn allowed(state: &State, head: &Head, answer: Answer) -> Answer {
    let origin = head.header("origin");
    if origin.is_empty() || head.method == http::Method::OPTIONS {
        return answer;
    }
    let Some(rules) = Address::of(head).ok().and_then(|address| rules(state, &address)) else { return answer };
    match find(&rules, origin, head.method.as_str(), "") {
        Some(rule) => with_rule(answer, &rules, rule, origin),
        None => answer,
    }
}

fn texts<'a>(rule: &'a Element, name: &'a str) -> impl Iterator<Item = &'a str> {
    rule.children.iter().filter(move |child| child.name == name).map(|child| child.text.trim())
}

/// The first rule that fits.
fn find<'a>(rules: &'a Element, origin: &str, method: &str, headers: &str) -> Option<&'a Element> {
    let wanted = || headers.split(',').map(str::trim).filter(|name| !name.is_empty());
    rules.children.iter().filter(|rule| rule.name == "CORSRule").find(|rule| {
        texts(rule, "AllowedOrigin").any(|allowed| matches(allowed, origin))
            && texts(rule, "AllowedMethod").any(|allowed| allowed.eq_ignore_ascii_case(method))
            && wanted().all(|name| texts(rule, "AllowedHeader").any(|allowed| matches(allowed, name)))
    })
}

/// Whether a pattern with at most one star fits, whatever the case.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end),
    }
}

fn with_rule(answer: Answer, rules: &Element, rule: &Element, origin: &str) -> Answer {
    let any = texts(rule, "AllowedOrigin").any(|allowed| allowed == "*");
    let methods: Vec<_> = texts(rule, "AllowedMethod").collect();
    let exposed: Vec<_> = texts(rule, "ExposeHeader").collect();
    let mut answer = answer
        .header("access-control-allow-origin", if any { "*" } else { origin })
        .header("access-control-allow-methods", &methods.join(", "));
    if !exposed.is_empty() {
        answer = answer.header("access-control-expose-headers", &exposed.join(", "));
    }
    let age = rule.text_of("MaxAgeSeconds");
    if !age.is_empty() {
        answer = answer.header("access-control-max-age", age);
    }
    let varies = rules.text_of("ResponseVary").eq_ignore_ascii_case("true") || !any;
    if varies { answer.header("vary", "Origin") } else { answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_fit_by_origin_method_and_headers() {
        let rules = xml::parse(
            b"<CORSConfiguration><CORSRule><AllowedOrigin>https://*.a.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\
              <AllowedHeader>x-oss-*</AllowedHeader></CORSRule><CORSRule><AllowedOrigin>*</AllowedOrigin>\
              <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
        )
        .unwrap();
        for (origin, method, headers, fits) in [
            ("https://b.a.com", "PUT", "X-Oss-Meta-A, x-oss-date", true),
            ("https://b.a.com", "PUT", "x-other", false),
            ("http://b.a.com", "PUT", "", false),
            ("http://c", "GET", "", true),
            ("http://c", "GET", "x-oss-date", false),
            ("http://c", "POST", "", false),
        ] {
            assert_eq!(find(&rules, origin, method, headers).is_some(), fits, "{origin} {method} {headers}");
        }
    }
}
