mod agencies;
mod machine;
mod refresh;
mod secrets;
mod tokens;

use sanyun_core::testing::{self, World};

use super::*;

#[test]
fn ids_in_code_win() {
    let ids = Ids { project_id: Some("client".to_owned()), domain_id: None };
    let own = Credential::keys("a", "s").with_attribute(PROJECT_ID, "own").with_attribute(DOMAIN_ID, "d");
    assert_eq!(ids.of(&own), (Some("own"), Some("d")));
    assert_eq!(ids.of(&own.from_source("environment")), (Some("client"), Some("d")));
    assert_eq!(ids.of(&Credential::anonymous()), (Some("client"), None));
}

const BOTH: &str = "[basic]\nak = b\nsk = bs\nproject_id = p\n[global]\nak = g\nsk = gs\nsecurity_token = t\ndomainId = d\n[ops]\nak = o\nsk = os\n";

#[test]
fn a_profile_has_a_section_for_each_kind_of_call() {
    let world = World::new().var("HOME", "/home/me").file("/home/me/.huaweicloud/credentials", BOTH);
    let basic = world.load(&Profile::new()).unwrap();
    assert_eq!((testing::key(&basic), basic.attribute(PROJECT_ID)), ("b", Some("p")));
    assert_eq!(basic.source(), "profile basic of /home/me/.huaweicloud/credentials");
    let global = world.kind(GLOBAL).load(&Profile::new()).unwrap();
    assert_eq!((testing::key(&global), global.attribute(DOMAIN_ID)), ("g", Some("d")));
    assert_eq!(testing::key(&world.load(&Profile::section("ops")).unwrap()), "o");
}

#[test]
fn a_profile_is_where_code_or_a_variable_says() {
    let file = |key: &str| format!("[basic]\nak={key}\nsk=s\niam_endpoint = https://iam.corp\n");
    let world = World::new()
        .var("HOME", "/h")
        .var("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/named")
        .file("/h/.huaweicloud/credentials", "[basic]\nak=no\nsk=no\n")
        .file("/named", file("n"))
        .file("/given", file("c"));
    let named = world.load(&Profile::new()).unwrap();
    assert_eq!((testing::key(&named), named.attribute(IAM_ENDPOINT)), ("n", Some("https://iam.corp")));
    assert_eq!(testing::key(&world.load(&Profile::at("/given")).unwrap()), "c");
}

#[test]
fn a_profile_without_the_section_names_those_it_has() {
    let world = World::new().file("/f", "[global]\nak=a\nsk=s\n[x]\nak=a\n");
    assert_eq!(world.absent(&Profile::at("/f")), "/f has no section [basic], only [global], [x]");
    assert_eq!(
        world.absent(&Profile::at("/f").in_section("x")),
        "profile x of /f has neither ak and sk nor idp_id and id_token_file"
    );
    assert!(world.absent(&Profile::at("/none")).starts_with("/none: "));
    assert!(world.absent(&Profile::new()).contains("no home folder"));
}

#[test]
fn a_profile_that_cannot_be_understood_stops_the_search() {
    let world = World::new().file("/f", "[basic]\nak = a\nrubbish\n").file("/bytes", [0xff_u8, 0xfe]);
    assert_eq!(
        world.failed(&Profile::at("/f")).to_string(),
        "/f, line 3: neither a section, a comment, nor `key = value`"
    );
    assert_eq!(world.failed(&Profile::at("/bytes")).to_string(), "/bytes: not UTF-8");
}

#[test]
fn the_environment_gives_keys_and_ids() {
    let world = World::new()
        .var("HUAWEICLOUD_SDK_AK", "a")
        .var("HUAWEICLOUD_SDK_SK", " s ")
        .var("HUAWEICLOUD_SDK_SECURITY_TOKEN", "")
        .var("HUAWEICLOUD_SDK_IDP_ID", "")
        .var("HUAWEICLOUD_SDK_ID_TOKEN_FILE", "/t")
        .var("HUAWEICLOUD_SDK_PROJECT_ID", "p");
    let credential = world.load(&Environment).unwrap();
    let keys = credential.signing_keys().unwrap();
    assert_eq!((keys.id.as_str(), keys.secret.expose(), keys.token.is_none()), ("a", " s ", true));
    assert_eq!((credential.attribute(PROJECT_ID), credential.attribute(DOMAIN_ID)), (Some("p"), None));
}

#[test]
fn all_reasons_are_shown_one_a_line() {
    let world = World::new().var("HOME", "/h").refusing();
    let error = world.failed(&default_chain());
    let starts = [
        "no credential found",
        "oidc: HUAWEICLOUD_OIDC_PROVIDER_URN is not set",
        "environment: neither HUAWEICLOUD_SDK_AK and",
        "profile: /h/.huaweicloud/credentials: ",
        "metadata: this machine has no metadata service: ",
        "pod identity: HC_CONTAINER_CREDENTIALS_FULL_URI and",
    ];
    testing::begins_with_lines(error.message(), &starts);
    assert!(error.hint().is_some_and(|hint| hint.contains("~/.huaweicloud/credentials")));
}

#[test]
fn the_default_chain_asks_in_the_order_of_the_vendor() {
    let keys = r#"{"credentials":{"access_key_id":"oidc","secret_access_key":"s","security_token":"t","expiration":"2036-01-02T04:04:05Z"}}"#;
    let pod = r#"{"credentials":{"accessKeyId":"pod","secretAccessKey":"s","securityToken":"t","expiration":"2036-01-02T04:04:05Z"}}"#;
    let all = || {
        World::new()
            .var("HUAWEICLOUD_OIDC_PROVIDER_URN", "p")
            .var("HUAWEICLOUD_OIDC_AGENCY_URN", "a")
            .var("HUAWEICLOUD_OIDC_ID_TOKEN", "token")
            .var("HUAWEICLOUD_SDK_AK", "env")
            .var("HUAWEICLOUD_SDK_SK", "s")
            .var("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/f")
            .file("/f", "[basic]\nak=profile\nsk=s\n")
            .var("SANYUN_METADATA_DISABLED", "true")
            .var("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x")
            .var("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/pod")
            .file("/pod", "pod token")
    };
    let chosen = |world: World| testing::key(&world.load(&default_chain()).unwrap()).to_owned();
    assert_eq!(chosen(all().reply(200, keys)), "oidc");
    let no_oidc = || all().var("HUAWEICLOUD_OIDC_AGENCY_URN", "");
    assert_eq!(chosen(no_oidc()), "env");
    let no_keys = || no_oidc().var("HUAWEICLOUD_SDK_SK", "");
    assert_eq!(chosen(no_keys()), "profile");
    assert_eq!(chosen(no_keys().file("/f", "[global]\nak=a\nsk=s\n").reply(200, pod)), "pod");
}

#[test]
fn the_chain_goes_on_from_a_machine_without_a_metadata_service() {
    let world = World::new().refusing();
    let chain = Chain::new().then(Metadata::probing()).then(Credential::keys("last", "s"));
    assert_eq!(testing::key(&world.load(&chain).unwrap()), "last");
    assert_eq!(world.requests().len(), 1);
    world.load(&chain).unwrap();
    assert_eq!(world.requests().len(), 1, "not asked again at once");
    world.clock.advance(Duration::from_secs(181));
    world.load(&chain).unwrap();
    assert_eq!(world.requests().len(), 2);
}
