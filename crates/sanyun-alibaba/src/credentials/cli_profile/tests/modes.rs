//! Where the keys of a profile come from.

use sanyun_core::Material;
use sanyun_core::testing::{World, failure_shows_no_secret, key, ready};
use serde_json::{Value, json};

use super::super::*;
use super::{FILE, world};
use crate::credentials::{PROVIDER, TOKEN_HEADER};
use crate::sign::SignatureVersion;
use crate::{Client, Input};

fn keys_of(id: &str) -> Value {
    json!({"AccessKeyId": id, "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": "2026-01-02T04:04:05Z", "Code": "Success"})
}

fn granted(id: &str) -> String {
    json!({ "Credentials": keys_of(id) }).to_string()
}

/// The current profile, with these members.
fn of_mode(mode: &str, members: Value) -> Value {
    let mut profile = json!({"name": "p", "mode": mode});
    profile.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    profile
}

fn provider_of(world: &World) -> String {
    let credential = world.load(&CliProfile::new()).unwrap();
    credential.attribute(PROVIDER).unwrap().to_owned()
}

fn sent(world: &World, at: usize) -> String {
    let asked = &world.requests()[at];
    format!("{}&{}&", asked.url, asked.body)
}

#[test]
fn keys_that_stand_in_the_profile() {
    let keys = json!({"access_key_id": "i", "access_key_secret": "s", "sts_token": "t", "region_id": "cn-x"});
    for (mode, provider, has_token) in [
        ("AK", "static_ak", false),
        ("ak", "static_ak", false),
        ("StsToken", "static_sts", true),
        ("STSTOKEN", "static_sts", true),
        ("", "static_sts", true),
    ] {
        let credential = world(&[of_mode(mode, keys.clone())]).load(&CliProfile::new()).unwrap();
        let found = credential.signing_keys().unwrap();
        assert_eq!((&*found.id, found.token.is_some()), ("i", has_token), "{mode}");
        assert_eq!(credential.attribute(PROVIDER), Some(&*format!("cli_profile/{provider}")));
        assert_eq!(credential.attribute(REGION), Some("cn-x"));
    }
}

#[test]
fn a_role_takes_the_token_and_the_endpoint_too() {
    let role = json!({
        "access_key_id": "i", "access_key_secret": "s", "sts_token": "tok", "ram_role_arn": "arn", "ram_session_name": "n",
        "expired_seconds": 900, "policy": "pol", "external_id": "e", "sts_endpoint": "https://sts.example.com/",
    });
    let world = world(&[of_mode("RamRoleArn", role)]).reply(200, &granted("R"));
    assert_eq!(provider_of(&world), "cli_profile/ram_role_arn/static_sts");
    let sent = sent(&world, 0);
    assert!(sent.starts_with("https://sts.example.com/"), "{sent}");
    for parameter in
        ["SecurityToken=tok", "RoleArn=arn", "RoleSessionName=n", "DurationSeconds=900", "Policy=pol", "ExternalId=e"]
    {
        assert!(sent.contains(&format!("{parameter}&")), "{parameter}: {sent}");
    }
}

#[test]
fn roles_of_roles() {
    let chain = [
        of_mode(
            "ChainableRamRoleArn",
            json!({"source_profile": "q", "ram_role_arn": "outer", "sts_region": "cn-x", "enable_vpc": true}),
        ),
        json!({"name": "q", "mode": "ChainableRamRoleArn", "source_profile": "r", "ram_role_arn": "inner", "role_session_name": "n"}),
        json!({"name": "r", "mode": "StsToken", "access_key_id": "i", "access_key_secret": "s", "sts_token": "t"}),
    ];
    let world = world(&chain).reply(200, &granted("A")).reply(200, &granted("B"));
    let credential = world.load(&CliProfile::new()).unwrap();
    assert_eq!(key(&credential), "B");
    assert_eq!(credential.attribute(PROVIDER), Some("cli_profile/ram_role_arn/ram_role_arn/static_sts"));
    assert!(sent(&world, 0).contains("RoleArn=inner&RoleSessionName=n&"));
    assert!(sent(&world, 1).starts_with("https://sts-vpc.cn-x.aliyuncs.com/"));
    assert!(sent(&world, 1).contains("AccessKeyId=A&"));
}

#[test]
fn a_profile_that_is_its_own_source_is_an_error() {
    let role = |name: &str, source: &str| json!({"name": name, "mode": "ChainableRamRoleArn", "source_profile": source, "ram_role_arn": "a"});
    let turning = world(&[role("a", "b"), role("b", "c"), role("c", "b")]);
    let problem = format!("profile c in {FILE} is its own source: a > b > c > b");
    assert_eq!(turning.failed(&CliProfile::new()).to_string(), problem);
    let itself = world(&[role("a", "a")]);
    assert_eq!(itself.failed(&CliProfile::new()).to_string(), format!("profile a in {FILE} is its own source: a > a"));
    let nowhere = world(&[role("a", "z")]);
    let problem = format!("profile a in {FILE} has the source `z`, which is not there");
    assert_eq!(nowhere.failed(&CliProfile::new()).to_string(), problem);
}

