//! What callers see of a refresh: nothing.

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::Clock as _;
use sanyun_core::credentials::CredentialCache;
use sanyun_core::testing::{at_once, settle};

use super::*;
use crate::{Client, Input};

/// A thousand calls at once, each signed; how many with which key and its own token.
async fn call_a_thousand_times(client: &Client, id: &str) -> usize {
    let signed = at_once(1000, || {
        let client = client.clone();
        async move {
            let call = client.send(Input::rpc("ecs", "2014-05-26", "DescribeRegions").endpoint(called()));
            let request = call.preview().await.unwrap().request;
            (request.header("authorization").to_owned(), request.header("x-acs-security-token").to_owned())
        }
    });
    let (key, token) = (format!("Credential={id},"), format!("{id}-token"));
    signed.await.iter().filter(|(authorization, sent)| authorization.contains(&key) && *sent == token).count()
}

fn client(world: &World, source: impl CredentialSource) -> Client {
    Client::builder().settings(world.settings()).region("cn-hangzhou").credentials(source).build().unwrap()
}

#[tokio::test]
async fn a_thousand_calls_while_the_keys_expire_cause_one_fetch() {
    let world = World::new().reply(200, "TOK").reply(200, "role").reply(200, &of_machine("one", 7200));
    let client = client(&world, EcsRamRole::new());
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    assert_eq!(world.requests().len(), 3, "the token, the role, and its keys");

    // In the window: the old keys serve all, one fetch runs beside them.
    world.clock.advance(Duration::from_secs(7200 - 800));
    let world = world.reply(200, &of_machine("two", 14_400));
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    settle().await;
    assert_eq!(world.requests().len(), 4);
    assert_eq!(call_a_thousand_times(&client, "two").await, 1000);

    // Expired altogether: all wait for one.
    world.clock.advance(Duration::from_secs(8000));
    let world = world.reply(200, &of_machine("three", 28_800));
    assert_eq!(call_a_thousand_times(&client, "three").await, 1000);
    assert_eq!(world.requests().len(), 5);
}

#[tokio::test]
async fn keys_of_the_shortest_life_are_not_fetched_for_every_call() {
    let world = World::new().reply(200, &granted("one", 900)).reply(200, &granted("two", 1800));
    let source = RamRoleArn::new(Credential::keys("i", "k"), "arn").duration(Duration::from_secs(900));
    let client = client(&world, source);
    for _ in 0..5 {
        assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
        settle().await;
        world.clock.advance(Duration::from_secs(89));
    }
    assert_eq!(world.requests().len(), 1, "half of their life serves without a question");
    world.clock.advance(Duration::from_secs(70));
    assert_eq!(call_a_thousand_times(&client, "one").await, 1000);
    settle().await;
    assert_eq!(call_a_thousand_times(&client, "two").await, 1000);
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test]
async fn an_outage_shorter_than_the_remaining_validity_is_invisible() {
    let world = World::new().reply(200, &granted("one", 3600)).refusing();
    let source = RamRoleArn::new(Credential::keys("i", "k"), "arn");
    let cache = CredentialCache::with_policy(Arc::new(source), world.context(), REFRESH);
    let id = async || cache.get("").await.map(|found| found.signing_keys().unwrap().id.clone());
    assert_eq!(id().await.unwrap(), "one");
    world.clock.advance(Duration::from_secs(3600 - 840));
    // The waits between attempts move the clock too.
    while time::unix_seconds(world.clock.now()) < NOW as i64 + 3500 {
        assert_eq!(id().await.unwrap(), "one");
        settle().await;
        world.clock.advance(Duration::from_secs(60));
    }
    assert!(world.requests().len() > 10, "it was tried");
    world.clock.advance(Duration::from_secs(101));
    let error = id().await.unwrap_err();
    assert!(error.to_string().starts_with("ram_role_arn: "), "expired keys are not used: {error}");
    world.clock.advance(Duration::from_secs(1));
    let _world = world.reply(200, &granted("two", 7200));
    assert_eq!(id().await.unwrap(), "two");
}
