use sanyun_core::testing::{NOW, World, failure_shows_no_secret, key, shows_no_secret};

use super::*;

fn printing(json: &str) -> ExternalProcess {
    ExternalProcess::new(format!("printf '%s\n' '{json}'"))
}

#[test]
fn what_a_program_prints_are_keys() {
    let source = printing(
        r#"{"mode":"StsToken","access_key_id":"i","access_key_secret":"s","sts_token":"t","expiration":"2026-01-02T04:04:05Z"}"#,
    );
    let credential = World::new().load(&source).unwrap();
    let keys = credential.signing_keys().unwrap();
    assert_eq!((&*keys.id, keys.secret.expose(), keys.token.as_ref().unwrap().expose()), ("i", "s", "t"));
    assert_eq!(credential.expires_at(), Some(time::from_unix(NOW as i64 + 3600)));
    assert_eq!(credential.refresh_ahead(), Some(AHEAD));
}

#[test]
fn keys_without_an_end_are_asked_for_again() {
    let credential =
        World::new().load(&printing(r#"{"mode":"ak","access_key_id":"i","access_key_secret":"s"}"#)).unwrap();
    assert_eq!(key(&credential), "i");
    assert_eq!(credential.expires_at(), Some(time::from_unix(NOW as i64 + 60)));
}

#[test]
fn what_is_wrong_is_named_and_not_shown() {
    for (printed, problem) in [
        ("hunter2", "printed no JSON object"),
        ("[]", "printed no JSON object"),
        (r#"{"mode":"hunter2"}"#, "printed a `mode` that is neither `AK` nor `StsToken`"),
        (r#"{"mode":"AK","access_key_secret":"hunter2"}"#, "printed no `access_key_id`"),
        (r#"{"mode":"AK","access_key_id":"i","access_key_secret":""}"#, "printed no `access_key_secret`"),
        (r#"{"mode":"StsToken","access_key_id":"i","access_key_secret":"hunter2"}"#, "printed no `sts_token`"),
        (
            r#"{"access_key_id":"i","access_key_secret":"hunter2","expiration":"hunter2"}"#,
            "printed an `expiration` that is no time",
        ),
    ] {
        let source = printing(printed);
        assert_eq!(World::new().failed(&source).to_string(), format!("external: the program {problem}"));
        failure_shows_no_secret(printed, &World::new(), &source);
    }
    let failing = ExternalProcess::new("sh -c 'echo hunter2; exit 3'");
    assert_eq!(World::new().failed(&failing).to_string(), "external: the program failed (exit status: 3)");
    failure_shows_no_secret("unknown", &World::new(), &ExternalProcess::new("/not/there hunter2"));
    shows_no_secret("source", &format!("{:?}", ExternalProcess::new("keys hunter2")));
}

#[test]
fn one_that_takes_too_long_is_stopped() {
    let source = ExternalProcess::new("sleep 600").timeout(Duration::from_millis(20));
    assert_eq!(World::new().failed(&source).to_string(), "external: the program did not end within 20ms");
}

#[test]
fn a_variable_forbids_it() {
    for yes in ["1", "true", "TRUE"] {
        let world = World::new().var(FORBIDDEN, yes);
        assert_eq!(world.absent(&ExternalProcess::new("false")), format!("forbidden by {FORBIDDEN}"));
    }
}
