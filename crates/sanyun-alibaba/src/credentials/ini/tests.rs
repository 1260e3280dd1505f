use sanyun_core::Material;
use sanyun_core::testing::{World, failure_shows_no_secret, key, shows_no_secret};

use super::*;
use crate::credentials::PROVIDER;

const STS: &str = r#"{"Credentials": {"AccessKeyId": "STS.1", "AccessKeySecret": "s", "SecurityToken": "t",
    "Expiration": "2026-01-02T04:04:05Z"}}"#;

fn world(text: &str) -> World {
    World::new().var("HOME", "/home").file("/home/.alibabacloud/credentials.ini", text)
}

fn source() -> IniProfile {
    IniProfile::named("a")
}

#[test]
fn the_example_of_the_vendor_is_read() {
    let text = "\u{feff}[default]                          # default setting\r\nenable = true                      # Enable\r\n\
                type = access_key                  # type\r\naccess_key_id = foo                # Key\r\n\
                access_key_secret = b#a%r;         # Secret\r\n";
    let credential = world(text).load(&IniProfile::new()).unwrap();
    let keys = credential.signing_keys().unwrap();
    assert_eq!((&*keys.id, keys.secret.expose()), ("foo", "b#a%r;"));
    assert_eq!(credential.source(), "profile default in /home/.alibabacloud/credentials.ini");
    assert_eq!(credential.attribute(PROVIDER), Some("profile/static_ak"));
}

#[test]
fn keys_and_tokens_that_stand_in_the_file() {
    let keys = "access_key_id=i\naccess_key_secret=s\nsecurity_token=t\nregion_id = cn-test\n";
    let credential = world(&format!("[a]\ntype=sts\n{keys}")).load(&source()).unwrap();
    assert_eq!(credential.signing_keys().unwrap().token.as_ref().unwrap().expose(), "t");
    assert_eq!(credential.attribute(REGION), Some("cn-test"));
    let credential = world("[a]\ntype=bearer\nbearer_token=b\n").load(&source()).unwrap();
    assert!(matches!(credential.material(), Material::Bearer(token) if token.expose() == "b"));
}

#[test]
fn a_role_gets_all_that_the_section_says() {
    let text = "[a]\ntype = ram_role_arn\naccess_key_id=i\naccess_key_secret=s\nsecurity_token=t\nrole_arn=arn\n\
                role_session_name=n\npolicy={\"a\":\n  1}\nexternal_id=e\nrole_session_expiration=900\nsts_region=cn-x\n\
                enable_vpc=True\n";
    let world = world(text).reply(200, STS);
    let credential = world.load(&source()).unwrap();
    assert_eq!(key(&credential), "STS.1");
    assert_eq!(credential.attribute(PROVIDER), Some("profile/ram_role_arn/static_sts"));
    let asked = &world.requests()[0];
    assert!(asked.url.starts_with("https://sts-vpc.cn-x.aliyuncs.com/"), "{}", asked.url);
    let sent = format!("{}&{}&", asked.url, asked.body);
    for parameter in [
        "RoleArn=arn",
        "RoleSessionName=n",
        "Policy=%7B%22a%22%3A%0A1%7D",
        "ExternalId=e",
        "DurationSeconds=900",
        "SecurityToken=t",
    ] {
        assert!(sent.contains(&format!("{parameter}&")), "{parameter}: {sent}");
    }
    let elsewhere =
        super::tests::world(&text.replace("sts_region=cn-x", "sts_endpoint=http://127.0.0.1:1")).reply(200, STS);
    elsewhere.load(&source()).unwrap();
    assert!(elsewhere.requests()[0].url.starts_with("http://127.0.0.1:1/"));
}

#[test]
fn other_ways_to_keys() {
    let oidc =
        "[a]\ntype=oidc_role_arn\nrole_arn=arn\noidc_provider_arn=p\noidc_token_file_path=/tok\nrole_session_name=n\n";
    let asking = world(oidc).file("/tok", "id-token").reply(200, STS);
    assert_eq!(asking.load(&source()).unwrap().attribute(PROVIDER), Some("profile/oidc_role_arn"));
    assert!(asking.requests()[0].body.contains("OIDCToken=id-token"));

    let flat = r#"{"Code": "Success", "AccessKeyId": "I", "AccessKeySecret": "s", "SecurityToken": "t",
        "Expiration": "2026-01-02T04:04:05Z"}"#;
    let asking = world("[a]\ntype=credentials_uri\ncredentials_uri=http://h/x\n").reply(200, flat);
    assert_eq!(key(&asking.load(&source()).unwrap()), "I");
    assert_eq!(asking.requests()[0].url, "http://h/x");

    let asking = world("[a]\ntype=ecs_ram_role\nrole_name=R\n").reply(200, "TOK").reply(200, flat);
    assert_eq!(asking.load(&source()).unwrap().attribute(PROVIDER), Some("profile/ecs_ram_role"));
    assert!(asking.requests()[1].url.ends_with("/security-credentials/R"));

    let pair = world("[a]\ntype=rsa_key_pair\npublic_key_id=p\nprivate_key_file=/no.pem\n");
    assert!(pair.failed(&source()).to_string().contains("/no.pem"));
}

