//! Profiles of the vendor's command line.

use sanyun_core::testing::{NOW, World, key};
use sanyun_core::{Credential, ErrorKind};
use serde_json::{Value, json};

use super::super::TccliProfile;
use super::{granted, of_machine};

fn world(profile: &str, content: &Value) -> World {
    World::new().var("HOME", "/h").file(format!("/h/.tccli/{profile}.credential"), content.to_string())
}

fn shown(credential: &Credential) -> (&str, &str, Option<&str>) {
    let keys = credential.signing_keys().unwrap();
    (&keys.id, keys.secret.expose(), keys.token.as_ref().map(|token| token.expose()))
}

#[test]
fn static_keys_of_the_profile_that_is_meant() {
    let keys = |id: &str| json!({"secretId": id, "secretKey": "k", "type": "default"});
    let with_token = json!({"secretId": "d", "secretKey": "k", "token": "t"});
    let world = world("default", &with_token)
        .file("/h/.tccli/work.credential", keys("w").to_string())
        .file("/other/work.credential", keys("o").to_string());
    let credential = world.load(&TccliProfile::new()).unwrap();
    assert_eq!((shown(&credential), credential.source()), (("d", "k", Some("t")), "tccli profile default"));
    assert_eq!(shown(&world.load(&TccliProfile::named("work")).unwrap()), ("w", "k", None));
    let by_variable = world.clone().var("TCCLI_PROFILE", "work");
    assert_eq!(key(&by_variable.load(&TccliProfile::new()).unwrap()), "w");
    assert_eq!(key(&by_variable.load(&TccliProfile::named("default")).unwrap()), "d");
    assert_eq!(key(&world.load(&TccliProfile::named("work").in_folder("/other")).unwrap()), "o");
    assert_eq!(world.absent(&TccliProfile::named("none")), "no such file: /h/.tccli/none.credential");
}

