//! Keys of the machine that a program runs in, and of a service of one's own.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use sanyun_core::testing::key;
use sanyun_core::{ErrorKind, Fixed, Http};

use super::*;
use crate::{Client, Input};

const ROLES: &str = "http://100.100.100.200/latest/meta-data/ram/security-credentials/";
const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";

/// What was asked, each with the token that went along.
fn asked(world: &World) -> Vec<String> {
    let line =
        |asked: &Asked| format!("{} {} {}", asked.method, asked.url, asked.header("x-aliyun-ecs-metadata-token"));
    world.requests().iter().map(|asked| line(asked).trim_end().to_owned()).collect()
}

const PUT: &str = "PUT http://100.100.100.200/latest/api/token";

fn get(name: &str, token: &str) -> String {
    format!("GET {ROLES}{name} {token}").trim_end().to_owned()
}

#[test]
fn token_and_role_are_kept_and_the_keys_asked_for_at_each_fetch() {
    let keys = of_machine("I", 90_000);
    let world = World::new().reply(200, " TOK\n").reply(200, " ro/le\n").reply(200, &keys).reply(200, &keys);
    let source = EcsRamRole::new();
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), named(&credential)), ("I", ("ecs_ram_role", "ecs_ram_role")));
    assert_eq!(credential.signing_keys().unwrap().token.as_ref().unwrap().expose(), "I-token");
    world.load(&source).unwrap();
    assert_eq!(asked(&world), [PUT.into(), get("", "TOK"), get("ro%2Fle", "TOK"), get("ro%2Fle", "TOK")]);
    assert_eq!(world.requests()[0].header("x-aliyun-ecs-metadata-token-ttl-seconds"), "21600");
    // The token lives for six hours.
    world.clock.advance(Duration::from_secs(21_600 - 60));
    let world = world.reply(200, "TOK2").reply(200, &keys);
    world.load(&source).unwrap();
    assert_eq!(asked(&world)[4..], [PUT.into(), get("ro%2Fle", "TOK2")]);
}

#[test]
fn a_service_without_tokens_is_asked_without() {
    let keys = of_machine("I", 9000);
    let world = World::new().reply(404, "").reply(200, &keys);
    world.load(&EcsRamRole::new().role("R")).unwrap();
    assert_eq!(asked(&world), [PUT.into(), get("R", "")]);
    // It gives one, and does not want it.
    let world = World::new().reply(200, "TOK").reply(403, "").reply(200, &keys);
    world.load(&EcsRamRole::new().role("R")).unwrap();
    assert_eq!(asked(&world), [PUT.into(), get("R", "TOK"), get("R", "")]);
}

#[test]
fn an_old_token_that_is_refused_gives_way_to_a_new_one() {
    let keys = of_machine("I", 9000);
    let world = World::new().reply(200, "old").reply(200, &keys).reply(401, "").reply(200, "new").reply(200, &keys);
    let source = EcsRamRole::new().role("R").hardened(true);
    world.load(&source).unwrap();
    world.load(&source).unwrap();
    assert_eq!(asked(&world)[2..], [get("R", "old"), PUT.into(), get("R", "new")]);
}

#[test]
fn a_hardened_service_is_never_asked_without_a_token() {
    let by_variable = || World::new().var("ALIBABA_CLOUD_IMDSV1_DISABLED", "True");
    for (source, world) in
        [(EcsRamRole::new().role("R").hardened(true), World::new()), (EcsRamRole::new().role("R"), by_variable())]
    {
        let refused = world.reply(404, "");
        assert_eq!(refused.absent(&source), "the metadata service gave no token (HTTP 404)");
        assert_eq!(asked(&refused), [PUT]);
    }
    let world = by_variable().reply(200, "TOK").reply(403, "");
    assert_eq!(world.absent(&EcsRamRole::new().role("R")), "the metadata service refused with HTTP 403");
    assert_eq!(asked(&world).len(), 2);
}

#[test]
fn a_role_is_named_by_the_code_or_a_variable() {
    let keys = of_machine("I", 9000);
    for (source, text, role) in
        [(EcsRamRole::new(), "theirs", "theirs"), (EcsRamRole::new().role("ours"), "theirs", "ours")]
    {
        let world = World::new().var(ROLE, text).reply(200, "TOK").reply(200, &keys);
        world.load(&source).unwrap();
        assert_eq!(asked(&world)[1], get(role, "TOK"));
    }
}

#[test]
fn a_role_that_is_gone_is_looked_up_again() {
    let keys = of_machine("I", 9000);
    let source = EcsRamRole::new();
    let world = World::new().reply(404, "").reply(200, "old").reply(404, "").reply(404, "");
    assert!(world.absent(&source).starts_with("no role is bound to this machine"));
    let world = World::new().reply(404, "").reply(200, "new").reply(404, "").reply(200, &keys);
    world.load(&source).unwrap();
    assert_eq!(asked(&world)[3], get("new", ""));
}

