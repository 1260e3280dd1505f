//! Keys of the machine or the pod that a program runs in.

use std::time::Duration;

use sanyun_core::testing::{World, key};

use super::super::{DOMAIN_ID, IAM_ENDPOINT, Metadata, PROJECT_ID, PodIdentity};

const KEYS: &str =
    r#"{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2026-01-02T09:04:05.000000Z"}}"#;

/// Method, path, and the service's token of each request.
fn asked(world: &World) -> Vec<(String, String, String)> {
    let requests = world.requests().into_iter();
    requests
        .map(|asked| (asked.method.clone(), asked.url.clone(), asked.header("x-metadata-token").to_owned()))
        .collect()
}

#[test]
fn metadata_keeps_its_token_for_six_hours() {
    let world = World::new().reply(200, "one\n").reply(200, KEYS).reply(200, KEYS);
    let metadata = Metadata::new().project_id("p").domain_id("d").iam_endpoint("https://iam.corp");
    let credential = world.load(&metadata).unwrap();
    assert_eq!((key(&credential), credential.source()), ("A", "metadata"));
    assert_eq!(
        [PROJECT_ID, DOMAIN_ID, IAM_ENDPOINT].map(|name| credential.attribute(name)),
        [Some("p"), Some("d"), Some("https://iam.corp")]
    );
    world.load(&metadata).unwrap();
    let place = "http://169.254.169.254";
    let get = |token: &str| ("GET".to_owned(), format!("{place}/openstack/latest/securitykey"), token.to_owned());
    let put = ("PUT".to_owned(), format!("{place}/meta-data/latest/api/token"), String::new());
    assert_eq!(asked(&world), [put.clone(), get("one"), get("one")]);

    world.clock.advance(Duration::from_secs(6 * 3600));
    let world = world.reply(200, "two").reply(200, KEYS);
    world.load(&metadata).unwrap();
    assert_eq!(asked(&world)[3..], [put, get("two")]);
}

#[test]
fn metadata_of_version_one_is_not_asked_for_a_token_for_a_day() {
    let world = World::new().reply(404, "").reply(200, KEYS).reply(200, KEYS);
    let metadata = Metadata::new();
    world.load(&metadata).unwrap();
    world.clock.advance(Duration::from_secs(23 * 3600));
    world.load(&metadata).unwrap();
    assert_eq!(world.requests().len(), 3);
    world.clock.advance(Duration::from_secs(2 * 3600));
    world.clone().reply(200, "token").reply(200, KEYS).load(&metadata).unwrap();
    assert_eq!(asked(&world)[4].2, "token");
}

#[test]
fn metadata_without_an_agency_says_what_to_do() {
    let world = World::new().reply(404, "").reply(401, "Please configure Cloud Service Agency first");
    let reason = world.absent(&Metadata::new());
    assert!(reason.contains("HTTP 401") && reason.contains("console"), "{reason}");
    assert_eq!(world.requests().len(), 2);
}

#[test]
fn metadata_of_another_cloud_is_none() {
    for (status, body) in [(400, "Bad Request"), (403, ""), (404, "<html>"), (200, "<html>welcome</html>")] {
        let world = World::new().reply(404, "").reply(status, body);
        world.absent(&Metadata::new());
    }
}

#[test]
fn metadata_can_be_switched_off_and_moved() {
    let world = World::new().var("SANYUN_METADATA_DISABLED", "1");
    assert_eq!(world.absent(&Metadata::new()), "switched off by SANYUN_METADATA_DISABLED");

    let world = World::new().var("SANYUN_HUAWEI_METADATA_ENDPOINT", "http://127.0.0.1:80");
    let world = world.reply(405, "").reply(200, KEYS).reply(200, "").reply(200, KEYS);
    world.load(&Metadata::new()).unwrap();
    world.load(&Metadata::new().endpoint("http://10.0.0.1")).unwrap();
    let urls: Vec<_> = world.requests().into_iter().map(|asked| asked.url).collect();
    assert!(urls[1].starts_with("http://127.0.0.1:80/") && urls[3].starts_with("http://10.0.0.1/"), "{urls:?}");
    assert!(world.requests()[0].header("user-agent").starts_with("sanyun/"));

    let wrong = World::new().var("SANYUN_HUAWEI_METADATA_ENDPOINT", "ftp://x");
    assert!(wrong.failed(&Metadata::new()).to_string().contains("ftp"));
}

const POD: &str = r#"{"credentials":{"accessKeyId":"P","secretAccessKey":"S","securityToken":"T","expiration":"2026-01-02T09:04:05.000Z"}}"#;

fn pod() -> World {
    World::new()
        .var("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:90/v1/credentials?x=1")
        .var("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token")
}

#[test]
fn a_pod_shows_its_token_read_at_each_fetch() {
    let world = pod().file("/token", " first\n").reply(200, POD).reply(200, POD);
    let source = PodIdentity::new();
    assert_eq!(key(&world.load(&source).unwrap()), "P");
    world.clone().file("/token", "second").load(&source).unwrap();
    let requests = world.requests();
    assert_eq!(requests[0].url, "http://127.0.0.1:90/v1/credentials?x=1");
    assert_eq!((requests[0].method.as_str(), requests[0].body.as_str()), ("POST", "{}"));
    assert_eq!([requests[0].header("authorization"), requests[1].header("authorization")], ["first", "second"]);
}

#[test]
fn a_pod_whose_token_is_missing_is_broken_not_empty() {
    assert!(pod().failed(&PodIdentity::new()).to_string().starts_with("pod identity: token file `/token`: "));
    let blank = pod().file("/token", " \n");
    assert_eq!(blank.failed(&PodIdentity::new()).to_string(), "pod identity: token file `/token`: nothing in it");
}
