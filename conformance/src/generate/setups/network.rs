//! What answers on the random machine's network: identity services, metadata, pod identity.

use serde_json::{Map, Value, json};

use super::Random;

/// Replies by `METHOD /path`, in the order in which they are given; what is missing cannot be reached.
pub(super) fn replies(random: &Random<'_>) -> Value {
    let mut routes = Map::new();
    let mut route = |name: &str, replies: Vec<Value>| routes.insert(name.to_owned(), Value::Array(replies));
    route("GET /v3/projects", vec![projects(random)]);
    route("GET /v3/auth/domains", vec![domains(random)]);
    route("GET /v5/caller-identity", vec![usually(random, json!({"account_id": random.word(20)}), 8)]);
    if !random.one_in(10) {
        let reply = json!({"status": 201, "headers": {"X-Subject-Token": random.word(30)}, "body": "{\"token\":{}}"});
        route("POST /v3.0/OS-AUTH/id-token/tokens", vec![perhaps_refused(random, reply, 10)]);
    }
    if !random.one_in(10) {
        route("POST /v3.0/OS-CREDENTIAL/securitytokens", vec![temporary(random, CLASSIC, "credential")]);
    }
    if !random.one_in(10) {
        route("POST /v5/agencies/assume-with-oidc", vec![temporary(random, SNAKE, "credentials")]);
    }
    if !random.one_in(6) {
        route("POST /pod/credentials", vec![temporary(random, CAMEL, "credentials")]);
    }
    // Where there is none, the official chain ends.
    if !random.one_in(4) {
        metadata(random, &mut route);
    }
    routes.into()
}

fn metadata(random: &Random<'_>, route: &mut dyn FnMut(&str, Vec<Value>) -> Option<Value>) {
    let token = || json!({"status": 200, "body": random.word(20)});
    let none = |status: u16| json!({"status": status, "body": "no tokens here"});
    let first = match random.below(10) {
        0 => none(404),
        1 => none(405),
        2 => none(503),
        3 => none(403),
        _ => token(),
    };
    route("PUT /meta-data/latest/api/token", vec![first, token()]);
    let keys = temporary(random, CLASSIC, "credential");
    let replies = match random.below(10) {
        0..4 => vec![json!({"status": 401, "body": "Please configure Cloud Service Agency first"})],
        4 => vec![json!({"status": 401, "body": "token expired"}), keys],
        5 => vec![json!({"status": 404, "body": "nothing"})],
        _ => vec![keys],
    };
    route("GET /openstack/latest/securitykey", replies);
}

fn projects(random: &Random<'_>) -> Value {
    let project = |at: usize| json!({"id": format!("{}{at}", random.word(31)), "name": format!("p{at}")});
    let count = match random.below(12) {
        0 => 0,
        1 => 2,
        _ => 1,
    };
    usually(random, json!({"projects": (0..count).map(project).collect::<Vec<_>>()}), 15)
}

fn domains(random: &Random<'_>) -> Value {
    let domains = if random.one_in(5) { json!([]) } else { json!([{"id": random.word(31), "name": "account"}]) };
    usually(random, json!({"domains": domains}), 15)
}

/// A reply of status 200, refused once in `n` times.
fn usually(random: &Random<'_>, body: Value, n: usize) -> Value {
    perhaps_refused(random, json!({"status": 200, "body": body.to_string()}), n)
}

fn perhaps_refused(random: &Random<'_>, reply: Value, n: usize) -> Value {
    let refusal = json!({"error": {"code": "refused", "message": "not you"}}).to_string();
    if random.one_in(n) { json!({"status": random.pick(&[400, 401, 403, 404]), "body": refusal}) } else { reply }
}

/// The names of access key, secret key, token and expiry.
type Names = [&'static str; 4];
const CLASSIC: Names = ["access", "secret", "securitytoken", "expires_at"];
const SNAKE: Names = ["access_key_id", "secret_access_key", "security_token", "expiration"];
const CAMEL: Names = ["accessKeyId", "secretAccessKey", "securityToken", "expiration"];

/// A reply with temporary keys.
fn temporary(random: &Random<'_>, names: Names, member: &str) -> Value {
    let names = if random.one_in(8) { *random.pick(&[CLASSIC, SNAKE, CAMEL]) } else { names };
    let expiry = match random.below(16) {
        0 => "2026-01-02T09:04:05Z",
        1 => "2026-01-02T03:24:05.000000Z",
        _ => *random.pick(&["2026-01-02T09:04:05.123000Z", "2026-01-03T03:04:05.000000Z", "2026-01-02T09:04:05.5Z"]),
    };
    let values = [random.word(20), random.word(40), random.word(60), expiry.to_owned()];
    let mut keys: Map<_, _> = names.iter().map(|name| (*name).to_owned()).zip(values.map(Value::String)).collect();
    if random.one_in(20) {
        let left_out = *random.pick(&names);
        keys.remove(left_out);
    }
    let body = if random.one_in(12) { Value::Object(keys) } else { json!({ member: keys }) };
    perhaps_refused(random, json!({"status": 200, "body": body.to_string()}), 14)
}
