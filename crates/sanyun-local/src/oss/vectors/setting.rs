//! Logging and policy of a vector bucket: kept and given back, without any effect.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::wish::invalid;
use super::{Call, document, done, gone};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use crate::oss::refusal::Refusal;
use crate::oss::xml::{self, Element};

/// The members of a bucket's row.
pub(super) const LOGGING: &str = "logging";
pub(super) const POLICY: &str = "policy";

/// The outermost member of the document about logging.
const STATUS: &str = "BucketLoggingStatus";

pub(super) async fn put_logging(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bytes = call.read(body).await?;
    // Clients differ: JSON as the vendor's writes it, or XML as for other buckets.
    let status = match xml::parse(&bytes).filter(|root| root.name == STATUS) {
        Some(root) => Some(from_xml(&root)),
        None => serde_json::from_slice::<Value>(&bytes).ok().and_then(|document| document.get(STATUS).cloned()),
    };
    let status = status.filter(Value::is_object).ok_or_else(|| invalid(STATUS, "It must be an object."))?;
    store(call, LOGGING, status).await
}

fn from_xml(root: &Element) -> Value {
    let text = |child: &Element| (child.name.clone(), Value::from(child.text.as_str()));
    let enabled = root.child("LoggingEnabled").map(|enabled| enabled.children.iter().map(text).collect::<Map<_, _>>());
    enabled.map_or(json!({}), |enabled| json!({ "LoggingEnabled": enabled }))
}

pub(super) async fn get_logging(call: &Call<'_>) -> Result<Answer, Refusal> {
    let status = |row: &Value| Ok(row.get(LOGGING).cloned().unwrap_or_else(|| json!({})));
    Ok(document(&json!({ STATUS: call.look(status).await? })))
}

pub(super) async fn put_policy(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bytes = call.read(body).await?;
    let is_object = serde_json::from_slice::<Value>(&bytes).is_ok_and(|policy| policy.is_object());
    let policy = String::from_utf8(bytes.to_vec()).ok().filter(|_| is_object);
    let refusal =
        || Refusal::new(StatusCode::BAD_REQUEST, "InvalidPolicyDocument", "The policy must be a JSON object.");
    store(call, POLICY, policy.ok_or_else(refusal)?.into()).await
}

pub(super) async fn get_policy(call: &Call<'_>) -> Result<Answer, Refusal> {
    let look = |row: &Value| {
        let missing = || {
            let message = "The specified bucket policy does not exist.";
            Refusal::new(StatusCode::NOT_FOUND, "NoSuchBucketPolicy", message)
        };
        row.get(POLICY).and_then(Value::as_str).map(str::to_owned).ok_or_else(missing)
    };
    let policy = call.look(look).await?;
    Ok(done().header("content-type", "application/json").bytes(policy))
}

async fn store(call: &Call<'_>, name: &'static str, value: Value) -> Result<Answer, Refusal> {
    let change = move |row: &mut Value| {
        if let Value::Object(members) = row {
            members.insert(name.to_owned(), value);
        }
        Ok(done())
    };
    call.change(change).await
}

pub(super) async fn delete(call: &Call<'_>, name: &'static str) -> Result<Answer, Refusal> {
    let change = move |row: &mut Value| {
        if let Value::Object(members) = row {
            members.shift_remove(name);
        }
        Ok(gone())
    };
    call.change(change).await
}
