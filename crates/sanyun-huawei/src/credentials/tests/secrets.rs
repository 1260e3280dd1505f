//! Nothing of a secret in what is printed: sources, credentials, errors. Services that repeat it do not help.

use sanyun_core::testing::{SECRET_WORD, World, failure_shows_no_secret, shows_no_secret};
use sanyun_core::{Credential, CredentialSource};

use super::super::{
    Agency, AssumeAgency, Environment, Federation, Metadata, Oidc, PodIdentity, Profile, SecurityToken, default_chain,
};

const KEYS: &str = r#"{"credential":{"access":"A","secret":"hunter2-s","securitytoken":"hunter2-t","expires_at":"2026-01-02T09:04:05.000000Z"}}"#;
/// Answers that are no keys.
const BAD: [&str; 2] =
    [r#"{"credential":{"access":"A","secret":"hunter2","expires_at":"hunter2"}}"#, "hunter2 is not JSON"];

fn world() -> World {
    World::new()
        .var("HUAWEICLOUD_SDK_IDP_ID", "idp")
        .var("HUAWEICLOUD_SDK_ID_TOKEN_FILE", "/id-token")
        .var("HUAWEICLOUD_OIDC_PROVIDER_URN", "p")
        .var("HUAWEICLOUD_OIDC_AGENCY_URN", "a")
        .var("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/")
        .var("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/id-token")
        .file("/id-token", "hunter2-id-token")
        .file("/keys", "[basic]\nak=a\nsk=hunter2-key\nsecurity_token=hunter2-token\n")
}

fn base() -> Credential {
    Credential::session("a", "hunter2-key", "hunter2-token")
}

/// Loads it with a good answer behind these, with bad ones, and with one that repeats all that it was told.
fn look<S: CredentialSource + std::fmt::Debug>(source: S, before: &[Before<'_>]) {
    let name = source.name().into_owned();
    shows_no_secret(&name, &format!("{name} {source:?}"));
    let prepared =
        || before.iter().fold(world(), |world, (status, headers, body)| world.reply_with(*status, headers, body));
    let credential = prepared().reply(200, KEYS).load(&source).unwrap();
    assert!(credential.signing_keys().unwrap().secret.expose().contains(SECRET_WORD));
    shows_no_secret(&name, &format!("{credential:?}"));
    for bad in BAD {
        failure_shows_no_secret(&name, &prepared().reply(200, bad), &source);
    }
    for status in [400, 401, 403] {
        failure_shows_no_secret(&name, &prepared().echoing(status), &source);
        failure_shows_no_secret(&name, &world().echoing(status), &source);
    }
}

type Before<'a> = (u16, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn sources_that_ask_show_nothing() {
    let subject: Before<'_> = (201, &[("X-Subject-Token", "hunter2-bearer")], "{}");
    look(Federation::new("idp", "/id-token"), &[subject]);
    look(Environment, &[subject]);
    look(Oidc::new().id_token("hunter2-id-token"), &[]);
    look(Oidc::new().token_file("/id-token"), &[]);
    look(PodIdentity::new(), &[]);
    look(SecurityToken::by_token(Credential::bearer("hunter2-bearer")), &[]);
    look(Agency::new(base(), "a").domain_id("d"), &[]);
    look(AssumeAgency::new(base(), "a", "s"), &[]);
}

#[test]
fn metadata_shows_neither_its_token_nor_keys() {
    let world = world().reply(200, "hunter2-token").reply(200, KEYS);
    let metadata = Metadata::new();
    let credential = world.load(&metadata).unwrap();
    shows_no_secret("metadata", &format!("{metadata:?} {credential:?}"));
    for status in [400, 401, 403, 500] {
        failure_shows_no_secret("metadata", &world.clone().echoing(status), &metadata);
    }
    for bad in BAD {
        failure_shows_no_secret("metadata", &world.clone().reply(200, bad), &metadata);
    }
}

#[test]
fn a_profile_and_the_chain_show_nothing() {
    let credential = world().load(&Profile::at("/keys")).unwrap();
    shows_no_secret("profile", &format!("{credential:?} {:?} {:?}", Profile::at("/keys"), default_chain()));
    for text in ["[basic]\nsk hunter2\n", "[basic]\nsk=hunter2\nsk=hunter2\n", "sk=hunter2\n", "[basic]\nsk=hunter2\n"]
    {
        let error = World::new().file("/f", text).load(&Profile::at("/f")).unwrap_err();
        shows_no_secret("profile", &format!("{error:?} {error}"));
    }
}
