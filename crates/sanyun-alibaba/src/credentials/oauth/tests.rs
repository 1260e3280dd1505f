use std::path::Path;
use std::sync::Arc;

use sanyun_core::testing::{NOW, World, failure_shows_no_secret, key, ready};
use sanyun_core::{Context, CredentialSource, Edit, Files};
use serde_json::json;

use crate::credentials::CliProfile;

const FILE: &str = "/home/.aliyun/config.json";

/// A profile whose access token lasts for so many seconds.
fn login(seconds: u64) -> serde_json::Value {
    json!({
        "name": "default", "mode": "OAuth", "oauth_access_token": "hunter2-access", "oauth_refresh_token": "hunter2-refresh",
        "oauth_access_token_expire": NOW + seconds, "unknown": {"z": 1, "a": [2.50]},
    })
}

fn world(profile: &serde_json::Value) -> World {
    let file = json!({"current": "default", "profiles": [profile], "meta_path": ""});
    World::new().var("HOME", "/home").file(FILE, serde_json::to_string_pretty(&file).unwrap())
}

fn keys(id: &str) -> String {
    json!({"accessKeyId": id, "accesskeysecret": "hunter2-s", "SecurityToken": "hunter2-t", "expiration": "2026-01-02T04:04:05Z"})
        .to_string()
}

const TOKENS: &str = r#"{"access_token": "hunter2-a2", "refresh_token": "hunter2-r2", "expires_in": 7200}"#;

fn profile_in(world: &World) -> serde_json::Value {
    let bytes = world.context().files.read(Path::new(FILE)).unwrap();
    serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()["profiles"][0].clone()
}

fn source() -> CliProfile {
    CliProfile::new()
}

#[test]
fn an_access_token_that_lasts_is_exchanged() {
    let world = world(&login(1201)).reply(200, &keys("I"));
    assert_eq!(key(&world.load(&source()).unwrap()), "I");
    let asked = world.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!((&*asked[0].method, &*asked[0].url), ("POST", "https://oauth.aliyun.com/v1/exchange"));
    assert_eq!((asked[0].header("authorization"), &*asked[0].body), ("Bearer hunter2-access", ""));
    let written = profile_in(&world);
    assert_eq!(written["access_key_id"], "I");
    assert_eq!(written["sts_expiration"], NOW + 3600);
    assert_eq!(written["unknown"], json!({"z": 1, "a": [2.50]}));
    // What has been written serves the next one.
    assert_eq!(key(&world.load(&source()).unwrap()), "I");
    assert_eq!(world.requests().len(), 1);
}

#[test]
fn a_token_near_its_end_is_renewed_first() {
    let mut profile = login(1200);
    profile["oauth_site_type"] = "Intl".into();
    let world = world(&profile).reply(200, TOKENS).reply(200, &keys("I"));
    world.load(&source()).unwrap();
    let asked = world.requests();
    assert_eq!(asked[0].url, "https://oauth.alibabacloud.com/v1/token");
    assert_eq!(
        asked[0].body,
        "grant_type=refresh_token&refresh_token=hunter2-refresh&client_id=4103531455503354461&Timestamp=2026-01-02T03%3A04%3A05Z"
    );
    assert_eq!(asked[1].header("authorization"), "Bearer hunter2-a2");
    let written = profile_in(&world);
    assert_eq!(written["oauth_refresh_token"], "hunter2-r2");
    assert_eq!(written["oauth_access_token_expire"], NOW + 7200);
}