#[test]
fn machines_and_services() {
    let keys = keys_of("I").to_string();
    let machine = world(&[of_mode("ecsramrole", json!({"ram_role_name": "R"}))]).reply(200, "TOK").reply(200, &keys);
    assert_eq!(provider_of(&machine), "cli_profile/ecs_ram_role");
    assert!(machine.requests()[1].url.ends_with("/security-credentials/R"));

    let role = of_mode("RamRoleArnWithRoleName", json!({"ram_role_name": "R", "ram_role_arn": "arn"}));
    let machine = world(&[role]).reply(200, "TOK").reply(200, &keys).reply(200, &granted("X"));
    assert_eq!(provider_of(&machine), "cli_profile/ram_role_arn/ecs_ram_role");

    let token =
        json!({"oidc_provider_arn": "prov", "oidc_token_file": "/tok", "ram_role_arn": "arn", "ram_session_name": "n"});
    let workload = world(&[of_mode("OIDC", token)]).file("/tok", "id-token").reply(200, &granted("X"));
    assert_eq!(provider_of(&workload), "cli_profile/oidc_role_arn");
    assert!(sent(&workload, 0).contains("RoleSessionName=n&"));

    let uri = world(&[of_mode("CredentialsURI", json!({"credentials_uri": "http://h/x"}))]).reply(200, &keys);
    assert_eq!(provider_of(&uri), "cli_profile/credential_uri");
    let of_variable = world(&[of_mode("CredentialsURI", json!({}))]).var("ALIBABA_CLOUD_CREDENTIALS_URI", "http://v/");
    let of_variable = of_variable.reply(200, &keys);
    provider_of(&of_variable);
    assert_eq!(of_variable.requests()[0].url, "http://v/");

    let pair = world(&[of_mode("RsaKeyPair", json!({"key_pair_name": "k", "private_key": "/no.pem"}))]);
    assert!(pair.failed(&CliProfile::new()).to_string().contains("/no.pem"));
}

#[test]
fn logins() {
    let login = json!({
        "cloud_sso_sign_in_url": "https://signin.example.com/start/login", "cloud_sso_account_id": "1",
        "cloud_sso_access_config": "ac", "access_token": "hunter2", "cloud_sso_access_token_expire": 1_767_323_046,
    });
    let answer = json!({ "CloudCredential": keys_of("I") }).to_string();
    let sso = world(&[of_mode("CloudSSO", login.clone())]).reply(200, &answer);
    assert_eq!(provider_of(&sso), "cli_profile/cloud_sso");
    for end in [json!(1_767_323_045), json!(0), json!(null)] {
        let mut login = login.clone();
        login["cloud_sso_access_token_expire"] = end;
        let error = world(&[of_mode("CloudSSO", login)]).failed(&CliProfile::new());
        assert_eq!(error.to_string(), "cloud_sso: the login has expired");
        assert_eq!(error.hint(), Some("log in again: `aliyun configure --profile p --mode CloudSSO`"));
    }
}

