mod modes;
mod written;

use sanyun_core::testing::{World, failure_shows_no_secret, key, shows_no_secret};
use serde_json::{Value, json};

use super::*;

const FILE: &str = "/home/.aliyun/config.json";

/// A world with a file of these profiles, of which the first is the current one.
fn world(profiles: &[Value]) -> World {
    let file = json!({"current": profiles[0]["name"], "profiles": profiles, "meta_path": ""});
    World::new().var("HOME", "/home").file(FILE, file.to_string())
}

fn ak(name: &str) -> Value {
    json!({"name": name, "mode": "AK", "access_key_id": format!("{name}Ak"), "access_key_secret": "hunter2"})
}

#[test]
fn the_profile_is_found_in_order() {
    let world = world(&[ak("one"), ak("two"), ak("three"), json!({"name": "two", "mode": "Anonymous"})]);
    let credential = world.load(&CliProfile::new()).unwrap();
    assert_eq!(key(&credential), "oneAk");
    assert_eq!(credential.source(), "profile one in /home/.aliyun/config.json");
    assert_eq!(key(&world.clone().var("ALICLOUD_PROFILE", "two").load(&CliProfile::new()).unwrap()), "twoAk");
    let world = world.var("ALIBABACLOUD_PROFILE", "two").var("ALIBABA_CLOUD_PROFILE", "three");
    assert_eq!(key(&world.load(&CliProfile::new()).unwrap()), "threeAk");
    assert_eq!(key(&world.load(&CliProfile::named("two")).unwrap()), "twoAk");
}

#[test]
fn the_file_is_found_in_order() {
    let file = |name: &str| {
        json!({"profiles": [{"name": "default", "mode": "AK", "access_key_id": name, "access_key_secret": "s"}]})
            .to_string()
    };
    let world = World::new().var("HOME", "/home").file(FILE, format!("\u{feff}{}", file("usual")));
    assert_eq!(key(&world.load(&CliProfile::new()).unwrap()), "usual");
    let world =
        world.var("ALIBABA_CLOUD_CONFIG_FILE", "/named").file("/named", file("named")).file("/given", file("given"));
    assert_eq!(key(&world.load(&CliProfile::new()).unwrap()), "named");
    assert_eq!(key(&world.load(&CliProfile::new().in_file("/given")).unwrap()), "given");
}

#[test]
fn nothing_to_be_found_is_an_error_only_if_it_was_chosen() {
    let empty = World::new().var("HOME", "/home");
    assert_eq!(empty.absent(&CliProfile::new()), "no such file: /home/.aliyun/config.json");
    assert_eq!(empty.failed(&CliProfile::named("a")).to_string(), "no such file: /home/.aliyun/config.json");
    assert_eq!(empty.failed(&CliProfile::new().in_file("/x")).to_string(), "no such file: /x");
    assert_eq!(World::new().absent(&CliProfile::new()), "there is no home folder");
    let other = world(&[ak("b")]);
    assert_eq!(other.failed(&CliProfile::named("a")).to_string(), format!("{FILE} has no profile `a`, only b"));
    let selected = other.var("ALIBABA_CLOUD_PROFILE", "a");
    assert_eq!(selected.absent(&CliProfile::new()), format!("{FILE} has no profile `a`, only b"));
    for variable in DISABLING_VARIABLES {
        let off = world(&[ak("b")]).var(variable, "True");
        assert_eq!(off.absent(&CliProfile::new()), format!("switched off by {variable}"));
        assert_eq!(key(&world(&[ak("b")]).var(variable, "1").load(&CliProfile::new()).unwrap()), "bAk");
    }
}

#[test]
fn what_is_wrong_names_file_and_line() {
    for (text, problem) in [
        ("{\n\"a\": hunter2\n}", ", line 2: not JSON"),
        ("[\"hunter2\"]", ", line 1: not a JSON object"),
        ("{\"profiles\": \"hunter2\"}", ": `profiles` is no list"),
        ("{}", " has no profile `a`, nor any other"),
    ] {
        let world = World::new().var("HOME", "/home").file(FILE, text);
        assert_eq!(world.failed(&CliProfile::named("a")).to_string(), format!("{FILE}{problem}"));
        failure_shows_no_secret(text, &world, &CliProfile::named("a"));
    }
    shows_no_secret("source", &format!("{:?}", world(&[ak("a")]).load(&CliProfile::new())));
}

#[test]
fn settings_are_what_the_profile_says_of_calls() {
    let profile = json!({
        "name": "a", "mode": "AK", "region_id": "cn-x", "output_format": "json", "language": "zh", "site": "china",
        "retry_timeout": 7, "connect_timeout": "3", "retry_count": 2, "endpoint_type": "vpc", "endpoint": "",
    });
    let settings = CliProfile::new().settings(&world(&[profile]).context()).unwrap().unwrap();
    let text = |text: &str| Some(text.to_owned());
    let expected = CliSettings {
        profile: "a".to_owned(),
        region: text("cn-x"),
        output_format: text("json"),
        language: text("zh"),
        site: text("china"),
        read_timeout: Some(std::time::Duration::from_secs(7)),
        connect_timeout: Some(std::time::Duration::from_secs(3)),
        retry_count: Some(2),
        endpoint_type: text("vpc"),
        endpoint: None,
    };
    assert_eq!(settings, expected);
    let both = json!({"name": "a", "read_timeout": 9, "retry_timeout": 7, "connect_timeout": 0});
    let settings = CliProfile::new().settings(&world(&[both]).context()).unwrap().unwrap();
    assert_eq!((settings.read_timeout, settings.connect_timeout), (Some(std::time::Duration::from_secs(9)), None));
    assert_eq!(CliProfile::new().settings(&World::new().var("HOME", "/").context()).unwrap(), None);
    let wrong = CliProfile::new().settings(&world(&[json!({"name": "a", "retry_count": "many"})]).context());
    assert_eq!(wrong.unwrap_err().to_string(), format!("profile a in {FILE} has a `retry_count` that is no number"));
}