#[test]
fn the_file_and_the_section_are_found_in_order() {
    let text = |id: &str| {
        format!(
            "[default]\ntype=access_key\naccess_key_id={id}\naccess_key_secret=s\n[b]\ntype=access_key\naccess_key_id={id}b\naccess_key_secret=s\n"
        )
    };
    let world = World::new().var("HOME", "/home").file("/home/.alibabacloud/credentials", text("plain"));
    assert_eq!(key(&world.load(&IniProfile::new()).unwrap()), "plain");
    let world = world.file("/home/.alibabacloud/credentials.ini", text("ini"));
    assert_eq!(key(&world.load(&IniProfile::new()).unwrap()), "ini");
    let world = world.var("ALIBABA_CLOUD_CREDENTIALS_FILE", "/named").file("/named", text("named"));
    assert_eq!(key(&world.load(&IniProfile::new()).unwrap()), "named");
    let world = world.file("/given", text("given")).var("ALIBABA_CLOUD_PROFILE", "b");
    assert_eq!(key(&world.load(&IniProfile::new().in_file("/given")).unwrap()), "givenb");
    assert_eq!(key(&world.load(&IniProfile::named("default").in_file("/given")).unwrap()), "given");
}

#[test]
fn nothing_to_be_found_is_an_error_only_if_it_was_chosen() {
    let empty = World::new().var("HOME", "/home");
    let tried = "no such file: /home/.alibabacloud/credentials.ini, /home/.alibabacloud/credentials";
    assert_eq!(empty.absent(&IniProfile::new()), tried);
    assert_eq!(empty.failed(&IniProfile::named("a")).to_string(), tried);
    assert_eq!(empty.failed(&IniProfile::new().in_file("/x")).to_string(), "no such file: /x");
    let named = empty.var("ALIBABA_CLOUD_CREDENTIALS_FILE", "/y");
    assert_eq!(named.failed(&IniProfile::new()).to_string(), "no such file: /y");

    let other = world("[b]\ntype=access_key\n");
    let lacks = "/home/.alibabacloud/credentials.ini has no section [default], only [b]";
    assert_eq!(other.absent(&IniProfile::new()), lacks);
    assert!(other.failed(&source()).to_string().ends_with("has no section [a], only [b]"));

    let off = "[default]\nenable = FALSE # not now\ntype=access_key\naccess_key_id=i\naccess_key_secret=s\n";
    let reason = "profile default in /home/.alibabacloud/credentials.ini has `enable = false`";
    assert_eq!(world(off).absent(&IniProfile::new()), reason);
    assert_eq!(world(off).failed(&IniProfile::named("default")).to_string(), reason);
}

#[test]
fn what_is_wrong_names_file_and_line_or_key() {
    let place = "/home/.alibabacloud/credentials.ini";
    for (text, problem) in [
        ("[a]\nhunter2\n", format!("{place}, line 2: neither a section, a comment, nor `key = value`")),
        ("[b]\nx=1\n\n[b]\n", format!("{place}, line 4: a section of this name stands further up")),
        ("[a]\naccess_key_id=i\n", format!("profile a in {place} has no `type`")),
        ("[a]\ntype=hunter2\n", format!("profile a in {place} has a `type` that is not a known one")),
        ("[a]\ntype=access_key\naccess_key_id=i\n", format!("profile a in {place} has no `access_key_secret`")),
        (
            "[a]\ntype=sts\naccess_key_id=i\naccess_key_secret=hunter2\n",
            format!("profile a in {place} has no `security_token`"),
        ),
        ("[a]\ntype=bearer\n", format!("profile a in {place} has no `bearer_token`")),
        (
            "[a]\ntype=access_key\nenable=1\n",
            format!("profile a in {place} has a `enable` that is neither `true` nor `false`"),
        ),
        ("[a]\ntype=rsa_key_pair\npublic_key_id=i\n", format!("profile a in {place} has no `private_key_file`")),
    ] {
        let world = world(text);
        assert_eq!(world.failed(&source()).to_string(), problem);
        failure_shows_no_secret(text, &world, &source());
    }
    let bytes = World::new().file("/x", [b"[a]\n\n", &b"\xff"[..]].concat());
    assert_eq!(bytes.failed(&IniProfile::new().in_file("/x")).to_string(), "/x, line 3: not UTF-8");
    shows_no_secret("source", &format!("{:?}", source()));
}

#[test]
fn a_role_without_a_name_of_its_own_takes_the_variable() {
    let text = "[a]\ntype=ram_role_arn\naccess_key_id=i\naccess_key_secret=s\n";
    let missing = world(text).failed(&source()).to_string();
    assert_eq!(missing, "profile a in /home/.alibabacloud/credentials.ini: ALIBABA_CLOUD_ROLE_ARN is not set");
    let named = world(text).var("ALIBABA_CLOUD_ROLE_ARN", "arn").reply(200, STS);
    named.load(&source()).unwrap();
    assert!(named.requests()[0].body.contains("RoleArn=arn"));
}
