//! The orders in which sources are asked.

use sanyun_core::testing::{begins_with_lines, key};
use sanyun_core::{Chain, ErrorKind};

use super::*;

const CLI_FILE: &str = "/h/.aliyun/config.json";
const INI_FILE: &str = "/h/.alibabacloud/credentials.ini";
const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";
const MACHINE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

fn home() -> World {
    World::new().var("HOME", "/h").var("USERPROFILE", "/h")
}

fn cli_file(id: &str) -> String {
    let profile = json!({"name": "default", "mode": "AK", "access_key_id": id, "access_key_secret": "s"});
    json!({"current": "default", "profiles": [profile]}).to_string()
}

fn ini_file(section: &str, id: &str) -> String {
    format!("[{section}]\ntype = access_key\naccess_key_id = {id}\naccess_key_secret = s\n")
}

/// A world in which each source has something; the steps are taken away from the front.
fn with_all_but(first: usize) -> World {
    let steps: [&dyn Fn(World) -> World; 5] = [
        &|world| world.var(KEY_ID, "of environment").var(KEY_SECRET, "s"),
        &|world| {
            let pod = world.var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p").var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/tok");
            pod.var("ALIBABA_CLOUD_ROLE_ARN", "a").file("/tok", "token").reply(200, &granted("of sts", 3600))
        },
        &|world| world.file(CLI_FILE, cli_file("of cli")),
        &|world| world.file(INI_FILE, ini_file("default", "of ini")),
        &|world| world.reply(404, "").reply(200, "role").reply(404, "").reply(200, &of_machine("of machine", 3600)),
    ];
    steps[first..].iter().fold(home(), |world, step| step(world))
}

/// Who is found, and by way of what.
fn found(chain: &Chain, world: &World) -> (String, String) {
    let credential = world.load(chain).unwrap();
    (key(&credential).to_owned(), named(&credential).1.to_owned())
}

fn pair(id: &str, provider: &str) -> (String, String) {
    (id.to_owned(), provider.to_owned())
}

#[test]
fn the_default_chain_asks_in_the_order_of_the_present_package() {
    for (first, (id, provider)) in [
        ("of environment", "default/env"),
        ("of sts", "default/oidc_role_arn"),
        ("of cli", "default/cli_profile/static_ak"),
        ("of ini", "default/profile/static_ak"),
        ("of machine", "default/ecs_ram_role"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(found(&default_chain(), &with_all_but(first)), pair(id, provider));
    }
    let world = home().var("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true").var(URI, "http://h/");
    let world = world.reply(200, &of_machine("of uri", 3600));
    assert_eq!(found(&default_chain(), &world), pair("of uri", "default/credential_uri"));
}

#[test]
fn the_older_chain_asks_no_machine_that_nobody_spoke_of() {
    let chain = seed_chain;
    let environment = || home().var(KEY_ID, "of environment").var(KEY_SECRET, "s");
    assert_eq!(found(&chain(), &environment().var(PROFILE, "default")).1, "default/env");
    let dev = environment().var(PROFILE, "dev").file(INI_FILE, ini_file("dev", "d"));
    assert_eq!(found(&chain(), &dev), pair("d", "default/profile/static_ak"));
    assert_eq!(found(&default_chain(), &dev).1, "default/env");
    let error = home().file(CLI_FILE, cli_file("of cli")).failed(&chain());
    assert!(error.message().contains("ALIBABA_CLOUD_ECS_METADATA is not set"), "{error}");
    for (text, questions) in [("R", 2), ("", 4)] {
        let world = home().var(MACHINE, text).reply(404, "");
        let world = if text.is_empty() { world.reply(200, "role").reply(404, "") } else { world };
        let world = world.reply(200, &of_machine("M", 3600));
        assert_eq!(found(&chain(), &world), pair("M", "default/ecs_ram_role"));
        assert_eq!(world.requests().len(), questions);
    }
    let world = home().var(URI, "http://h/").reply(200, &of_machine("of uri", 3600));
    assert_eq!(found(&chain(), &world), pair("of uri", "default/credential_uri"));
}

#[test]
fn the_error_says_of_every_source_why_it_had_nothing() {
    let error = home().refusing().failed(&default_chain());
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let starts = [
        "no credential found; tried in order:",
        "environment: ALIBABA_CLOUD_ACCESS_KEY_ID is not set",
        "oidc_role_arn: ALIBABA_CLOUD_ROLE_ARN is not set",
        "cli profile: ",
        "credentials file: no such file: ",
        "selected profile: ALIBABA_CLOUD_PROFILE is not set",
        "ecs_ram_role: this machine has no metadata service: ",
        "credentials_uri: ALIBABA_CLOUD_CREDENTIALS_URI is not set",
    ];
    begins_with_lines(error.message(), &starts);
    assert!(error.hint().is_some_and(|hint| hint.contains("aliyun configure")));
}

#[test]
fn a_selected_profile_may_stand_in_either_file_and_must_in_one() {
    let both = |section: &str| home().file(CLI_FILE, cli_file("of cli")).file(INI_FILE, ini_file(section, "of ini"));
    assert_eq!(found(&default_chain(), &both("dev").var(PROFILE, "dev")).0, "of ini");
    for (chain, world) in [
        (default_chain(), both("other")),
        (default_chain(), home()),
        (seed_chain(), both("other")),
        (seed_chain(), home()),
    ] {
        let error = world.var(PROFILE, "dev").failed(&chain);
        assert!(error.message().starts_with("the profile `dev`, which ALIBABA_CLOUD_PROFILE selects, "), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("aliyun configure --profile dev")));
    }
}

#[test]
fn what_is_broken_ends_the_search_with_file_and_line() {
    let machine = |world: World| world.reply(404, "").reply(200, "role").reply(404, "");
    let world = machine(home().file(INI_FILE, "[default]\ntype = access_key\nno separator\n"));
    let error = world.failed(&default_chain());
    assert!(error.to_string().contains("/h/.alibabacloud/credentials.ini, line 3"), "{error}");
    let error = machine(home().file(CLI_FILE, "{\n  nonsense\n}")).failed(&default_chain());
    assert!(error.to_string().contains(CLI_FILE) && error.to_string().contains("line 2"), "{error}");
    assert!(world.requests().is_empty());
    let blank = with_all_but(2).var(KEY_ID, "i").var(KEY_SECRET, "s ");
    assert!(blank.failed(&default_chain()).message().contains("white space"));
}

#[test]
fn who_was_found_is_asked_again_and_nobody_else() {
    let chain = default_chain();
    let world = home().reply(200, "TOK").reply(200, "role").reply(200, &of_machine("M", 3600));
    assert_eq!(found(&chain, &world).0, "M");
    // Now others have something, and the machine has not.
    let world = world.var(KEY_ID, "i").var(KEY_SECRET, "s").reply(404, "").reply(404, "").reply(404, "");
    assert!(world.failed(&chain).message().starts_with("ecs_ram_role: "));
}
