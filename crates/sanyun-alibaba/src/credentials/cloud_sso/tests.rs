use std::time::Duration;

use sanyun_core::testing::{NOW, World, failure_shows_no_secret, key, shows_no_secret};
use sanyun_core::time;
use serde_json::json;

use super::*;

fn source() -> CloudSso {
    CloudSso::new("https://signin.example.com:8443/start/login?x=1", "123", "ac-1", "hunter2-token")
}

fn answer() -> String {
    json!({"CloudCredential": {
        "AccessKeyId": "I", "AccessKeySecret": "hunter2-s", "SecurityToken": "hunter2-t", "Expiration": "2026-01-02T04:04:05Z",
    }})
    .to_string()
}

#[test]
fn a_login_gives_keys() {
    let world = World::new().reply(200, &answer());
    let credential = world.load(&source()).unwrap();
    assert_eq!(key(&credential), "I");
    assert_eq!(credential.attribute(PROVIDER), Some(NAME));
    assert_eq!(credential.expires_at(), Some(time::from_unix(NOW as i64 + 3600)));
    let asked = &world.requests()[0];
    assert_eq!((&*asked.method, &*asked.url), ("POST", "https://signin.example.com:8443/cloud-credentials"));
    assert_eq!(asked.header("authorization"), "Bearer hunter2-token");
    assert_eq!((asked.header("accept"), asked.header("content-type")), ("application/json", "application/json"));
    assert_eq!(asked.json(), json!({"AccountId": "123", "AccessConfigurationId": "ac-1"}));
}

#[test]
fn an_expired_login_is_not_tried() {
    let now = time::from_unix(NOW as i64);
    let error = World::new().failed(&source().token_expiring(now));
    assert_eq!((&*error.to_string(), error.hint()), ("cloud_sso: the login has expired", Some("log in again")));
    let world = World::new().reply(200, &answer());
    assert!(world.load(&source().token_expiring(now + Duration::from_secs(1))).is_ok());
}

#[test]
fn what_is_wrong_is_named_and_no_secret_shown() {
    for (status, body, problem) in [
        (401, "hunter2", "the login is not accepted (HTTP 401)"),
        (404, "hunter2", "the answer is HTTP 404"),
        (200, "hunter2", "the answer is no JSON object"),
        (200, r#"{"AccessKeySecret": "hunter2"}"#, "the answer has no SecurityToken"),
    ] {
        let world = || World::new().reply(status, body);
        assert_eq!(world().failed(&source()).to_string(), format!("cloud_sso: {problem}"));
        failure_shows_no_secret(problem, &world(), &source());
    }
    failure_shows_no_secret("echo", &World::new().echoing(403), &source());
    for bad in ["", "signin.example.com", "ftp://x/"] {
        let error = World::new().failed(&CloudSso::new(bad, "1", "2", "hunter2"));
        assert_eq!(error.to_string(), "cloud_sso: the URL of the login cannot be used");
    }
    failure_shows_no_secret("token", &World::new(), &CloudSso::new("https://x/", "1", "2", "hunter2\n"));
    shows_no_secret("source", &format!("{:?}", source()));
}
