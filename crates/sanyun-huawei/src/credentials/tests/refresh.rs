//! What callers see of a refresh: nothing.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sanyun_core::credentials::CredentialCache;
use sanyun_core::testing::{NOW, World, at_once, settle};
use sanyun_core::time;

use super::super::{BASIC, Federation, GLOBAL, Metadata, REFRESH};
use crate::Client;

/// Keys that live for this many seconds from the world's first moment.
fn keys(id: &str, life: u64) -> String {
    let expiry = time::iso_extended(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + life));
    format!(r#"{{"credential":{{"access":"{id}","secret":"S","securitytoken":"T","expires_at":"{expiry}"}}}}"#)
}

/// A thousand calls at once, each signed; how many with which key.
async fn call_a_thousand_times(client: &Client, id: &str) -> usize {
    let authorizations = at_once(1000, || {
        let client = client.clone();
        async move {
            let call = client.send(crate::Input::get("vpc", "/v1/{project_id}/vpcs"));
            call.preview().await.unwrap().request.header("authorization").to_owned()
        }
    });
    let key = format!("Access={id},");
    authorizations.await.iter().filter(|authorization| authorization.contains(&key)).count()
}

#[tokio::test]
async fn a_thousand_calls_while_the_keys_expire_cause_one_fetch() {
    let world = World::new().reply(404, "").reply(200, &keys("one", 6 * 3600));
    let client = Client::builder()
        .settings(world.settings())
        .region("cn-north-4")
        .project_id("p")
        .credentials(Metadata::new())
        .build()
        .unwrap();
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    assert_eq!(world.requests().len(), 2, "a token that there is not, and keys");

    // In the window: the old keys serve all, one fetch runs beside them.
    world.clock.advance(Duration::from_secs(6 * 3600 - 1800));
    let world = world.reply(200, &keys("two", 12 * 3600));
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    settle().await;
    assert_eq!(world.requests().len(), 3);
    assert_eq!(call_a_thousand_times(&client, "two").await, 1000);

    // Expired altogether: all wait for one.
    world.clock.advance(Duration::from_secs(7 * 3600));
    let world = world.reply(200, &keys("three", 24 * 3600));
    assert_eq!(call_a_thousand_times(&client, "three").await, 1000);
    assert_eq!(world.requests().len(), 4);
}

#[tokio::test]
async fn an_outage_of_iam_shorter_than_the_remaining_validity_is_invisible() {
    let world = World::new().file("/t", "token");
    let world = world.reply_with(201, &[("x-subject-token", "s")], "{}").reply(201, &keys("one", 6 * 3600)).refusing();
    let source = Arc::new(Federation::new("idp", "/t"));
    let cache = CredentialCache::with_policy(source, world.context(), REFRESH);
    let id = async || cache.get(BASIC).await.map(|found| found.signing_keys().unwrap().id.clone());
    assert_eq!(id().await.unwrap(), "one");
    world.clock.advance(Duration::from_secs(6 * 3600 - 2400));
    // Half an hour in which IAM does not answer.
    for _ in 0..180 {
        world.clock.advance(Duration::from_secs(9));
        assert_eq!(id().await.unwrap(), "one");
        settle().await;
    }
    assert!(world.requests().len() > 10, "it was tried");
    let world = world.reply_with(201, &[("x-subject-token", "s")], "{}").reply(201, &keys("two", 12 * 3600));
    world.clock.advance(Duration::from_secs(11));
    assert_eq!(id().await.unwrap(), "one");
    settle().await;
    assert_eq!(id().await.unwrap(), "two");
}

#[tokio::test]
async fn each_kind_of_call_has_its_own_keys() {
    let world = World::new().file("/f", "[basic]\nak=b\nsk=s\n[global]\nak=g\nsk=s\n");
    let source = Arc::new(super::super::Profile::at("/f"));
    let cache = CredentialCache::with_policy(source, world.context(), REFRESH);
    assert_eq!(cache.get(BASIC).await.unwrap().signing_keys().unwrap().id, "b");
    assert_eq!(cache.get(GLOBAL).await.unwrap().signing_keys().unwrap().id, "g");
}