#[test]
fn a_renewed_login_is_kept_even_if_there_are_no_keys() {
    let world = world(&login(0)).reply(200, TOKENS).reply(403, r#"{"error": "hunter2"}"#).reply(200, &keys("I"));
    // The second attempt begins with what was kept.
    assert_eq!(key(&world.load(&source()).unwrap()), "I");
    assert_eq!(profile_in(&world)["oauth_refresh_token"], "hunter2-r2");
    assert_eq!(world.requests()[2].header("authorization"), "Bearer hunter2-a2");
}

#[test]
fn a_login_that_is_not_renewed_is_not_written() {
    let world = world(&login(9999)).reply(200, &keys("I"));
    let context = world.context();
    // Somebody else renews it in the meantime.
    let files = Arc::new(Rotating(Arc::clone(&context.files)));
    let context = Context { files, ..context };
    ready(source().load(&context)).unwrap();
    let written = profile_in(&world);
    assert_eq!((&written["oauth_refresh_token"], &written["access_key_id"]), (&json!("theirs"), &json!("I")));
}

/// Files in which the token for renewal changes before anything else does.
struct Rotating(Arc<dyn Files>);

impl Files for Rotating {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn update(&self, path: &Path, edit: &mut Edit<'_>) -> std::io::Result<()> {
        let theirs =
            |old: &[u8]| String::from_utf8(old.to_vec()).unwrap().replace("hunter2-refresh", "theirs").into_bytes();
        self.0.update(path, &mut |old| Ok(Some(theirs(old))))?;
        self.0.update(path, edit)
    }
}

#[test]
fn a_renewed_login_that_cannot_be_kept_is_an_error() {
    let world = world(&login(0)).reply(200, TOKENS);
    let context = Context { files: Arc::new(ReadOnly(world.context().files)), ..world.context() };
    let error = ready(source().load(&context)).unwrap_err().into_error("");
    assert_eq!(error.hint(), Some("the login was renewed and is lost: log in again, with a writable file"));
    let lasting = super::tests::world(&login(9999)).reply(200, &keys("I"));
    let context = Context { files: Arc::new(ReadOnly(lasting.context().files)), ..lasting.context() };
    assert_eq!(key(&ready(source().load(&context)).unwrap()), "I");
}

struct ReadOnly(Arc<dyn Files>);

impl Files for ReadOnly {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }
}

#[test]
fn what_is_refused_says_how_to_log_in_again() {
    for (seconds, replies) in [(0, vec![(400, "hunter2")]), (9999, vec![(200, r#"{"error": "hunter2"}"#)])] {
        let world = || replies.iter().fold(world(&login(seconds)), |world, (status, body)| world.reply(*status, body));
        let error = world().failed(&source());
        let status = replies[0].0;
        assert_eq!(error.to_string(), format!("oauth: the login of profile default is not accepted (HTTP {status})"));
        assert_eq!(error.hint(), Some("log in again: `aliyun configure --profile default --mode OAuth`"));
        failure_shows_no_secret("refusal", &world(), &source());
    }
    for seconds in [0, 9999] {
        failure_shows_no_secret("echo", &world(&login(seconds)).echoing(400), &source());
        failure_shows_no_secret("echo", &world(&login(seconds)).echoing(200), &source());
    }
    let never = world(&json!({"name": "default", "mode": "OAuth"}));
    assert_eq!(never.failed(&source()).to_string(), "oauth: the login of profile default was never finished");
    let nowhere = world(&json!({"name": "default", "mode": "OAuth", "oauth_site_type": "MOON"}));
    assert!(
        nowhere.failed(&source()).to_string().ends_with("has an `oauth_site_type` that is neither `CN` nor `INTL`")
    );
}

#[test]
fn stored_keys_serve_to_their_end() {
    let mut profile = login(0);
    for (member, value) in [
        ("access_key_id", json!("STS.x")),
        ("access_key_secret", json!("s")),
        ("sts_token", json!("t")),
        ("sts_expiration", json!(NOW + 1)),
    ] {
        profile[member] = value;
    }
    assert_eq!(key(&world(&profile).load(&source()).unwrap()), "STS.x");
    profile["sts_expiration"] = NOW.into();
    let world = world(&profile).reply(200, TOKENS).reply(200, &keys("I"));
    assert_eq!(key(&world.load(&source()).unwrap()), "I");
}

#[test]
fn the_profile_behind_a_role_is_the_one_that_is_written() {
    let mut behind = login(9999);
    behind["name"] = "login".into();
    let role =
        json!({"name": "default", "mode": "ChainableRamRoleArn", "source_profile": "login", "ram_role_arn": "arn"});
    let file = json!({"profiles": [behind, role]}).to_string();
    let sts = json!({"Credentials": {
        "AccessKeyId": "R", "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": "2026-01-02T04:04:05Z",
    }});
    let world = World::new().var("HOME", "/home").file(FILE, file).reply(200, &keys("I")).reply(200, &sts.to_string());
    assert_eq!(key(&world.load(&source()).unwrap()), "R");
    assert_eq!(profile_in(&world)["access_key_id"], "I");
}
