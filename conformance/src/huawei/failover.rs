//! Kind `failover`: which endpoints the calls of one client go to.

use sanyun_huawei::{Input, Retry};
use serde_json::{Value, json};

use super::script::{Script, outcome};
use crate::support::{member, same_json};

/// The vendor's client repeats nothing unless it is told to.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let script = Script::default();
    let (client, clock) =
        script.client(member(input, "endpoints"), Retry::none()).map_err(|error| error.to_string())?;
    let mut calls = Vec::new();
    for outcomes in member(input, "calls").as_array().into_iter().flatten() {
        script.set(outcomes);
        let (status, error) = outcome(client.send(Input::post("vpc", "/v1/x")));
        calls.push(json!({"status": status, "error": error, "hosts": script.hosts(), "unused": script.unused()}));
    }
    if !clock.sleeps().is_empty() {
        return Err("it waits before it goes to the next endpoint".to_owned());
    }
    same_json("failover", &json!({"calls": calls}), expected)
}
