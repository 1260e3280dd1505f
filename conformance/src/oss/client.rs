//! A client from the option names of the cases, and its errors in the words of the cases.

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{Backoff, Chance, Credential, Error, ErrorKind, ManualClock, Retry, SystemChance};
use sanyun_oss::operation::Product;
use sanyun_oss::{Addressing, Builder, Client, Network, OssError as _, SignatureVersion};
use serde_json::Value;

use super::script::Script;
use crate::Outcome;
use crate::support::{member, moment, same, text};

/// When the cases happen, unless they say otherwise: 2023-12-16T16:20:57Z.
const NOW: &str = "2023-12-16T16:20:57Z";

/// The error of a case that needs something that is not built yet.
pub(super) const LATER: &str = "not implemented";

/// Makes an outcome of a run whose error may be [`LATER`].
pub(super) fn outcome(result: Result<(), String>) -> Outcome {
    match result {
        Err(error) if error == LATER => Outcome::NotImplemented,
        result => result.into(),
    }
}

/// Runs a future to its end.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(future))
}

/// A clock that shows the case's time.
pub(super) fn clock(input: &Value) -> Result<Arc<ManualClock>, String> {
    let now = input.get("now").map_or_else(|| moment(&NOW.into()), moment)?;
    Ok(Arc::new(ManualClock::at(now)))
}

/// The client of a case with the machine's own chance.
pub(super) fn client(
    input: &Value,
    clock: &Arc<ManualClock>,
    script: &Script,
) -> Result<Result<Client, Error>, String> {
    client_with(input, clock, script, SystemChance)
}

/// The client of a case. The outer error is [`LATER`] or a mistake of the case, the inner one the client's.
pub(super) fn client_with(
    input: &Value,
    clock: &Arc<ManualClock>,
    script: &Script,
    chance: impl Chance,
) -> Result<Result<Client, Error>, String> {
    let product = product(input)?;
    let config = member(input, "config");
    let mut builder = Client::builder().product(product);
    builder = builder.clock(Arc::clone(clock)).transport(script.clone()).chance(chance);
    if config.get("region").is_none() {
        builder = builder.region("cn-hangzhou");
    }
    if config.get("endpoint").is_none() {
        builder = builder.network(network(config));
    }
    builder = builder.credentials(credential(config)).retry(retry(config));
    for (name, value) in config.as_object().into_iter().flatten() {
        builder = option(builder, name, value)?;
    }
    Ok(builder.build())
}

/// The product whose client a case uses.
pub(super) fn product(input: &Value) -> Result<Product, String> {
    Ok(match text(input, "client") {
        "" | "oss" => Product::Oss,
        "vectors" => Product::Vectors,
        "tables" => Product::Tables,
        "dataprocess" => Product::DataProcess,
        "agentic" => Product::Agentic,
        _ => return Err(LATER.to_owned()),
    })
}

/// An option that is not made of several.
fn option(builder: Builder, name: &str, value: &Value) -> Result<Builder, String> {
    let text = value.as_str().unwrap_or_default();
    let is_on = value == &Value::Bool(true);
    Ok(match name {
        "region" => builder.region(text),
        "account_id" => builder.account_id(text),
        "endpoint" => builder.endpoint(text),
        "use_path_style" if is_on && !is_cname(&builder) => builder.addressing(Addressing::Path),
        "use_cname" if is_on => builder.addressing(Addressing::Cname),
        "disable_ssl" if is_on => builder.plain_http(),
        "signature_version" if text == "v1" => builder.signature(SignatureVersion::V1),
        "cloud_box_id" => builder.cloud_box(text),
        "enable_auto_detect_cloud_box_id" if is_on => builder.detect_cloud_box(),
        "disable_upload_crc64_check" if is_on => builder.skip_upload_crc(),
        "disable_download_crc64_check" if is_on => builder.skip_download_crc(),
        "additional_headers" => builder.additional_headers(texts(value)),
        "default_request_headers" => value.as_object().into_iter().flatten().fold(builder, |builder, (name, value)| {
            builder.default_header(name.as_str(), value.as_str().unwrap_or_default())
        }),
        "access_key_id"
        | "access_key_secret"
        | "security_token"
        | "anonymous"
        | "retryer"
        | "retry_max_attempts"
        | "use_internal_endpoint"
        | "use_dualstack_endpoint"
        | "use_accelerate_endpoint" => builder,
        _ if value == &Value::Bool(false) || text == "v4" || is_on && name == "use_path_style" => builder,
        _ => return Err(LATER.to_owned()),
    })
}

