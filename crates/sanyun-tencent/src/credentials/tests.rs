mod machine;
mod refresh;
mod roles;
mod secrets;
mod tccli;

use std::sync::Arc;

use sanyun_core::testing::{self, World};
use sanyun_core::{Credential, CredentialSource, ErrorKind, Fixed, Settings, SourceError};

use super::*;

const HOME: &str = "/home/me";
const FILE: &str = "/home/me/.tencentcloud/credentials";

async fn load(source: impl CredentialSource, world: Fixed) -> Result<Credential, SourceError> {
    let mut settings = Settings::default();
    let world = world.var("SANYUN_METADATA_DISABLED", "true");
    settings.set_fixed(world.var("HOME", HOME).var("USERPROFILE", HOME));
    source.load(&settings.context().unwrap()).await
}

fn shown(credential: &Credential) -> (String, String, Option<String>, String) {
    let keys = credential.signing_keys().unwrap();
    let token = keys.token.as_ref().map(|token| token.expose().to_owned());
    (keys.id.clone(), keys.secret.expose().to_owned(), token, credential.source().to_owned())
}

fn file(text: &str) -> Fixed {
    Fixed::default().file(FILE, text)
}

#[tokio::test]
async fn the_environment_gives_keys_and_token() {
    let world = || Fixed::default().var("TENCENTCLOUD_SECRET_ID", "i").var("TENCENTCLOUD_SECRET_KEY", "k");
    let expected = |token: Option<&str>| ("i".into(), "k".into(), token.map(str::to_owned), "environment".into());
    assert_eq!(shown(&load(Environment, world()).await.unwrap()), expected(None));
    assert_eq!(shown(&load(Environment, world().var("TENCENTCLOUD_TOKEN", "t")).await.unwrap()), expected(Some("t")));
    assert_eq!(shown(&load(Environment, world().var("TENCENTCLOUD_TOKEN", "")).await.unwrap()), expected(None));
    for name in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"] {
        let absent = load(Environment, world().var(name, "")).await.unwrap_err();
        assert!(matches!(absent, SourceError::Absent(reason) if reason == format!("{name} is not set")));
    }
    for name in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"] {
        let broken = load(Environment, world().var(name, "x\n")).await.unwrap_err();
        assert!(matches!(broken, SourceError::Failed(error) if error.kind() == ErrorKind::Credentials));
    }
}

#[tokio::test]
async fn the_profile_is_that_of_the_first_file_there_is() {
    let text =
        |id: &str| format!("[default]\nsecret_id={id}\nsecret_key=k\ntoken = t\n[prod]\nsecret_id=p\nsecret_key=k\n");
    let of_machine = Fixed::default().file("/etc/tencentcloud/credentials", text("machine"));
    let found = async |source: Profile, world: Fixed| shown(&load(source, world).await.unwrap()).0;
    assert_eq!(found(Profile::default(), of_machine.clone()).await, "machine");
    let of_user = of_machine.file(FILE, text("user"));
    assert_eq!(found(Profile::default(), of_user.clone()).await, "user");
    assert_eq!(found(Profile::named("prod"), of_user.clone()).await, "p");
    let named = of_user.file("/x", text("named")).var("TENCENTCLOUD_CREDENTIALS_FILE", "/x");
    assert_eq!(found(Profile::default(), named.clone()).await, "named");
    assert_eq!(found(Profile::default().in_file(FILE), named.clone()).await, "user");
    let credential = load(Profile::default(), named).await.unwrap();
    assert_eq!(shown(&credential).3, "profile default in /x");
    assert_eq!(shown(&credential).2.as_deref(), Some("t"));
}

#[tokio::test]
async fn a_role_comes_along() {
    let credential = load(Profile::default(), file("[default]\nsecret_id=i\nsecret_key=k\nrole_arn=qcs::r\n")).await;
    assert_eq!(credential.unwrap().attribute("role_arn"), Some("qcs::r"));
}

#[tokio::test]
async fn absent_and_broken_profiles_are_told_apart() {
    for text in [
        "",
        "[other]\nsecret_id=i\nsecret_key=k\n",
        "[default]\nsecret_id=i\n",
        "[default]\nsecret_id=i\nsecret_key=\n",
    ] {
        assert!(matches!(load(Profile::default(), file(text)).await, Err(SourceError::Absent(_))), "{text:?}");
    }
    assert!(matches!(load(Profile::default(), Fixed::default()).await, Err(SourceError::Absent(_))));
    let Err(SourceError::Failed(error)) = load(Profile::default(), file("[default]\nhush\n")).await else { panic!() };
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), format!("{FILE}, line 2: neither `[section]` nor `key = value`"));
}

#[tokio::test]
async fn the_chain_asks_the_environment_first_and_lists_what_it_tried() {
    let world = file("[default]\nsecret_id=profile\nsecret_key=k\n");
    assert_eq!(shown(&load(default_chain(), world.clone()).await.unwrap()).0, "profile");
    let both = world.var("TENCENTCLOUD_SECRET_ID", "env").var("TENCENTCLOUD_SECRET_KEY", "k");
    assert_eq!(shown(&load(default_chain(), both).await.unwrap()).0, "env");
    let error = load(Arc::new(default_chain()), Fixed::default()).await.unwrap_err().into_error("chain");
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(
        error.to_string().contains("TENCENTCLOUD_SECRET_ID is not set") && error.to_string().contains(FILE),
        "{error}"
    );
}