#[test]
fn what_is_no_answer_is_no_credential_here() {
    for body in [
        "<html>welcome</html>",
        "[]",
        r#"{"Code":"Failed"}"#,
        r#"{"Code":"Success","AccessKeyId":"I","AccessKeySecret":"S","SecurityToken":"T"}"#,
        r#"{"Code":"Success","AccessKeyId":"","AccessKeySecret":"S","SecurityToken":"T","Expiration":"2036-01-01T00:00:00Z"}"#,
    ] {
        World::new().reply(200, "TOK").reply(200, "role").reply(200, body).absent(&EcsRamRole::new());
    }
    for role in ["", "  \n", "<html>", "<!doctype html><html>welcome</html>"] {
        World::new().reply(200, "TOK").reply(200, role).absent(&EcsRamRole::new());
    }
    let error = World::new().reply(200, "to\nken").reply(200, "role").absent(&EcsRamRole::new());
    assert_eq!(error, "the metadata service gave a token that cannot be sent");
}

#[test]
fn a_probe_that_finds_nobody_is_one_question() {
    let world = World::new().refusing();
    let source = EcsRamRole::probing();
    assert!(world.absent(&source).starts_with("this machine has no metadata service: "));
    assert_eq!(asked(&world), [PUT]);
    assert_eq!(world.absent(&source), "there was no answer a moment ago");
    assert_eq!(world.requests().len(), 1);
}

#[test]
fn it_can_be_switched_off_and_moved() {
    for (name, text) in [("SANYUN_METADATA_DISABLED", "1"), ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE")] {
        let world = World::new().var(name, text);
        assert_eq!(world.absent(&EcsRamRole::new()), format!("switched off by {name}"));
    }
    let keys = of_machine("I", 9000);
    let moved = World::new().var("SANYUN_ALIBABA_METADATA_ENDPOINT", "http://127.0.0.1:80");
    let world = moved.var("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "1").reply(404, "").reply(200, &keys);
    let world = world.reply(404, "").reply(200, &keys);
    world.load(&EcsRamRole::new().role("r")).unwrap();
    world.load(&EcsRamRole::new().role("r").endpoint("http://10.0.0.1")).unwrap();
    let urls = asked(&world);
    assert!(urls[1].starts_with("GET http://127.0.0.1:80/") && urls[3].starts_with("GET http://10.0.0.1/"), "{urls:?}");
    let wrong = World::new().var("SANYUN_ALIBABA_METADATA_ENDPOINT", "ftp://x");
    assert!(wrong.failed(&EcsRamRole::new()).to_string().contains("ftp"));
}

/// A server on a port of its own that gives each connection one of these answers; its address.
fn serve(answers: [String; 2]) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for body in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            assert!(first.contains(" /latest/"), "a proxy is told the whole URL: {first}");
            lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .unwrap();
        }
    });
    address
}

#[tokio::test]
async fn the_service_is_never_asked_through_a_proxy() {
    let address = serve(["TOK".to_owned(), of_machine("I", 400_000_000)]);
    let place = format!("http://meta.example:{}", address.port());
    // Nobody listens at the proxy's port.
    let http = Http::default().proxy("http://127.0.0.1:1").resolve("meta.example", address);
    let fixed = Fixed::default().var("SANYUN_ALIBABA_METADATA_ENDPOINT", place);
    let source = EcsRamRole::new().role("r");
    let client = Client::builder().world(fixed).http(http).region("r").credentials(source).build().unwrap();
    let call = client.send(Input::rpc("ecs", "2014-05-26", "DescribeRegions").endpoint(called()));
    let request = call.preview().await.unwrap().request;
    assert!(request.header("authorization").contains("Credential=I,"), "{}", request.header("authorization"));
    assert_eq!(request.header("x-acs-credentials-provider"), "ecs_ram_role");
    assert_eq!(metadata_host(&Fixed::default()), "100.100.100.200");
}

#[test]
fn a_uri_is_asked_as_it_stands() {
    let variable = "ALIBABA_CLOUD_CREDENTIALS_URI";
    let keys = of_machine("I", 3600);
    for (source, uri) in [
        (CredentialsUri::new("http://127.0.0.1:8081/a/b?c=d&e=%20"), "http://127.0.0.1:8081/a/b?c=d&e=%20"),
        (CredentialsUri::new("https://keys.corp"), "https://keys.corp/"),
        (CredentialsUri::new("http://[::1]:80?for=me#top"), "http://[::1]:80/?for=me"),
        (CredentialsUri::from_env(), "http://variable/"),
    ] {
        let world = World::new().var(variable, "http://variable/").reply(200, &keys);
        let credential = world.load(&source).unwrap();
        assert_eq!(named(&credential), ("credentials_uri", "credential_uri"));
        assert_eq!(asked(&world), [format!("GET {uri}")]);
    }
    assert_eq!(World::new().absent(&CredentialsUri::from_env()), format!("{variable} is not set"));
    for text in ["1", "True"] {
        let world = World::new().var("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", text).var(variable, "http://x");
        assert_eq!(world.absent(&CredentialsUri::from_env()), "forbidden by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");
    }
}

#[test]
fn a_uri_that_is_none_is_not_shown() {
    for uri in
        ["hunter2", "ftp://hunter2", "http://", "http://u:hunter2@h/", "http://h/hunter2 x", "http://h/é-hunter2"]
    {
        let error = World::new().failed(&CredentialsUri::new(uri));
        assert_eq!(error.kind(), ErrorKind::Config, "{uri}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn an_answer_of_a_uri_that_holds_no_keys_is_an_error() {
    for (status, body) in [(404, "hunter2"), (201, &*of_machine("hunter2", 3600)), (200, "hunter2"), (200, "{}")] {
        let error = World::new().reply(status, body).failed(&CredentialsUri::new("http://h"));
        assert!(error.message().starts_with("credentials_uri: the answer "), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