/// A custom domain wins over the path, whichever comes first.
fn is_cname(builder: &Builder) -> bool {
    format!("{builder:?}").contains("addressing: Cname")
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn network(config: &Value) -> Network {
    let is_on = |name: &str| member(config, name) == &Value::Bool(true);
    if is_on("use_dualstack_endpoint") {
        Network::DualStack
    } else if is_on("use_internal_endpoint") {
        Network::Internal
    } else if is_on("use_accelerate_endpoint") {
        Network::Accelerate
    } else {
        Network::Public
    }
}

fn credential(config: &Value) -> Credential {
    let or = |name: &str, default: &str| config.get(name).and_then(Value::as_str).unwrap_or(default).to_owned();
    if member(config, "anonymous") == &Value::Bool(true) {
        return Credential::anonymous();
    }
    Credential::session(or("access_key_id", "ak"), or("access_key_secret", "sk"), or("security_token", ""))
}

fn retry(config: &Value) -> Retry {
    let seconds = |value: &Value, default: f64| Duration::from_secs_f64(value.as_f64().unwrap_or(default));
    let retryer = member(config, "retryer");
    let mut retry = if retryer == "nop" { Retry::none() } else { Retry::standard() };
    if retryer.is_object() {
        let (base, cap) = (seconds(member(retryer, "base_delay"), 0.2), seconds(member(retryer, "max_backoff"), 20.0));
        retry = retry.backoff(match retryer.get("backoff_delayer") {
            Some(fixed) => Backoff::Fixed(seconds(fixed, 0.0)),
            None => Backoff::full_jitter(base, cap),
        });
    }
    let attempts = config.get("retry_max_attempts").or(retryer.get("max_attempts")).and_then(Value::as_u64);
    attempts.map_or(retry.clone(), |attempts| retry.attempts(attempts as u32))
}

/// Compares an error with the one that a case expects.
pub(super) fn same_error(error: &Error, expected: &Value) -> Result<(), String> {
    let (message, field) = (error.message(), text(expected, "field"));
    let fits = match text(expected, "error_type") {
        "ServiceError" => return same_service_error(error, expected),
        "InconsistentError" => error.crc_mismatch().is_some(),
        "DeserializationError" => error.kind() == ErrorKind::Decode,
        "ParamRequiredError" => error.kind() == ErrorKind::Input && message.contains(&format!("`{field}` is missing")),
        "ParamInvalidError" => error.kind() == ErrorKind::Config && message.contains(field),
        "BucketNameInvalidError" => error.kind() == ErrorKind::Input && message.contains("bucket name"),
        "ObjectNameInvalidError" => error.kind() == ErrorKind::Input && message.contains("object key"),
        "PresignExpirationError" => error.kind() == ErrorKind::Input && message.contains("presigned"),
        "CredentialsEmptyError" => error.kind() == ErrorKind::Credentials,
        _ => matches!(error.kind(), ErrorKind::Input | ErrorKind::Config),
    };
    if fits { Ok(()) } else { Err(format!("error: ours {error:?}, expected {expected}")) }
}

fn same_service_error(error: &Error, expected: &Value) -> Result<(), String> {
    let Some(service) = error.service() else { return Err(format!("error: ours {error:?}, expected {expected}")) };
    let ours = [
        ("status_code", service.status().to_string()),
        ("code", service.code().to_owned()),
        ("message", service.message().to_owned()),
        ("request_id", service.request_id().unwrap_or_default().to_owned()),
        ("ec", error.ec().unwrap_or_default().to_owned()),
    ];
    ours.iter().try_for_each(|(name, ours)| match expected.get(name) {
        None => Ok(()),
        Some(Value::String(wanted)) => same(name, ours, wanted),
        Some(wanted) => same(name, ours, &wanted.to_string()),
    })
}

/// What a call gave, against what a case expects of its failure. `Ok(Some(_))` is a success that was expected.
pub(super) fn expect<T>(result: Result<T, Error>, expected: &Value) -> Result<Option<T>, String> {
    match (result, expected.get("error")) {
        (Ok(value), None) => Ok(Some(value)),
        (Err(error), Some(wanted)) => same_error(&error, wanted).map(|()| None),
        (Ok(_), Some(wanted)) => Err(format!("ours succeeds, expected error {wanted}")),
        (Err(error), None) => Err(format!("ours fails: {error:?}")),
    }
}