#[test]
fn white_space_is_refused_and_never_shown() {
    let check = |id: &str, secret: &str| super::check(&Keys::new(id, secret, None), "static");
    assert!(check("AKID", "inner blank is fine").is_ok());
    for (id, secret) in
        [("AKID ", "k"), ("\tAKID", "k"), ("AKID", "hush\n"), ("AKID", "hu\nsh"), (" ", "k"), ("AKID", "")]
    {
        let error = check(id, secret).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hu"), "{error}");
    }
    let token = Keys::new("i", "s", Some("t\n".into()));
    assert_eq!(
        super::check(&token, "static").unwrap_err().to_string(),
        "the token from static begins or ends with white space"
    );
}

/// Keys as STS gives them, for two hours.
pub(super) fn granted(id: &str, life: u64) -> String {
    let expiry = testing::NOW + life;
    format!(
        r#"{{"Response":{{"Credentials":{{"TmpSecretId":"{id}","TmpSecretKey":"S","Token":"T"}},"ExpiredTime":{expiry},"RequestId":"r"}}}}"#
    )
}

/// Keys as the metadata service gives them.
pub(super) fn of_machine(id: &str, life: u64) -> String {
    let expiry = testing::NOW + life;
    format!(r#"{{"Code":"Success","TmpSecretId":"{id}","TmpSecretKey":"S","Token":"T","ExpiredTime":{expiry}}}"#)
}

fn in_tke(world: World) -> World {
    world
        .var("TKE_REGION", "ap-beijing")
        .var("TKE_PROVIDER_ID", "cluster")
        .var("TKE_WEB_IDENTITY_TOKEN_FILE", "/token")
        .var("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/pod")
        .file("/token", "a token\n")
}

#[test]
fn all_reasons_are_shown_one_a_line() {
    let world = World::new().var("HOME", "/h").refusing();
    let error = world.failed(&default_chain());
    let starts = [
        "no credential found",
        "environment: TENCENTCLOUD_SECRET_ID is not set",
        "profile default: no such file: /h/.tencentcloud/credentials, /etc/tencentcloud/credentials",
        "cvm role: this machine has no metadata service: ",
        "tke oidc: TKE_REGION is not set",
    ];
    testing::begins_with_lines(error.message(), &starts);
    assert!(error.hint().is_some_and(|hint| hint.contains("~/.tencentcloud/credentials")));
}

#[test]
fn the_default_chain_asks_in_the_order_of_the_vendor() {
    let all = || {
        in_tke(World::new())
            .var("TENCENTCLOUD_SECRET_ID", "env")
            .var("TENCENTCLOUD_SECRET_KEY", "k")
            .var("TENCENTCLOUD_CREDENTIALS_FILE", "/f")
            .file("/f", "[default]\nsecret_id=profile\nsecret_key=k\n")
    };
    let chosen = |world: World| testing::key(&world.load(&default_chain()).unwrap()).to_owned();
    assert_eq!(chosen(all()), "env");
    let no_variables = || all().var("TENCENTCLOUD_SECRET_ID", "");
    assert_eq!(chosen(no_variables()), "profile");
    let no_keys = || no_variables().file("/f", "[other]\n");
    assert_eq!(chosen(no_keys().reply(200, "role").reply(200, &of_machine("machine", 9000))), "machine");
    assert_eq!(chosen(no_keys().reply(404, "").reply(200, &granted("pod", 7200))), "pod");
    let broken = no_keys().file("/f", "rubbish").failed(&default_chain());
    assert_eq!(broken.to_string(), "/f, line 1: an entry before the first `[section]`");
}

#[test]
fn the_default_chain_keeps_whom_it_found() {
    let chain = default_chain();
    let world = in_tke(World::new()).reply(200, "role").reply(200, &of_machine("machine", 9000));
    assert_eq!(testing::key(&world.load(&chain).unwrap()), "machine");
    // A failure of the metadata service does not make the machine its pod.
    let error = world.clone().refusing().failed(&chain);
    assert!(error.to_string().starts_with("cvm role: this machine has no metadata service"), "{error}");
    let later = world.reply(200, "role").reply(200, &of_machine("machine", 9000));
    assert_eq!(testing::key(&later.load(&chain).unwrap()), "machine");
}

#[test]
fn the_chain_goes_on_from_a_machine_without_a_metadata_service() {
    let world = World::new().refusing();
    let chain = Chain::new().then(CvmRole::probing()).then(Credential::keys("last", "s"));
    assert_eq!(testing::key(&world.load(&chain).unwrap()), "last");
    assert_eq!(world.requests().len(), 1, "one attempt");
    world.load(&chain).unwrap();
    assert_eq!(world.requests().len(), 1, "not asked again at once");
    world.clock.advance(Duration::from_secs(181));
    world.load(&chain).unwrap();
    assert_eq!(world.requests().len(), 2);
}
