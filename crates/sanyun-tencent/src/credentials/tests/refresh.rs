//! What callers see of a refresh: nothing.

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::Credential;
use sanyun_core::credentials::CredentialCache;
use sanyun_core::testing::{World, at_once, settle};

use super::super::{AssumeRole, CvmRole, REFRESH};
use super::{granted, of_machine};
use crate::Client;

/// A thousand calls at once, each signed; how many with which key and its own token.
async fn call_a_thousand_times(client: &Client, id: &str) -> usize {
    let authorizations = at_once(1000, || {
        let client = client.clone();
        async move {
            let call = client.send(crate::Input::new("cvm", "2017-03-12", "DescribeZones"));
            call.preview().await.unwrap().request.header("authorization").to_owned()
        }
    });
    let key = format!("Credential={id}/");
    authorizations.await.iter().filter(|authorization| authorization.contains(&key)).count()
}

fn client(world: &World, source: impl sanyun_core::CredentialSource) -> Client {
    Client::builder().settings(world.settings()).region("ap-guangzhou").credentials(source).build().unwrap()
}

#[tokio::test]
async fn a_thousand_calls_while_the_keys_expire_cause_one_fetch() {
    let world = World::new().reply(200, "role").reply(200, &of_machine("one", 7200));
    let client = client(&world, CvmRole::new());
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    assert_eq!(world.requests().len(), 2, "the role, and its keys");

    // In the window: the old keys serve all, one fetch runs beside them.
    world.clock.advance(Duration::from_secs(7200 - 200));
    let world = world.reply(200, &of_machine("two", 14_400));
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    settle().await;
    assert_eq!(world.requests().len(), 3);
    assert_eq!(call_a_thousand_times(&client, "two").await, 1000);

    // Expired altogether: all wait for one.
    world.clock.advance(Duration::from_secs(8000));
    let world = world.reply(200, &of_machine("three", 28_800));
    assert_eq!(call_a_thousand_times(&client, "three").await, 1000);
    assert_eq!(world.requests().len(), 4);
}

#[tokio::test]
async fn a_life_shortened_by_sts_does_not_mean_a_fetch_for_every_call() {
    let world = World::new().reply(200, &granted("one", 600)).reply(200, &granted("two", 1200));
    let source = AssumeRole::new(Credential::keys("i", "k"), "arn", "s").duration(Duration::from_secs(43_200));
    let client = client(&world, source);
    for _ in 0..5 {
        assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
        settle().await;
        world.clock.advance(Duration::from_secs(59));
    }
    assert_eq!(world.requests().len(), 1, "half of the life that it has serves without a question");
    world.clock.advance(Duration::from_secs(70));
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    settle().await;
    assert_eq!(call_a_thousand_times(&client, "two").await, 1000);
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test]
async fn an_outage_shorter_than_the_remaining_validity_is_invisible() {
    let world = World::new().reply(200, "role").reply(200, &of_machine("one", 7200)).refusing();
    let cache = CredentialCache::with_policy(Arc::new(CvmRole::new()), world.context(), REFRESH);
    let id = async || cache.get("").await.map(|found| found.signing_keys().unwrap().id.clone());
    assert_eq!(id().await.unwrap(), "one");
    world.clock.advance(Duration::from_secs(7200 - 240));
    for _ in 0..25 {
        assert_eq!(id().await.unwrap(), "one");
        settle().await;
        world.clock.advance(Duration::from_secs(9));
    }
    assert!(world.requests().len() > 10, "it was tried");
    world.clock.advance(Duration::from_secs(60));
    let error = id().await.unwrap_err();
    assert!(error.to_string().contains("no metadata service"), "expired keys are not used: {error}");
    world.clock.advance(Duration::from_secs(11));
    let _world = world.reply(200, "role").reply(200, &of_machine("two", 14_400));
    assert_eq!(id().await.unwrap(), "two");
}
