//! Redirects over real sockets: what follows which, and what is left behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use http::Method;
use sanyun_core::{Body, ErrorKind, Http, Retry, Settings};
use support::cloud::{Client, SECRET, TOKEN};
use support::tls::Authority;
use support::{Received, Server, one_shot, refused, reply, tls};

fn settings(most: u32) -> Settings {
    let http = Http::default().without_proxy().follow_redirects(most);
    Settings { http, retry: Retry::none(), ..Settings::default() }
}

fn client(server: &Server, most: u32) -> Client {
    Client::new(&[&server.url()], settings(most))
}

/// Sends `/` elsewhere and answers everything else.
fn leading(status: u16, location: String) -> Server {
    Server::start(move |conn| {
        while let Some(request) = conn.request() {
            let text = match request.target() {
                "/" => reply(status, &format!("Location: {location}\r\n"), ""),
                _ => reply(200, "", if request.line.starts_with("HEAD") { "" } else { "there" }),
            };
            conn.write(text.as_bytes());
        }
    })
}

fn elsewhere() -> Server {
    Server::replying(|_| reply(200, "", "elsewhere"))
}

fn last(server: &Server) -> Received {
    server.received().last().unwrap().clone()
}

#[tokio::test]
async fn within_the_origin_everything_is_kept() {
    for status in [301, 302, 303, 307, 308] {
        let server = leading(status, "/a%2Fb/../c?sig=%2B&x#part".to_owned());
        let got = client(&server, 3).get("/").header("X-Own", "1").await.unwrap();
        assert_eq!((got.as_str(), got.attempts(), server.received().len()), ("there", 1, 2), "{status}");
        let seen = last(&server);
        assert_eq!(seen.line, "GET /a%2Fb/../c?sig=%2B&x HTTP/1.1");
        assert!(seen.header("authorization").unwrap().contains(SECRET));
        assert_eq!((seen.header("x-plain-token"), seen.header("x-own")), (Some(TOKEN), Some("1")));
    }
}

#[tokio::test]
async fn another_origin_sees_no_secret() {
    let other = elsewhere();
    let server = leading(302, format!("{}/object?signature=own", other.url()));
    let call = client(&server, 1).get("/").header("Accept", "image/png");
    let call = call.header("X-Auth-Token", TOKEN).header("X-Security-Token", TOKEN).header("Cookie", TOKEN);
    let got = call.header("X-Own", TOKEN).header("Proxy-Authorization", TOKEN).await.unwrap();
    assert_eq!(*got, "elsewhere");
    let seen = last(&other);
    assert_eq!(seen.line, "GET /object?signature=own HTTP/1.1");
    assert!(!format!("{seen:?}").contains(SECRET) && !format!("{seen:?}").contains(TOKEN), "{seen:?}");
    let host = other.addr.to_string();
    assert_eq!((seen.header("host"), seen.header("accept")), (Some(host.as_str()), Some("image/png")));
    assert!(seen.header("authorization").is_none() && seen.header("x-own").is_none());
}

#[tokio::test]
async fn see_other_becomes_a_get() {
    let server = leading(303, "/result".to_owned());
    let call = client(&server, 1).post("body").header("Content-Type", "application/json");
    assert_eq!(*call.await.unwrap(), "there");
    let seen = last(&server);
    assert_eq!((seen.line.as_str(), seen.body.len()), ("GET /result HTTP/1.1", 0));
    assert!(seen.header("content-type").is_none() && seen.header("content-length").is_none());
    // Also one whose body is gone, and to another origin.
    let other = elsewhere();
    let server = leading(303, other.url());
    assert_eq!(*client(&server, 1).put(one_shot("body")).await.unwrap(), "elsewhere");
    assert!(!format!("{:?}", last(&other)).contains(TOKEN));
    // A HEAD stays one.
    let server = leading(303, "/result".to_owned());
    client(&server, 1).call(Method::HEAD, "/", "", Body::empty()).await.unwrap();
    assert_eq!(last(&server).line, "HEAD /result HTTP/1.1");
}

#[tokio::test]
async fn a_body_goes_again_only_within_the_origin() {
    for status in [307, 308] {
        let server = leading(status, "/again".to_owned());
        assert_eq!(*client(&server, 1).post("body").await.unwrap(), "there");
        let seen = last(&server);
        assert_eq!((seen.line.as_str(), seen.body.as_slice()), ("POST /again HTTP/1.1", &b"body"[..]));
        let error = client(&leading(status, "/again".to_owned()), 1).post(one_shot("body")).await.unwrap_err();
        assert_eq!(error.service().unwrap().status(), status, "it can be sent once");
        let other = elsewhere();
        let error = client(&leading(status, other.url()), 1).post("body").await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), other.received().len()), (status, 0));
    }
    for status in [301, 302] {
        let server = leading(status, "/again".to_owned());
        let error = client(&server, 1).post("body").await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), server.received().len()), (status, 1));
    }
}

#[tokio::test]
async fn what_is_no_redirect_is_the_answer() {
    for (status, location) in [(304, "Location: /x\r\n"), (300, "Location: /x\r\n"), (302, "")] {
        let server = Server::replying(move |_| reply(status, location, ""));
        let error = client(&server, 5).get("/").await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), server.received().len()), (status, 1));
    }
}

#[tokio::test]
async fn a_circle_ends_with_an_error() {
    let server = Server::replying(|_| reply(302, "Location: /\r\n", ""));
    let error = client(&server, 4).get("/").retry(Retry::standard()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.received().len()), (ErrorKind::Redirect, 1, 5));
    assert!(error.to_string().contains("more than 4 times"), "{error}");
    let unclear = leading(302, "ftp://x/?signature=secret".to_owned());
    let error = client(&unclear, 4).get("/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(!format!("{error:?}").contains("signature"), "{error:?}");
}

#[tokio::test]
async fn tls_is_not_left() {
    let authority = Authority::new();
    let plain = elsewhere();
    let target = plain.url();
    let addr = tls::start(&authority.issue("cloud.test", 2099), None, move |conn| {
        conn.request();
        conn.write(reply(302, &format!("Location: {target}\r\n"), "").as_bytes());
    });
    let mut settings = settings(3);
    settings.http = settings.http.ca_pem(authority.pem()).resolve("cloud.test", addr);
    let error = Client::new(&[&format!("https://cloud.test:{}", addr.port())], settings).get("/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(error.to_string().contains("leaves TLS") && plain.received().is_empty(), "{error}");
}

#[tokio::test]
async fn a_failure_behind_a_redirect_is_not_the_endpoints() {
    let server = leading(302, format!("http://{}/", refused()));
    let other = elsewhere();
    let client = Client::new(&[&server.url(), &other.url()], settings(3));
    let error = client.get("/").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
    assert!(error.to_string().contains("behind a redirect: connecting to"), "{error}");
    assert!(other.received().is_empty());
    assert_eq!(client.get("/there").await.unwrap().endpoint().to_string(), server.url(), "it is not avoided");
}
