//! Cases of Huawei Cloud.

mod build_request;
mod credentials;
mod error_parse;
mod failover;
mod identity;
mod log;
mod places;
mod proxy;
mod retry;
mod script;
mod sign;
mod unsent;

use sanyun_core::{Credential, Fixed, redact};
use sanyun_huawei::{Client, Input, xml};
use serde_json::Value;

use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Runs one case.
pub(crate) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    match kind {
        "sign" => sign::run(input, expected),
        "build_request" => build_request::run(input, expected).into(),
        "error_parse" => error_parse::run(input, expected).into(),
        "env" => credentials::environment(input, expected).into(),
        "profile" => credentials::profile(input, expected).into(),
        "metadata" => credentials::metadata(input, expected).into(),
        "federation" => credentials::federation(input, expected).into(),
        "oidc" => credentials::oidc(input, expected).into(),
        "pod_identity" => credentials::pod_identity(input, expected).into(),
        "sts_refresh" => credentials::refresh(input, expected).into(),
        "endpoint" => places::endpoint(input, expected).into(),
        "region_env" => places::region_env(input, expected).into(),
        "region_profile" => places::region_profile(input, expected).into(),
        "project_id" => identity::project_id(input, expected).into(),
        "domain_id" => identity::domain_id(input, expected).into(),
        "iam_endpoint" => places::iam_endpoint(input, expected).into(),
        "derived_predicate" => places::derived_predicate(input, expected).into(),
        "access_log" => log::access_log(input, expected),
        "backoff" => retry::backoff(input, expected).into(),
        "retry" => retry::retry(input, expected).into(),
        "failover" => failover::run(input, expected).into(),
        "proxy" => proxy::run(input, expected).into(),
        "mask" => same("masked", &redact::middle(text(input, "text")), text(expected, "masked")).into(),
        "xml_serialize" => xml_serialize(input, expected).into(),
        "xml_parse" => xml_parse(input, expected).into(),
        "user_agent" => user_agent(expected).into(),
        _ => Outcome::NotImplemented,
    }
}

/// What the vendor's SDK says of itself is for information: ours names its own product and the platform, and has nothing in
/// it by which one installation could be told from another.
fn user_agent(official: &Value) -> Result<(), String> {
    let header = || -> Result<String, String> {
        let client = Client::builder().endpoint("service.example").credentials(Credential::keys("ak", "sk")).build();
        let call = client.map_err(|error| error.to_string())?.send(Input::get("service", "/"));
        let preview = unsent::preview(call).map_err(|error| error.to_string())?;
        Ok(preview.request.header("user-agent").to_owned())
    };
    let ours = header()?;
    let platform = format!("({}; {})", std::env::consts::OS, std::env::consts::ARCH);
    let is_own = ours.starts_with("sanyun/") && ours.ends_with(&platform) && !text(official, "header").contains(&ours);
    if is_own && ours == header()? { Ok(()) } else { Err(format!("`{ours}`")) }
}

fn xml_serialize(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = xml::to_text(member(input, "value")).map_err(|error| error.to_string())?;
    same("xml", &ours, text(expected, "xml"))
}

fn xml_parse(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = xml::from_text(text(input, "xml")).map_err(|error| error.to_string())?;
    same_json("value", &ours, member(expected, "value"))
}

/// The environment of a case.
fn environment(input: &Value) -> Fixed {
    let vars = member(input, "env").as_object().into_iter().flatten();
    vars.fold(Fixed::default(), |fixed, (name, value)| fixed.var(name, value.as_str().unwrap_or_default()))
}
