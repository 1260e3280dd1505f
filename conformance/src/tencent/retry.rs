//! Kind `retry`: the vendor's policy by name, through a client whose network answers from a list.

use sanyun_tencent::{Input, error, retry};
use serde_json::{Value, json};

use super::script::{Answer, Script};
use super::world;
use crate::support::{member, same_json};

/// Runs a case with both forms of the policy: they differ for calls that cannot be repeated, and these can.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let attempts = member(input, "max_attempts").as_u64().unwrap_or_default() as u32;
    let idempotent = member(input, "idempotent") == true;
    for (policy, idempotent) in [(retry::official(attempts), idempotent), (retry::official_for_all(attempts), false)] {
        let outcomes = member(input, "outcomes").as_array().into_iter().flatten();
        let answers = outcomes.map(|outcome| answer(outcome.as_str().unwrap_or_default()));
        // After the list everything succeeds.
        let script = Script::new(answers.chain((0..10).map(|_| answer("ok"))));
        let client = script.builder().retry(policy).build().map_err(world::shown)?;
        let call = client.send(Input::new("cvm", "2017-03-12", "RebootInstances")).idempotent(idempotent);
        let result = match world::block_on(async { call.await })? {
            Ok(_) => "ok".to_owned(),
            Err(failed) => error::official_code(&failed).to_owned(),
        };
        let ours = json!({"attempts": script.attempts(), "sleeps_s": script.waits(), "result": result});
        same_json("retry", &ours, expected)?;
    }
    Ok(())
}

fn answer(outcome: &str) -> Answer {
    let status = outcome.strip_prefix("http:").and_then(|status| status.parse().ok());
    match (outcome, status) {
        ("ok", _) => Answer::json(200, r#"{"Response":{"RequestId":"r"}}"#),
        ("ClientNetworkError", _) => Answer::Broken,
        (_, Some(status)) => Answer::Reply(status, "text/html".to_owned(), vec!["<html>".into()]),
        (code, None) => {
            let envelope = json!({"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": "r"}});
            Answer::json(200, envelope.to_string())
        }
    }
}
