//! Kinds `breaker`, `breaker_outcome`, `breaker_failover` and `breaker_settings`.

use std::collections::HashMap;
use std::time::Duration;

use sanyun_core::breaker::{Breaker, Passage};
use sanyun_tencent::{BreakerPolicy, Client, ErrorKind, Input, Preview, RegionBreaker, Retry};
use serde_json::{Value, json};

use super::script::{Answer, Script};
use super::world;
use crate::support::{member, same, same_json, same_member, some_text, text};

/// Runs a `breaker` case: the state machine alone, at the case's times.
pub(super) fn trace(input: &Value, expected: &Value) -> Result<(), String> {
    let breaker =
        Breaker::new(policy(member(input, "settings")), time(member(input, "start"))).map_err(world::shown)?;
    let mut passages = HashMap::new();
    let operations = member(input, "ops").as_array().into_iter().flatten();
    let ours: Vec<Value> = operations.map(|operation| step(&breaker, &mut passages, operation)).collect();
    same_json("trace", &json!(ours), member(expected, "trace"))
}

fn step<'a>(breaker: &'a Breaker, passages: &mut HashMap<u64, Passage<'a>>, operation: &Value) -> Value {
    let (id, now) = (member(operation, "id").as_u64().unwrap_or_default(), time(member(operation, "t")));
    if text(operation, "op") == "begin" {
        let passage = breaker.begin(now);
        let shown = json!({"use_backup": passage.uses_backup(), "state": passage.state().as_str()});
        passages.insert(id, passage);
        return shown;
    }
    if let Some(passage) = passages.remove(&id) {
        passage.end(member(operation, "success") == true, now);
    }
    let status = breaker.status();
    json!({"state": status.state.as_str(), "failures": status.failures, "total": status.total})
}

/// The policy of a case, with our defaults for what it does not say.
fn policy(settings: &Value) -> BreakerPolicy {
    let default = BreakerPolicy::default();
    let count = |name, default| member(settings, name).as_u64().map_or(default, |count| count as u32);
    let seconds = |name, default| member(settings, name).as_u64().map_or(default, Duration::from_secs);
    BreakerPolicy {
        failures: count("max_fail_num", default.failures),
        failure_share: member(settings, "max_fail_percent").as_f64().unwrap_or(default.failure_share),
        window: seconds("window_interval", default.window),
        open_for: seconds("timeout", default.open_for),
        successes: count("max_requests", default.successes),
        ..default
    }
}

fn time(seconds: &Value) -> Duration {
    Duration::from_secs(seconds.as_u64().unwrap_or_default())
}

/// Runs a `breaker_outcome` case: with a breaker that one failure opens, the next call shows what the first one counted
/// as.
pub(super) fn outcome(input: &Value, expected: &Value) -> Result<(), String> {
    let answer = answer(member(input, "result"))?;
    let policy = BreakerPolicy { consecutive_failures: 1, ..BreakerPolicy::default() };
    let breaker = RegionBreaker { policy, ..RegionBreaker::default() };
    let client = after([answer], |builder| builder.region_breaker(breaker))?;
    let failed = next(&client, "cvm")?.request.url().contains("ap-guangzhou");
    same_member(expected, "counts_as", if failed { "failure" } else { "success" })
}

fn answer(result: &Value) -> Result<Answer, String> {
    match (text(result, "kind"), member(result, "status").as_u64()) {
        ("network_error", _) => Ok(Answer::Broken),
        ("http", Some(status)) => Ok(Answer::json(status as u16, text(result, "body").to_owned())),
        (kind, _) => Err(format!("no such result: {kind}")),
    }
}

/// Runs a `breaker_failover` case: where a call goes, and what it signs, while the breaker is open.
pub(super) fn failover(input: &Value, expected: &Value) -> Result<(), String> {
    let breaker = RegionBreaker { backup_endpoint: text(input, "backup_endpoint").to_owned(), ..Default::default() };
    let failures = (0..BreakerPolicy::default().consecutive_failures).map(|_| Answer::Broken);
    let client = after(failures, |builder| builder.region_breaker(breaker).endpoint(text(input, "endpoint")))?;
    let shown = next(&client, text(input, "service"))?;
    let canonical = &shown.signature.canonical_request;
    let signed = canonical.lines().find_map(|line| line.strip_prefix("host:")).unwrap_or_default();
    same("url", shown.request.url().trim_end_matches('/'), text(expected, "url"))?;
    same("host_header", shown.request.host(), text(expected, "host_header"))?;
    same("signed_host", signed, text(expected, "signed_host"))
}

/// A client whose first calls went so.
fn after(
    answers: impl IntoIterator<Item = Answer>,
    set: impl FnOnce(sanyun_tencent::Builder) -> sanyun_tencent::Builder,
) -> Result<Client, String> {
    let answers: Vec<_> = answers.into_iter().collect();
    let calls = answers.len();
    let script = Script::new(answers);
    let client = set(script.builder()).retry(Retry::none()).build().map_err(world::shown)?;
    for _ in 0..calls {
        // Errors are what some of these calls are for.
        let _ = world::block_on(async { client.send(Input::new("cvm", "2017-03-12", "RebootInstances")).await })?;
    }
    match script.attempts() {
        attempts if attempts == calls => Ok(client),
        attempts => Err(format!("{attempts} attempts of {calls} calls")),
    }
}

/// The next call of a client, not sent.
fn next(client: &Client, service: &str) -> Result<Preview, String> {
    world::preview(client, Input::new(service, "2017-03-12", "RebootInstances"), &[])
}

/// Runs a `breaker_settings` case.
pub(super) fn settings(input: &Value, expected: &Value) -> Result<(), String> {
    let mut breaker = RegionBreaker { policy: policy(input), ..RegionBreaker::default() };
    if let Some(backup) = some_text(input, "backup_endpoint") {
        breaker.backup_endpoint = backup.to_owned();
    }
    let built = Client::builder().region_breaker(breaker).build();
    let ours = match built {
        Ok(_) => json!({"valid": true}),
        Err(error) if error.kind() == ErrorKind::Config => json!({"valid": false, "code": "ClientError"}),
        Err(error) => json!({"valid": false, "code": error.to_string()}),
    };
    same_json("settings", &ours, expected)
}
