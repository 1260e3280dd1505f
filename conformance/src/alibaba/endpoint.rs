//! `endpoint` and `compose_url`.

use sanyun_alibaba::endpoint::{Place, Route, Rule, host, upload_host};
use sanyun_alibaba::{Client, Endpoint, Input, Method, Scheme, sign};
use sanyun_core::{CallOptions, Protocol, Request};
use serde_json::Value;

use super::both_refuse;
use super::sign::texts;
use crate::support::{member, same, same_member, some_text, text};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = match text(input, "fn") {
        "rules" => by_rule(input),
        "oss_upload_host" => {
            let allowed = member(input, "use_accelerate").as_bool().unwrap_or_default();
            Ok(upload_host(text(input, "endpoint"), allowed, text(input, "endpoint_type")))
        }
        product => of_client(product, input),
    };
    if let Some(verdict) = both_refuse(&ours, expected) {
        return verdict;
    }
    same_member(expected, "endpoint", &ours.unwrap_or_default())
}

fn by_rule(input: &Value) -> sanyun_core::Result<String> {
    let (network, suffix) = (text(input, "network").to_owned(), text(input, "suffix").to_owned());
    let route = Route { network, suffix, ..Route::default() };
    host(text(input, "product"), text(input, "region_id"), Rule::named(text(input, "rule")), &route)
}

/// The endpoint that a client of a product of the catalog has.
fn of_client(product: &str, input: &Value) -> sanyun_core::Result<String> {
    let protocol = Client::builder()
        .region(text(input, "region_id"))
        .endpoint(text(input, "endpoint"))
        .network(text(input, "network"))
        .suffix(text(input, "suffix"))
        .protocol()?;
    let call = Input::rpc(product.to_owned(), "", "").place(Place::in_catalog(product, "")?);
    let endpoints = protocol.endpoints(&call, &CallOptions::default())?;
    Ok(endpoints.first().map(|endpoint| endpoint.authority().to_owned()).unwrap_or_default())
}

pub(super) fn compose_url(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = url(input);
    if let Some(verdict) = both_refuse(&ours, expected) {
        return verdict;
    }
    let wanted = some_text(expected, "url").unwrap_or_default();
    let ours = ours.unwrap_or_default();
    let ((place, query), (wanted_place, wanted_query)) = (split(&ours), split(wanted));
    same("url", place, wanted_place)?;
    same("query", &sign::canonical_query(query), &sign::canonical_query(wanted_query))
}

fn url(input: &Value) -> sanyun_core::Result<String> {
    let scheme = if text(input, "protocol").eq_ignore_ascii_case("http") { Scheme::Http } else { Scheme::Https };
    // A port of its own belongs to the endpoint.
    let authority = match member(input, "port").as_u64() {
        Some(port) => format!("{}:{port}", text(input, "host")),
        None => text(input, "host").to_owned(),
    };
    let endpoint = Endpoint::parse(&authority, scheme)?;
    let mut request = Request::new(Method::GET, endpoint, text(input, "pathname"));
    request.query = sign::encoded_pairs(&texts(member(input, "query")));
    Ok(request.url())
}

fn split(url: &str) -> (&str, &str) {
    url.split_once('?').unwrap_or((url, ""))
}
