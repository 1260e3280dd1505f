//! Pages and waiting, through the whole pipeline and real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::paging::{Advance, Named, Paging, Rule};
use sanyun_core::{Clock as _, ErrorKind, ManualClock, Settings, TimeoutPhase, every};
use serde_json::{Value, json};
use support::cloud::Client;
use support::{Server, reply};

fn listing() -> Named {
    let advance = Advance::Offset { offset: "offset" };
    let paging = Paging { advance, items: "items", limit: Some("limit"), total: Some("total"), more: None };
    Named::new(json!({"limit": 2}), move || Some(Rule { paging, as_text: false }))
}

/// Five items, two a page; the third reply fails if asked to.
fn server(fails: bool) -> Server {
    Server::replying(move |number| {
        let items: Vec<_> = (number * 2..5.min(number * 2 + 2)).collect();
        match fails && number == 2 {
            true => reply(404, "", "gone"),
            false => reply(200, "", &json!({"items": items, "total": 5}).to_string()),
        }
    })
}

#[tokio::test]
async fn pages_follow_until_everything_came() {
    let server = server(false);
    let mut pages = Client::new(&[&server.url()], Settings::default()).list(listing()).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap()["items"].as_array().unwrap().len());
    }
    assert_eq!(sizes, [2, 2, 1]);
    let targets: Vec<_> = server.received().iter().map(|it| it.target().to_owned()).collect();
    assert_eq!(targets, ["/list?limit=2", "/list?limit=2&offset=2", "/list?limit=2&offset=4"]);
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn items_come_one_after_the_other_and_an_error_ends_them() {
    let good = server(false);
    let items = Client::new(&[&good.url()], Settings::default()).list(listing()).items();
    assert_eq!(items.all().await.unwrap(), [0, 1, 2, 3, 4]);
    let bad = server(true);
    let mut items = Client::new(&[&bad.url()], Settings::default()).list(listing()).items();
    for expected in 0..4 {
        assert_eq!(items.next().await.unwrap().unwrap(), json!(expected));
    }
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Service);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_service_that_does_not_move_on_is_an_error_behind_its_page() {
    let server = Server::replying(|_| reply(200, "", r#"{"items": [1, 2]}"#));
    let mut pages = Client::new(&[&server.url()], Settings::default()).list(listing()).pages();
    assert!(pages.next().await.unwrap().is_ok());
    assert!(pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("paging by `offset` does not move on"), "{error}");
    assert!(pages.next().await.is_none());
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn operations_without_a_rule_have_no_pages() {
    let named = Named::new(Value::Null, || None);
    let mut pages = Client::new(&["http://127.0.0.1:1"], Settings::default()).list(named).pages();
    assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Input);
}

#[tokio::test]
async fn waiting_asks_until_the_condition_holds() {
    let server = Server::replying(|number| reply(200, "", &format!(r#"{{"ready": {}}}"#, number >= 3)));
    let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
    let settings = Settings { clock: clock.clone(), ..Settings::default() };
    let client = Client::new(&[&server.url()], settings);
    let ready = |reply: &Value| reply["ready"] == true;
    let wait = every(Duration::from_secs(3)).up_to(Duration::from_secs(60));
    client.list(listing()).until(wait, ready).await.unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(3); 3]);
    let before = clock.now();
    let never = client.list(listing()).until(wait, |_| false).await.unwrap_err();
    assert_eq!(never.timeout_phase(), Some(TimeoutPhase::Wait));
    assert!(never.to_string().contains("within 60s (21 calls)"), "{never}");
    assert_eq!(clock.now().duration_since(before).unwrap(), Duration::from_secs(60));
}

#[tokio::test]
async fn a_wrong_option_is_an_error_however_the_call_is_made() {
    let server = server(false);
    let call = || Client::new(&[&server.url()], Settings::default()).list(listing()).header("a b", "x");
    let errors = [
        call().await.unwrap_err(),
        call().pages().next().await.unwrap().unwrap_err(),
        call().items().next().await.unwrap().unwrap_err(),
        call().until(every(Duration::ZERO), |_| true).await.unwrap_err(),
        call().file("a", "x").await.unwrap_err(),
        call().preview().await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.kind() == ErrorKind::Input && error.message().contains("`a b`"), "{error}");
    }
    let unknown = Client::new(&[&server.url()], Settings::default()).list(listing()).file("a", "x").await.unwrap_err();
    assert!(unknown.kind() == ErrorKind::Input && unknown.message().contains("among the parameters"), "{unknown}");
    assert!(server.received().is_empty());
}
