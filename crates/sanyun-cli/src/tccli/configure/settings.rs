//! What is in a profile's settings.

use std::collections::BTreeMap;

use sanyun_catalog::Catalog;
use sanyun_tencent::endpoint::ROOT_DOMAIN;
use serde_json::{Map, Value, json};

use crate::output::Format;
use crate::tccli::dropin::Stop;
use crate::terminal;

/// The group of what is for all services.
pub(super) const SYSTEM: &str = "_sys_param";
/// Members that older releases wrote outside the group.
const MOVED: [&str; 6] = super::SETTINGS;

/// The settings of a file with what a profile has besides; those of a new profile if there is no file. What is unknown
/// here stays.
pub(super) fn completed(found: Option<Map<String, Value>>) -> Map<String, Value> {
    let fresh = || Map::from_iter([(SYSTEM.to_owned(), new_system())]);
    let mut settings = found.unwrap_or_else(fresh);
    for name in MOVED {
        // A service is called `region`.
        if settings.get(name).is_some_and(|value| !value.is_object()) {
            let value = settings.shift_remove(name).unwrap_or_default();
            system(&mut settings).insert(name.to_owned(), value);
        }
    }
    system(&mut settings);
    for (name, version) in services() {
        let usual = || json!({"endpoint": format!("{}.{ROOT_DOMAIN}", host(name)), "version": version});
        settings.entry(name).or_insert_with(usual);
    }
    settings
}

fn new_system() -> Value {
    json!({"region": "ap-guangzhou", "output": "json", "arrayCount": 10, "warning": "off"})
}

/// The group of what is for all services.
pub(super) fn system(settings: &mut Map<String, Value>) -> &mut Map<String, Value> {
    group(settings, SYSTEM)
}

/// A group; what is none becomes an empty one.
fn group<'s>(settings: &'s mut Map<String, Value>, name: &str) -> &'s mut Map<String, Value> {
    if !settings.get(name).is_some_and(Value::is_object) {
        settings.insert(name.to_owned(), Value::Object(Map::new()));
    }
    let value = settings.get_mut(name).and_then(Value::as_object_mut);
    #[allow(clippy::expect_used, reason = "made an object above")]
    value.expect("an object")
}

/// The services with their newest versions. The name of a service is the first word of its host, but for one.
fn services() -> BTreeMap<&'static str, &'static str> {
    let mut newest = BTreeMap::new();
    for service in Catalog::tencent().services() {
        let version = newest.entry(service.name()).or_insert_with(|| service.api_version());
        *version = service.api_version().max(version);
    }
    newest
}

/// The newest version of a service.
pub(in crate::tccli) fn newest(service: &str) -> Option<&'static str> {
    services().get(service).copied()
}

fn host(service: &str) -> &str {
    if service == "autoscaling" { "as" } else { service }
}

/// Changes a setting for all services. A word that is none of those known becomes the usual one, which is told.
pub(super) fn set(settings: &mut Map<String, Value>, name: &str, value: &str) {
    let usual = match name {
        "output" if !matches!(Format::from_word(value), Some(Format::Json | Format::Text | Format::Table)) => {
            Some("json")
        }
        "language" if !["zh-CN", "en-US"].contains(&value) => Some("zh-CN"),
        _ => None,
    };
    if let Some(usual) = usual {
        terminal::note(&format!("warning: `{value}` is no {name}; it is set to {usual}"));
    }
    system(settings).insert(name.to_owned(), usual.unwrap_or(value).into());
}

/// Changes a setting of one service, such as `cvm.endpoint`.
///
/// # Errors
/// There is no such service.
pub(super) fn set_of_service(settings: &mut Map<String, Value>, name: &str, value: &str) -> Result<(), Stop> {
    let members = name.split_once('.').and_then(|(service, member)| Some((settings.get_mut(service)?, member)));
    match members {
        Some((Value::Object(members), member)) => {
            members.insert(member.to_owned(), value.into());
            Ok(())
        }
        _ => Err(Stop::failed(format!(
            "there is no setting `{name}`\nhint: those of services are written cvm.endpoint and cvm.version"
        ))),
    }
}

/// Puts every service below another domain.
pub(super) fn set_root_domain(settings: &mut Map<String, Value>, domain: &str) {
    for (name, version) in services() {
        let members = group(settings, name);
        members.insert("endpoint".to_owned(), format!("{}.{domain}", host(name)).into());
        members.insert("version".to_owned(), version.into());
    }
}

/// A secret of which the last four characters are seen.
pub(super) fn masked(secret: &str) -> String {
    let hidden = secret.chars().count().saturating_sub(4);
    format!("{}{}", "*".repeat(16), secret.chars().skip(hidden).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_keeps_what_it_has_and_gets_what_it_lacks() {
        let found = json!({"region": "ap-old", "mine": {"x": 1}, "cvm": {"endpoint": "h", "more": 2}, "waiter": {"interval": 2}});
        let Value::Object(found) = found else { return };
        let settings = Value::Object(completed(Some(found)));
        assert_eq!(settings["_sys_param"], json!({"region": "ap-old"}));
        assert_eq!(completed(settings.as_object().cloned())["_sys_param"], json!({"region": "ap-old"}));
        assert_eq!((&settings["mine"], &settings["waiter"]), (&json!({"x": 1}), &json!({"interval": 2})));
        assert_eq!(settings["cvm"], json!({"endpoint": "h", "more": 2}));
        let scaling = json!({"endpoint": "as.tencentcloudapi.com", "version": "2018-04-19"});
        assert_eq!(settings["autoscaling"], scaling);
        assert_eq!(Value::Object(completed(None))["_sys_param"]["arrayCount"], 10);
    }

    #[test]
    fn secrets_show_their_end() {
        assert_eq!(masked("key1"), "****************key1");
        assert_eq!(masked("a-long-secret-密钥"), "****************t-密钥");
    }
}
