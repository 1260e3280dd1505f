//! The policy of a form upload: until when, and what the form may say.

use std::time::SystemTime;

use http::StatusCode;
use sanyun_core::{encode, time};
use serde_json::Value;

use super::refusal::Refusal;

/// The sizes in bytes that a policy allows: from, to.
pub(super) type Range = (u64, u64);

/// Checks a policy as it stands in the form, Base64 of JSON. `field` says what the form has, by lower-case names, and the
/// bucket as `bucket`.
///
/// # Errors
/// `InvalidPolicyDocument`; `AccessDenied` if it has expired or a condition does not hold.
pub(super) fn check(text: &str, now: SystemTime, field: impl Fn(&str) -> Option<String>) -> Result<Range, Refusal> {
    let decoded = encode::base64_decode(text).ok_or_else(|| invalid("Invalid Base64."))?;
    let policy: Value = serde_json::from_slice(&decoded).map_err(|_| invalid("Invalid JSON."))?;
    let expiration = policy.get("expiration").and_then(Value::as_str).and_then(time::parse_rfc3339);
    if expiration.ok_or_else(|| invalid("Policy missing expiration."))? < now {
        return Err(Refusal::access_denied("Invalid according to Policy: Policy expired."));
    }
    let conditions = policy.get("conditions").and_then(Value::as_array).filter(|conditions| !conditions.is_empty());
    let mut range = (0, u64::MAX);
    for condition in conditions.ok_or_else(|| invalid("Policy missing conditions."))? {
        match of_sizes(condition)? {
            Some((from, to)) => range = (range.0.max(from), range.1.min(to)),
            None if holds(condition, &field)? => {}
            None => {
                let message = format!("Invalid according to Policy: Policy Condition failed: {condition}");
                return Err(Refusal::access_denied(&message));
            }
        }
    }
    Ok(range)
}

/// `["content-length-range", from, to]`; `None` for another condition.
fn of_sizes(condition: &Value) -> Result<Option<Range>, Refusal> {
    let name = condition.get(0).and_then(Value::as_str).unwrap_or_default();
    if name != "content-length-range" {
        return Ok(None);
    }
    let bound = |at: usize| condition.get(at).and_then(Value::as_u64);
    let range = bound(1).zip(bound(2)).ok_or_else(|| invalid("Invalid content-length-range."))?;
    Ok(Some(range))
}

/// Whether one of the other conditions holds: `{"name": "value"}`, or `[operator, "$name", value]`.
fn holds(condition: &Value, field: &impl Fn(&str) -> Option<String>) -> Result<bool, Refusal> {
    let simple = "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.";
    if let Value::Object(members) = condition {
        let (Some((name, wanted)), 1) = (members.iter().next(), members.len()) else { return Err(invalid(simple)) };
        let wanted = wanted.as_str().ok_or_else(|| invalid("Invalid Simple-Condition: value must be a string."))?;
        return Ok(field(&name.to_ascii_lowercase()).as_deref() == Some(wanted));
    }
    let text = |at: usize| condition.get(at).and_then(Value::as_str);
    let name = text(1).and_then(|name| name.strip_prefix('$')).map(str::to_ascii_lowercase);
    let given = field(&name.ok_or_else(|| invalid("Invalid Condition: the field begins with `$`."))?);
    let (one, many) = (text(2), condition.get(2).and_then(Value::as_array));
    let among = |values: &Vec<Value>| given.as_deref().is_some_and(|given| values.iter().any(|one| one == given));
    match (text(0).unwrap_or_default(), one, many) {
        ("eq", Some(wanted), _) => Ok(given.as_deref() == Some(wanted)),
        ("starts-with", Some(wanted), _) => Ok(given.as_deref().unwrap_or_default().starts_with(wanted)),
        ("in", _, Some(values)) => Ok(among(values)),
        ("not-in", _, Some(values)) => Ok(!among(values)),
        _ => Err(invalid("Invalid Condition.")),
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "InvalidPolicyDocument", format!("Invalid Policy: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(policy: &Value) -> Result<Range, &'static str> {
        let field = |name: &str| match name {
            "bucket" => Some("photos".to_owned()),
            "key" => Some("user/a.jpg".to_owned()),
            "content-type" => Some("image/jpg".to_owned()),
            _ => None,
        };
        let text = encode::base64(policy.to_string().as_bytes());
        check(&text, time::from_unix(1_800_000_000), field).map_err(|refusal| refusal.code)
    }

    fn with(condition: Value) -> Result<Range, &'static str> {
        outcome(&json!({"expiration": "2030-01-01T00:00:00.000Z", "conditions": [condition]}))
    }

    #[test]
    fn conditions_hold_or_not() {
        for condition in [
            json!({"bucket": "photos"}),
            json!(["eq", "$key", "user/a.jpg"]),
            json!(["starts-with", "$key", "user/"]),
            json!(["starts-with", "$x-oss-meta-a", ""]),
            json!(["in", "$Content-Type", ["image/jpg", "image/png"]]),
            json!(["not-in", "$cache-control", ["no-cache"]]),
        ] {
            assert_eq!(with(condition.clone()), Ok((0, u64::MAX)), "{condition}");
        }
        for condition in [
            json!({"bucket": "others"}),
            json!(["eq", "$key", "user/b.jpg"]),
            json!(["starts-with", "$key", "x"]),
            json!(["in", "$content-type", ["image/png"]]),
            json!(["not-in", "$content-type", ["image/jpg"]]),
        ] {
            assert_eq!(with(condition.clone()), Err("AccessDenied"), "{condition}");
        }
        assert_eq!(with(json!(["content-length-range", 1, 1024])), Ok((1, 1024)));
    }

    #[test]
    fn a_policy_must_be_one() {
        let malformed = Err("InvalidPolicyDocument");
        for condition in [
            json!({"a": "b", "c": "d"}),
            json!(["not-in", "$a", "b"]),
            json!(["eq", "key", "a"]),
            json!("eq"),
            json!(["content-length-range", 1]),
        ] {
            assert_eq!(with(condition.clone()), malformed, "{condition}");
        }
        assert_eq!(outcome(&json!({"conditions": [{"bucket": "photos"}]})), malformed);
        assert_eq!(outcome(&json!({"expiration": "2030-01-01T00:00:00Z", "conditions": []})), malformed);
        let over = json!({"expiration": "2020-01-01T00:00:00Z", "conditions": [{"bucket": "photos"}]});
        assert_eq!(outcome(&over), Err("AccessDenied"));
    }
}
