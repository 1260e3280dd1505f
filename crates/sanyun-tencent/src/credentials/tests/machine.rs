//! Keys of the machine that a program runs in.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use sanyun_core::testing::{NOW, World, key};

use super::super::CvmRole;
use super::of_machine;
use crate::{Client, Fixed, Http, Input};

const PLACE: &str = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/";

fn asked(world: &World) -> Vec<String> {
    world.requests().into_iter().map(|asked| format!("{} {}", asked.method, asked.url)).collect()
}

#[test]
fn the_role_is_looked_up_once_and_the_keys_at_each_fetch() {
    let world = World::new().reply(200, "my role");
    assert!(world.absent(&CvmRole::new()).contains("no name of a role"));

    let keys = of_machine("I", 9000);
    let world = World::new().reply(200, " ro/le\n").reply(200, &keys).reply(200, &keys);
    let source = CvmRole::new();
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), credential.source()), ("I", "cvm role"));
    let token = credential.signing_keys().unwrap().token.clone().unwrap();
    assert_eq!(token.expose(), "T");
    assert_eq!(credential.expires_at(), Some(sanyun_core::time::from_unix(NOW as i64 + 9000)));
    assert_eq!(credential.refresh_ahead().map(|ahead| ahead.as_secs()), Some(300));
    world.load(&source).unwrap();
    let get = |name: &str| format!("GET {PLACE}{name}");
    assert_eq!(asked(&world), [get(""), get("ro%2Fle"), get("ro%2Fle")]);
}

#[test]
fn a_role_that_is_gone_is_looked_up_again() {
    let keys = of_machine("I", 9000);
    let world = World::new().reply(200, "old").reply(404, "").reply(200, "new").reply(200, &keys);
    let source = CvmRole::new();
    assert!(world.absent(&source).contains("no role is bound to this machine"));
    world.load(&source).unwrap();
    assert!(asked(&world).last().is_some_and(|last| last.ends_with("/new")));
    let named = World::new().reply(200, &keys);
    named.load(&CvmRole::new().role("mine")).unwrap();
    assert_eq!(asked(&named), [format!("GET {PLACE}mine")]);
}

#[test]
fn what_is_no_answer_is_no_credential_here() {
    for body in [
        "<html>welcome</html>",
        "[]",
        r#"{"Code":"Failed"}"#,
        r#"{"Code":"Success","TmpSecretId":"I","TmpSecretKey":"S","Token":"T"}"#,
        r#"{"Code":"Success","TmpSecretId":"","TmpSecretKey":"S","Token":"T","ExpiredTime":1900000000}"#,
    ] {
        World::new().reply(200, "role").reply(200, body).absent(&CvmRole::new());
    }
    for role in ["", "  \n", "<html>", "<!doctype html><html>welcome</html>"] {
        World::new().reply(200, role).absent(&CvmRole::new());
    }
    World::new().reply(403, "").absent(&CvmRole::new());
}

#[test]
fn a_sure_machine_is_asked_twice() {
    let world = World::new().reply(500, "").reply(200, "role").reply(200, &of_machine("I", 9000));
    world.load(&CvmRole::new()).unwrap();
    let silent = World::new().refusing();
    assert!(silent.absent(&CvmRole::new()).starts_with("this machine has no metadata service: "));
    assert_eq!(silent.requests().len(), 2);
}

#[test]
fn it_can_be_switched_off_and_moved() {
    for value in ["1", "true", "TRUE"] {
        let world = World::new().var("SANYUN_METADATA_DISABLED", value);
        assert_eq!(world.absent(&CvmRole::new()), "switched off by SANYUN_METADATA_DISABLED");
    }
    let keys = of_machine("I", 9000);
    let world = World::new().var("SANYUN_TENCENT_METADATA_ENDPOINT", "http://127.0.0.1:80");
    let world = world.reply(200, &keys).reply(200, &keys);
    world.load(&CvmRole::new().role("r")).unwrap();
    world.load(&CvmRole::new().role("r").endpoint("http://10.0.0.1")).unwrap();
    let urls = asked(&world);
    assert!(urls[0].starts_with("GET http://127.0.0.1:80/") && urls[1].starts_with("GET http://10.0.0.1/"), "{urls:?}");
    assert!(world.requests()[0].header("user-agent").starts_with("sanyun/"));
    let wrong = World::new().var("SANYUN_TENCENT_METADATA_ENDPOINT", "ftp://x");
    assert!(wrong.failed(&CvmRole::new()).to_string().contains("ftp"));
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
            assert!(first.starts_with("GET /latest/meta-data/"), "a proxy is told the whole URL: {first}");
            lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .unwrap();
        }
    });
    address
}

#[tokio::test]
async fn the_service_is_never_asked_through_a_proxy() {
    for (host, by_variable) in [("metadata.tencentyun.com", false), ("meta.example", true)] {
        let address = serve(["role".to_owned(), of_machine("I", 400_000_000)]);
        let place = format!("http://{host}:{}", address.port());
        let (fixed, source) = match by_variable {
            true => (Fixed::default().var("SANYUN_TENCENT_METADATA_ENDPOINT", place), CvmRole::new()),
            false => (Fixed::default(), CvmRole::new().endpoint(place)),
        };
        // Nobody listens at the proxy's port.
        let http = Http::default().proxy("http://127.0.0.1:1").resolve(host, address);
        let client = Client::builder().world(fixed).http(http).region("r").credentials(source).build().unwrap();
        let call = client.send(Input::new("cvm", "2017-03-12", "DescribeZones"));
        let request = call.preview().await.unwrap().request;
        assert!(request.header("authorization").contains("Credential=I/"));
    }
}