#[test]
fn absent_and_broken_files_are_told_apart() {
    let half = world("default", &json!({"secretId": "i", "secretKey": ""}));
    assert_eq!(half.absent(&TccliProfile::new()), "/h/.tccli/default.credential has no `secretKey`");
    for (content, reason) in [
        ("{\n\"secretKey\": hush", ", line 2: not JSON"),
        ("[\"hush\"]", ": not a JSON object"),
        (r#"{"type": "hush"}"#, ": the `type` is not a known one"),
    ] {
        let world = World::new().var("HOME", "/h").file("/h/.tccli/default.credential", content);
        let error = world.failed(&TccliProfile::new());
        assert_eq!(error.to_string(), format!("/h/.tccli/default.credential{reason}"));
        assert_eq!(error.kind(), ErrorKind::Config);
    }
    assert_eq!(World::new().absent(&TccliProfile::new()), "there is no home folder");
}

#[test]
fn a_role_is_assumed_at_the_endpoint_of_the_configuration() {
    let file = json!({"secretId": "i", "secretKey": "k", "role-arn": "arn", "role-session-name": "s"});
    let world = world("work", &file).reply(200, &granted("role", 7200)).reply(200, &granted("role", 7200));
    let source = TccliProfile::named("work");
    assert_eq!(key(&world.load(&source).unwrap()), "role");
    let configure = json!({"sts": {"endpoint": "sts.ap-tokyo.tencentcloudapi.com", "version": "2018-08-13"}});
    world.clone().file("/h/.tccli/work.configure", configure.to_string()).load(&source).unwrap();
    let urls: Vec<_> = world.requests().into_iter().map(|asked| asked.url).collect();
    assert_eq!(urls, ["https://sts.tencentcloudapi.com/", "https://sts.ap-tokyo.tencentcloudapi.com/"]);
}

#[test]
fn a_profile_can_stand_for_the_machine() {
    let world = world("default", &json!({"type": "cvm-role"})).reply(200, "role").reply(200, &of_machine("M", 9000));
    assert_eq!(key(&world.load(&TccliProfile::new()).unwrap()), "M");
}

fn oauth(keys_end: u64, login_end: u64) -> World {
    let file = json!({
        "type": "oauth", "secretId": "old", "secretKey": "k", "token": "t", "expiresAt": keys_end,
        "oauth": {"openId": "o", "accessToken": "access", "refreshToken": "refresh", "expiresAt": login_end, "site": "cn"},
    });
    world("work", &file)
}

const FRESH: &str = r#"{"SecretId":"new","SecretKey":"k2","Token":"t2","ExpiresAt":1900000000}"#;

#[test]
fn keys_of_a_browser_login_serve_until_they_near_their_end() {
    let source = TccliProfile::named("work");
    let credential = oauth(NOW + 301, NOW).load(&source).unwrap();
    assert_eq!((shown(&credential), credential.source()), (("old", "k", Some("t")), "tccli profile work"));
    assert_eq!(credential.refresh_ahead().map(|ahead| ahead.as_secs()), Some(300));

    let world = oauth(NOW + 300, NOW + 301).reply(200, FRESH);
    assert_eq!(shown(&world.load(&source).unwrap()), ("new", "k2", Some("t2")));
    let asked = &world.requests()[0];
    assert_eq!(asked.url, "https://cli.cloud.tencent.com/get_temp_cred");
    let body = asked.json();
    assert_eq!((&body["AccessToken"], &body["Site"]), (&json!("access"), &json!("cn")));
    assert_eq!(body["TraceId"].as_str().map(str::len), Some(36));
    assert_eq!(asked.header("authorization"), "");
}

#[test]
fn a_browser_login_is_prolonged_first_where_it_must_be() {
    let world = oauth(NOW - 1, NOW + 299).reply(200, r#"{"AccessToken":"b","ExpiresAt":1900000000}"#).reply(200, FRESH);
    assert_eq!(key(&world.load(&TccliProfile::named("work")).unwrap()), "new");
    let requests = world.requests();
    assert_eq!(requests[0].url, "https://cli.cloud.tencent.com/refresh_user_token");
    let body = requests[0].json();
    assert_eq!((&body["RefreshToken"], &body["OpenId"], &body["Site"]), (&json!("refresh"), &json!("o"), &json!("cn")));
    assert_eq!(requests[1].json()["AccessToken"], "b");
}

#[test]
fn a_login_that_is_over_says_what_to_run() {
    let over = r#"{"Error":{"Code":"InvalidToken","Message":"hush"}}"#;
    let error = oauth(NOW - 1, NOW + 9000).reply(200, over).failed(&TccliProfile::named("work"));
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(
        error.to_string(),
        "tccli: the login of profile `work` is not accepted: cli.cloud.tencent.com answers InvalidToken"
    );
    assert_eq!(error.hint(), Some("log in again: `tccli auth login --profile work`"));
    // While the old keys hold, a failed renewal is none.
    let world = oauth(NOW + 100, NOW + 9000).reply(200, over);
    assert_eq!(key(&world.load(&TccliProfile::named("work")).unwrap()), "old");
    let unreachable = oauth(NOW - 1, NOW + 9000).refusing().failed(&TccliProfile::named("work"));
    assert!(unreachable.is_retryable() && unreachable.hint().is_none_or(|hint| !hint.contains("log in again")));
    let page = oauth(NOW - 1, NOW + 9000).reply(200, "<html>").failed(&TccliProfile::named("work"));
    assert!(page.to_string().contains("gave no answer to /get_temp_cred (HTTP 200)"), "{page}");
}

fn sso(keys_end: u64, login_end: u64) -> World {
    let file = json!({
        "type": "sso", "secretId": "old", "secretKey": "k", "token": "t", "expiresAt": keys_end,
        "sso": {
            "token": "skey", "uin": "100", "roleConfigurationId": "c", "roleConfigurationName": "admin", "zoneId": "z",
            "site": "cn", "authUrl": "https://login.example", "expiresAt": login_end,
        },
    });
    world("work", &file)
}

#[test]
fn keys_of_a_company_login_are_renewed_while_it_lasts() {
    let source = TccliProfile::named("work");
    assert_eq!(key(&sso(NOW + 301, NOW).load(&source).unwrap()), "old");
    let keys = json!({
        "Credentials": {"TmpSecretId": "new", "TmpSecretKey": "k2", "Token": "t2"}, "ExpiredTime": NOW + 3600,
    });
    let world = sso(NOW, NOW + 3600).reply(200, r#"{"SAMLResponse":"saml"}"#).reply(200, &keys.to_string());
    assert_eq!(shown(&world.load(&source).unwrap()), ("new", "k2", Some("t2")));
    let requests = world.requests();
    assert_eq!(requests[0].url, "https://cli.cloud.tencent.com/api/org/gen_saml_response");
    assert_eq!(requests[1].url, "https://cli.cloud.tencent.com/api/sts/assume_role_with_saml");
    let without = |mut body: Value, names: &[&str]| {
        names.iter().for_each(|name| assert!(body.as_object_mut().unwrap().remove(*name).is_some()));
        body
    };
    let first = json!({
        "Site": "cn", "LoginToken": "skey", "LoginType": "RoleSAML", "TargetUin": "100", "UserId": "",
        "RoleConfigurationId": "c",
    });
    assert_eq!(without(requests[0].json(), &["TraceId"]), first);
    let second = json!({
        "Site": "cn", "SAMLAssertion": "saml", "DurationSeconds": 3600,
        "PrincipalArn": "qcs::cam::uin/100:saml-provider/TencentReservedSSO-z",
        "RoleArn": "qcs::cam::uin/100:roleName/TencentCloudSSO-admin",
    });
    assert_eq!(without(requests[1].json(), &["TraceId", "RoleSessionName"]), second);
}

#[test]
fn a_company_login_that_is_over_says_what_to_run() {
    let source = TccliProfile::named("work");
    let error = sso(NOW - 1, NOW + 300).failed(&source);
    assert_eq!(error.hint(), Some("log in again: `tccli sso login --profile work`"));
    assert!(error.to_string().contains("has expired"), "{error}");
    let damaged = world("work", &json!({"type": "sso", "secretId": "i"})).failed(&source);
    assert_eq!(damaged.to_string(), "/h/.tccli/work.credential has no `sso`");
    assert!(damaged.hint().is_some_and(|hint| hint.contains("tccli sso login")));
}