#[cfg(unix)]
#[test]
fn a_program_may_print_another_way_to_keys() {
    let printing =
        |json: &str| of_mode("External", json!({"process_command": format!("printf '{json}'"), "sts_region": "cn-x"}));
    let role = r#"{"name":"no","mode":"RamRoleArn","access_key_id":"i","access_key_secret":"s","ram_role_arn":"arn"}"#;
    let world = super::world(&[printing(role)]).reply(200, &granted("R"));
    assert_eq!(provider_of(&world), "cli_profile/ram_role_arn/static_ak");
    assert!(sent(&world, 0).starts_with("https://sts.cn-x.aliyuncs.com/"));
    let itself = super::world(&[printing(r#"{"mode":"external"}"#)]).failed(&CliProfile::new());
    assert_eq!(itself.to_string(), "external: the program printed its own mode");
    let turning = r#"{"mode":"ChainableRamRoleArn","source_profile":"p","ram_role_arn":"a"}"#;
    let turning = super::world(&[printing(turning)]).failed(&CliProfile::new()).to_string();
    assert!(turning.ends_with("is its own source: p > p"), "{turning}");
}

#[test]
fn tokens_and_nothing_at_all() {
    let token = json!({"bearer_token": "b", "bearer_token_header_key": "x-own"});
    let credential = world(&[of_mode("BearerToken", token)]).load(&CliProfile::new()).unwrap();
    assert!(matches!(credential.material(), Material::Bearer(token) if token.expose() == "b"));
    assert_eq!(credential.attribute(TOKEN_HEADER), Some("x-own"));
    let of_variable = world(&[of_mode("BearerToken", json!({}))]).var("ALIBABA_CLOUD_BEARER_TOKEN", "v");
    let credential = of_variable.load(&CliProfile::new()).unwrap();
    assert!(matches!(credential.material(), Material::Bearer(token) if token.expose() == "v"));
    assert_eq!(credential.attribute(TOKEN_HEADER), None);
    let anonymous = world(&[of_mode("anonymous", json!({}))]).load(&CliProfile::new()).unwrap();
    assert!(matches!(anonymous.material(), Material::Anonymous));
}

#[test]
fn a_token_with_a_header_of_its_own_is_sent_in_that_alone() {
    let call = |header: &str, version: SignatureVersion| {
        let token = json!({"bearer_token": "b", "bearer_token_header_key": header});
        let settings = world(&[of_mode("BearerToken", token)]).settings();
        let client =
            Client::builder().settings(settings).region("cn-x").signature(version).credentials(CliProfile::new());
        let client = client.build().unwrap();
        ready(client.send(Input::rpc("ecs", "2014-05-26", "X")).preview())
    };
    for version in [SignatureVersion::default(), SignatureVersion::V1] {
        let request = call("X-Own", version).unwrap().request;
        assert_eq!(request.header("x-own"), "b");
        assert!(request.headers["x-own"].is_sensitive());
        assert!(!request.url().contains("SignatureType") && !request.headers.contains_key("x-acs-bearer-token"));
        let error = call("no header", version).unwrap_err().to_string();
        assert!(error.contains("`no header` cannot be the name of the header that the token is sent in"), "{error}");
    }
    assert_eq!(call("", SignatureVersion::default()).unwrap().request.header("x-acs-bearer-token"), "b");
}

#[test]
fn a_profile_without_a_mode_has_the_one_that_fits() {
    let answer = granted("X");
    for (members, provider) in [
        (json!({"access_key_id": "i", "access_key_secret": "s"}), "static_ak"),
        (json!({"access_key_id": "i", "access_key_secret": "s", "sts_token": "t"}), "static_sts"),
        (json!({"access_key_id": "i", "access_key_secret": "s", "ram_role_arn": "a"}), "ram_role_arn/static_ak"),
        (json!({"bearer_token": "b"}), "bearer"),
    ] {
        assert_eq!(provider_of(&world(&[of_mode("", members)]).reply(200, &answer)), format!("cli_profile/{provider}"));
    }
}

#[test]
fn a_profile_that_nobody_has_filled_counts_as_missing() {
    for mode in ["AK", ""] {
        let blank = world(&[of_mode(mode, json!({"access_key_id": "", "access_key_secret": "", "region_id": "cn-x"}))]);
        let reason = format!("profile p in {FILE} has no keys yet");
        assert_eq!(blank.absent(&CliProfile::new()), reason);
        assert_eq!(blank.failed(&CliProfile::named("p")).to_string(), reason);
    }
}

#[test]
fn what_is_missing_is_named_and_no_secret_shown() {
    for (mode, members, problem) in [
        ("AK", json!({"access_key_id": "i"}), "has no `access_key_secret`"),
        ("", json!({"access_key_secret": "hunter2"}), "has no `access_key_id`"),
        ("StsToken", json!({"access_key_id": "i", "access_key_secret": "hunter2"}), "has no `sts_token`"),
        ("hunter2", json!({}), "has a `mode` that is not a known one"),
        (
            "RamRoleArn",
            json!({"access_key_id": "i", "access_key_secret": "hunter2", "expired_seconds": "hunter2"}),
            "has a `expired_seconds` that is no number",
        ),
        ("ChainableRamRoleArn", json!({}), "has no `source_profile`"),
        ("External", json!({}), "has no `process_command`"),
        ("CloudSSO", json!({"access_token": "hunter2"}), "has no `cloud_sso_sign_in_url`"),
        ("BearerToken", json!({}), "has no `bearer_token`"),
        ("RsaKeyPair", json!({}), "has no `key_pair_name`"),
    ] {
        let world = world(&[of_mode(mode, members)]);
        assert_eq!(world.failed(&CliProfile::new()).to_string(), format!("profile p in {FILE} {problem}"));
        failure_shows_no_secret(problem, &world, &CliProfile::new());
    }
    let blank = world(&[of_mode("AK", json!({"access_key_id": "i", "access_key_secret": "hunter2\n"}))]);
    let problem = format!("the access key secret from profile p in {FILE} begins or ends with white space");
    assert_eq!(blank.failed(&CliProfile::new()).to_string(), problem);
}
