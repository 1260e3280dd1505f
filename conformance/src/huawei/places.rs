//! Kinds `endpoint`, `region_env`, `region_profile`, `iam_endpoint` and `derived_predicate`: where calls go.

use std::sync::Arc;

use sanyun_huawei::endpoint::{self, from_environment, from_regions_file};
use sanyun_huawei::{Client, Endpoint, Input, sign};
use serde_json::{Value, json};

use super::unsent::{Unsent, preview};
use crate::support::{member, same, same_json, same_member, some_text, text};

pub(super) fn endpoint(input: &Value, expected: &Value) -> Result<(), String> {
    let mut call = Input::get("service", "/").unsigned();
    if let Some(label) = some_text(input, "cname") {
        call = call.host_label(label);
    }
    let client = Client::builder().endpoint(text(input, "endpoint")).transport(Unsent).build();
    let sent = client.and_then(|client| preview(client.send(call))).map_err(|error| error.to_string())?;
    let used = &sent.request.endpoint;
    same("scheme", used.scheme().as_str(), text(expected, "scheme"))?;
    same("host", used.authority(), text(expected, "host"))
}

pub(super) fn region_env(input: &Value, expected: &Value) -> Result<(), String> {
    let region = text(input, "region");
    let found = from_environment(&super::environment(input), text(input, "service"), region);
    same_region(region, found, expected)
}

/// A file that is not there says what an empty one says.
pub(super) fn region_profile(input: &Value, expected: &Value) -> Result<(), String> {
    let region = text(input, "region");
    same_region(region, from_regions_file(text(input, "content"), text(input, "service"), region), expected)
}

fn same_region(
    region: &str,
    found: sanyun_huawei::Result<Option<Arc<[Endpoint]>>>,
    expected: &Value,
) -> Result<(), String> {
    let ours = match found.map_err(|error| error.to_string())? {
        None => json!({"region": null}),
        Some(found) => {
            let endpoints: Vec<_> = found.iter().map(ToString::to_string).collect();
            json!({"region": region, "endpoints": endpoints})
        }
    };
    same_json("region", &ours, expected)
}

pub(super) fn iam_endpoint(input: &Value, expected: &Value) -> Result<(), String> {
    let (region, env) = (some_text(input, "region"), super::environment(input));
    let iam = endpoint::iam_endpoint(region, &env).map_err(|error| error.to_string())?;
    let sts = endpoint::sts_endpoint(region, &env).map_err(|error| error.to_string())?;
    same_member(expected, "iam", &iam.to_string())?;
    same_member(expected, "sts", &sts.to_string())
}

pub(super) fn derived_predicate(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = Value::Bool(!sign::is_standard_host(text(input, "host")));
    same_json("derived", &ours, member(expected, "derived"))
}
