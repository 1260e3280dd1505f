//! Kinds `endpoint`, `region_env`, `iam_endpoint` and `derived_predicate`: where calls go.

use sanyun_huawei::endpoint::{self, from_environment};
use sanyun_huawei::{Client, Input, sign};
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
    let env = super::environment(input);
    let found = from_environment(&env, text(input, "service"), region).map_err(|error| error.to_string())?;
    let ours = match found {
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
