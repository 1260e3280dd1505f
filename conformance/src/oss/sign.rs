//! The signatures alone.

use sanyun_core::{Endpoint, Keys, Request, Scheme, Secret, Signature};
use sanyun_oss::sign::{v1, v4};
use serde_json::Value;

use super::request::sorted_query;
use crate::support::{member, moment, same_headers, same_json, same_member, text};

/// A request before signing, and who signs it.
struct Unsigned<'a> {
    input: &'a Value,
    request: Request,
    keys: Keys,
    additional: Vec<http::HeaderName>,
    sub_resources: Vec<&'a str>,
    cache: v4::KeyCache,
}

impl<'a> Unsigned<'a> {
    fn new(input: &'a Value) -> Result<Self, String> {
        let names = |member_name: &str| member(input, member_name).as_array().into_iter().flatten();
        let parse = |name: &Value| http::HeaderName::try_from(name.as_str().unwrap_or_default());
        let additional: Result<_, _> = names("additional_headers").map(parse).collect();
        let token = text(input, "security_token");
        Ok(Self {
            input,
            request: request(input)?,
            keys: Keys {
                id: text(input, "access_key_id").to_owned(),
                secret: Secret::new(text(input, "access_key_secret")),
                token: (!token.is_empty()).then(|| Secret::new(token)),
            },
            additional: additional.map_err(|error| error.to_string())?,
            sub_resources: names("sub_resource").filter_map(Value::as_str).collect(),
            cache: v4::KeyCache::default(),
        })
    }

    fn place(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.input.get("bucket").and_then(Value::as_str), self.input.get("key").and_then(Value::as_str))
    }

    fn v4(&self) -> Result<v4::Signer<'_>, String> {
        let (region, (bucket, key)) = (text(self.input, "region"), self.place());
        let resource = match text(self.input, "signer") {
            "vectors" => v4::Resource::Vectors { region, account: text(self.input, "account_id"), bucket, key },
            "tables" => v4::Resource::Tables { region, arn: bucket, path: key.unwrap_or_default() },
            _ => v4::Resource::Object { bucket, key },
        };
        Ok(v4::Signer {
            keys: &self.keys,
            time: moment(member(self.input, "time"))?,
            region,
            product: text(self.input, "product"),
            resource,
            additional: &self.additional,
            cache: &self.cache,
        })
    }

    fn v1(&self) -> Result<v1::Signer<'_>, String> {
        let (bucket, key) = self.place();
        let time = moment(member(self.input, "time"))?;
        Ok(v1::Signer { keys: &self.keys, time, bucket, key, sub_resources: &self.sub_resources })
    }
}

fn request(input: &Value) -> Result<Request, String> {
    let (scheme, rest) = text(input, "url").split_once("://").ok_or("no scheme")?;
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let endpoint =
        Endpoint::parse(&format!("{scheme}://{authority}"), Scheme::Https).map_err(|error| error.to_string())?;
    let method = text(input, "method").parse().map_err(|_| "no method")?;
    let mut request = Request::new(method, endpoint, path);
    request.query = query.to_owned();
    for (name, value) in member(input, "headers").as_object().into_iter().flatten() {
        let name = http::HeaderName::try_from(name.as_str()).map_err(|error| error.to_string())?;
        request.set_header(name, value.as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
    }
    Ok(request)
}

fn same_signed(signed: &Signature, expected: &Value) -> Result<(), String> {
    same_member(expected, "canonical_request", &signed.canonical_request)?;
    same_member(expected, "string_to_sign", &signed.string_to_sign)
}

fn same_signed_headers(request: &Request, signed: &Signature, expected: &Value) -> Result<(), String> {
    same_signed(signed, expected)?;
    same_member(expected, "authorization", request.header("authorization"))?;
    same_headers(&request.headers, member(expected, "headers_set"))?;
    same_headers(&request.headers, member(expected, "headers_set_contains"))
}

fn same_signed_query(request: &Request, signed: &Signature, expected: &Value) -> Result<(), String> {
    same_signed(signed, expected)?;
    same_json("query", &sorted_query(&request.query), member(expected, "query"))?;
    let last = request.query.rsplit_once('=').map_or("", |(_, signature)| signature);
    same_member(expected, "signature", last)
}

/// Kind `sign_v4`.
pub(super) fn headers_v4(input: &Value, expected: &Value) -> Result<(), String> {
    let unsigned = Unsigned::new(input)?;
    let mut request = unsigned.request.clone();
    let signed = unsigned.v4()?.sign_headers(&mut request).map_err(|error| error.to_string())?;
    same_signed_headers(&request, &signed, expected)
}

/// Kind `sign_v1`.
pub(super) fn headers_v1(input: &Value, expected: &Value) -> Result<(), String> {
    let unsigned = Unsigned::new(input)?;
    let mut request = unsigned.request.clone();
    let signed = unsigned.v1()?.sign_headers(&mut request).map_err(|error| error.to_string())?;
    same_signed_headers(&request, &signed, expected)
}

/// Kind `presign_v4`.
pub(super) fn query_v4(input: &Value, expected: &Value) -> Result<(), String> {
    let unsigned = Unsigned::new(input)?;
    let mut request = unsigned.request.clone();
    let signer = unsigned.v4()?;
    let lifetime =
        moment(member(input, "expiration"))?.duration_since(signer.time).map_err(|error| error.to_string())?;
    let signed = signer.sign_query(&mut request, lifetime);
    same_signed_query(&request, &signed, expected)
}

/// Kind `presign_v1`.
pub(super) fn query_v1(input: &Value, expected: &Value) -> Result<(), String> {
    let unsigned = Unsigned::new(input)?;
    let mut request = unsigned.request.clone();
    let signed = unsigned.v1()?.sign_query(&mut request, moment(member(input, "expiration"))?);
    same_signed_query(&request, &signed, expected)
}
