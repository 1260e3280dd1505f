//! Settings of a client.

use sanyun_tencent::{Client, Input, Language};
use serde_json::Value;

use super::world;
use crate::support::{member, same, same_member, some_text, text};

/// Runs an `endpoint` case: where the call goes, and what is signed.
pub(super) fn endpoint(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = shaped(input);
    if expected.get("code").or(expected.get("error")).is_some() {
        return ours.err().map(drop).ok_or_else(|| "ours succeeds, an error is expected".to_owned());
    }
    let (base_url, host, signed) = ours?;
    if let Some(wanted) = some_text(expected, "base_url") {
        same("base_url", &base_url, wanted.trim_end_matches('/'))?;
    }
    same_member(expected, "host_header", &host)?;
    same_member(expected, "signed_host", &signed)
}

/// The base URL, the `Host` header and the signed host.
fn shaped(input: &Value) -> Result<(String, String, String), String> {
    let client = world::builder(&serde_json::json!({
        "scheme": member(input, "scheme"),
        "service": text(input, "service"),
        "secret_id": "AKIDTEST",
        "secret_key": "secret",
    }))?;
    let client = client
        .endpoint(text(input, "endpoint"))
        .root_domain(text(input, "root_domain"))
        .gateway(text(input, "apigw_endpoint"))
        .build();
    let call = Input::new(text(input, "service"), "2017-03-12", "DescribeZones");
    let call = call.action_endpoint(text(input, "action_endpoint"));
    let shown = world::preview(&client.map_err(world::shown)?, call, &[])?;
    let canonical = &shown.signature.canonical_request;
    let signed = canonical.lines().find_map(|line| line.strip_prefix("host:")).unwrap_or_default();
    Ok((shown.request.endpoint.to_string(), shown.request.host().to_owned(), signed.to_owned()))
}

/// Runs a `language` case.
pub(super) fn language(input: &Value, expected: &Value) -> Result<(), String> {
    let valid = text(input, "language").parse::<Language>().is_ok();
    if valid == (member(expected, "valid") == true) { Ok(()) } else { Err(format!("ours says valid: {valid}")) }
}

/// Runs a `request_client` case. `{SDK}` stands for the product.
pub(super) fn request_client(input: &Value, expected: &Value) -> Result<(), String> {
    let client = world::builder(&serde_json::json!({
        "service": "cvm", "secret_id": "AKIDTEST", "secret_key": "secret",
    }))?;
    let client: Client = client.product("SDK").request_client(text(input, "custom")).build().map_err(world::shown)?;
    let shown = world::preview(&client, Input::new("cvm", "2017-03-12", "DescribeZones"), &[])?;
    same("header", shown.request.header("x-tc-requestclient"), &text(expected, "header").replace("{SDK}", "SDK"))
}
