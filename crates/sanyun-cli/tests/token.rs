//! `sanyun huawei token`, against the embedded local cloud.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sanyun_huawei::credentials::Token;
use sanyun_huawei::{Client, Credential, Retry};
use sanyun_local::{ACCESS_KEY, DOMAIN_NAME, Local, SECRET_KEY, USER_NAME, USER_PASSWORD};
use serde_json::json;
use support::{line, run, sanyun, with_input};

#[test]
fn a_token_is_shown_with_its_scope() {
    let table = line("huawei token --local").ok();
    for part in ["scope", "project_id", "expires_at", "token"] {
        assert!(table.contains(part), "{part} in {table}");
    }
    let of_project = line("--local hw token --region cn-south-1 --output json").json();
    assert_eq!(of_project["scope"], "project");
    let of_account = line("--local hw token --domain-scope --output json").json();
    assert_eq!((&of_account["scope"], of_account.get("project_id")), (&"domain".into(), None));
    assert_eq!(of_account["domain_id"], of_project["domain_id"]);
    assert_ne!(of_account["token"], of_project["token"]);
}

#[test]
fn a_token_alone_is_for_other_programs() {
    let raw = line("hw token --local --raw").ok();
    assert!(raw.len() > 20 && raw.ends_with('\n') && !raw.trim().contains(char::is_whitespace), "{raw}");
    let told = line("hw token --local --raw --output json").failed(2);
    assert!(told.contains("--raw"), "{told}");
}

#[test]
fn the_password_comes_from_standard_input_or_the_environment() {
    let login = ["hw", "token", "--local", "--user", "sanyun-local-user", "--domain", "sanyun-local", "--raw"];
    let from_input = |password: &[u8]| with_input(sanyun().args(login).arg("--password-stdin"), password);
    from_input(b"sanyun-local-password\r\n").ok();
    let told = from_input(b"wrong-password\n").failed(3);
    assert!(told.contains("logging in as `sanyun-local-user` of `sanyun-local`"), "{told}");
    assert!(told.contains("hint: ") && !told.contains("wrong-password"), "{told}");
    assert!(from_input(b"\n").failed(2).contains("no password"));
    let told = run(sanyun().args(login).env("SANYUN_HUAWEI_PASSWORD", "wrong-password")).failed(3);
    assert!(!told.contains("wrong-password"), "{told}");
}

#[test]
fn what_is_missing_is_named() {
    assert!(line("hw token").failed(2).contains("SANYUN_HUAWEI_USER"));
    assert!(line("hw token --user u").failed(2).contains("--password-stdin"));
    let told = run(sanyun().args(["hw", "token", "--user", "u"]).env("SANYUN_HUAWEI_PASSWORD", "p")).failed(2);
    assert!(told.contains("--region") && told.contains("--domain-scope"), "{told}");
    assert!(line("hw token --project a --project-id b").failed(2).contains("cannot be used with"));
    assert!(line("hw token --local --dry-run").failed(2).contains("--dry-run means nothing"));
}

#[test]
fn its_help_says_where_the_password_comes_from() {
    for words in ["hw token --help", "help huawei token"] {
        let help = line(words).ok();
        assert!(help.contains("SANYUN_HUAWEI_PASSWORD") && help.contains("X-Auth-Token"), "{help}");
    }
    assert!(line("huawei --help").ok().contains("sanyun huawei token --help"));
}

/// What the command does once, a client does by itself, for services with and without regions.
#[test]
fn a_client_of_the_library_logs_in_and_finds_its_ids() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let local = Local::builder().start().await.unwrap();
        let token =
            || Token::password(USER_NAME, USER_PASSWORD, DOMAIN_NAME).region("cn-north-4").iam_endpoint(local.url());
        let builder = || Client::builder().region("cn-north-4").endpoint(local.url()).retry(Retry::none());
        let client = builder().credentials(token()).build().unwrap();
        client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
        let projects = client.invoke("iam", "v3", "KeystoneListProjects", json!({"name": "cn-north-4"})).await.unwrap();

        let client = builder().credentials(token().domain_scope()).build().unwrap();
        let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
        assert_eq!(error.code(), Some("Common.0018"), "{error}");
        assert!(error.hint().unwrap().contains("token of the account"), "{error:?}");

        let keys = Credential::keys(ACCESS_KEY, SECRET_KEY);
        let client = builder().credentials(keys).iam_endpoint(local.url()).build().unwrap();
        let preview = client.invoke("vpc", "v2", "ListVpcs", json!({})).preview().await.unwrap();
        assert_eq!(projects["projects"][0]["id"], preview.request.header("x-project-id"));
        client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
        local.shutdown().await;
    });
}
