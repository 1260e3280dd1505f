//! `tccli configure`: its profiles are read, changed and removed.
//!
//! As there, a profile names endpoint and version of every service, because `tccli` itself wants to find them. Unlike
//! there, only commands that change something write, and files of keys are readable for their owner alone.

mod prompt;
mod settings;
mod store;

use serde_json::{Map, Value};

use super::dropin::{Stop, print};
pub(super) use settings::newest;
use settings::{SYSTEM, masked};
use store::Store;

/// Members of the file of keys; the first three are secret.
const KEYS: [&str; 5] = ["secretId", "secretKey", "token", "role-arn", "role-session-name"];
/// Settings for every call.
const SETTINGS: [&str; 6] = ["region", "output", "arrayCount", "warning", "language", "request-client"];
/// The word that says how keys are got.
const MACHINE: &str = "use-cvm-role";

const HELP: &str = "\
tccli configure [--profile NAME]                        ask for keys, region and output
tccli configure list [--profile NAME]                   show the profile, secrets masked
tccli configure get KEY... [--profile NAME]             show settings: region, secretId, cvm.endpoint
tccli configure set KEY VALUE... [--profile NAME]       change settings
tccli configure set-root-domain DOMAIN [--profile NAME] the endpoints of all services
tccli configure remove [--profile NAME]                 remove the profile

Keys: secretId, secretKey, token, role-arn, role-session-name, use-cvm-role; region, output, language, arrayCount,
warning, request-client; SERVICE.endpoint, SERVICE.version. Profiles are files in ~/.tccli; without --profile it is
TCCLI_PROFILE or `default`.
";

/// Does what the words behind `configure` say.
///
/// # Errors
/// Words that mean nothing; a file that cannot be read or written.
pub(super) fn run(words: &[&str], rest: &[String], profile: Option<&str>) -> Result<(), Stop> {
    if !rest.is_empty() {
        return Err(Stop::unknown(rest));
    }
    if words.last() == Some(&"help") {
        return print(HELP);
    }
    let store = Store::new(profile)?;
    match words {
        [] => prompt::run(&store),
        ["list"] => print(&list(&store)?),
        ["get", names @ ..] if !names.is_empty() => print(&get(&store, names)?),
        ["set", pairs @ ..] if !pairs.is_empty() => set(&store, pairs),
        ["set-root-domain", domain] => set_root_domain(&store, domain),
        ["remove"] => store.remove(),
        ["set-root-domain", _, _, ..] => {
            Err(Stop::failed("one root domain is wanted, such as internal.tencentcloudapi.com"))
        }
        ["list" | "remove", strays @ ..] => {
            Err(Stop::unknown(&strays.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()))
        }
        [name @ ("get" | "set" | "set-root-domain")] => {
            Err(Stop::syntax(format!("configure {name}: a word is missing\n{HELP}")))
        }
        [other, ..] => Err(Stop::syntax(format!("configure has no command `{other}`\n{HELP}"))),
    }
}

fn get(store: &Store, names: &[&str]) -> Result<String, Stop> {
    let (settings, keys) = (store.settings()?, store.keys()?);
    let mut out = String::new();
    for name in names {
        let of_service = || name.split_once('.').and_then(|(service, member)| settings.get(service)?.get(member));
        let of_system = settings.get(SYSTEM).and_then(|system| system.get(name)).filter(|value| says_something(value));
        let value = of_system.or_else(|| keys.get(*name).filter(|value| says_something(value))).or_else(of_service);
        let value = value.ok_or_else(|| Stop::failed(format!("profile `{}` does not say `{name}`", store.name())))?;
        out += &format!("{name} = {}\n", shown(name, value));
    }
    Ok(out)
}

fn list(store: &Store) -> Result<String, Stop> {
    let (settings, keys) = (store.settings()?, store.keys()?);
    let empty = Map::new();
    let system = settings.get(SYSTEM).and_then(Value::as_object).unwrap_or(&empty);
    let lines = |names: &[&str], members: &Map<String, Value>| -> String {
        let said =
            names.iter().filter_map(|name| Some((name, members.get(*name).filter(|value| says_something(value))?)));
        said.map(|(name, value)| format!("{name} = {}\n", shown(name, value))).collect()
    };
    let mut services: Vec<_> = settings.iter().filter(|(name, _)| *name != SYSTEM).collect();
    services.sort_by_key(|(name, _)| *name);
    let member = |service: &Value, name: &str| service.get(name).map(crate::output::plain);
    let service = |(name, value): (&String, &Value)| {
        let version = member(value, "version").map(|version| format!("{name}.version = {version}\n"));
        let endpoint = member(value, "endpoint").map(|endpoint| format!("{name}.endpoint = {endpoint}\n"));
        version.map(|version| version + &endpoint.unwrap_or_default()).unwrap_or_default()
    };
    let services: String = services.into_iter().map(service).collect();
    Ok(format!("credential:\n{}configure:\n{}{services}", lines(&KEYS, &keys), lines(&SETTINGS, system)))
}

fn set(store: &Store, pairs: &[&str]) -> Result<(), Stop> {
    let (mut settings, mut keys) = (store.settings()?, store.keys()?);
    let before = keys.clone();
    for pair in pairs.chunks(2) {
        let [name, value] = pair else {
            return Err(Stop::failed("names and values come in pairs: configure set region ap-guangzhou output json"));
        };
        if KEYS.contains(name) {
            keys.insert((*name).to_owned(), (*value).into());
        } else if *name == MACHINE {
            keys.insert("type".to_owned(), kind_of_keys(value)?.into());
        } else if SETTINGS.contains(name) {
            settings::set(&mut settings, name, value);
        } else {
            settings::set_of_service(&mut settings, name, value)?;
        }
    }
    store.save_settings(settings)?;
    if keys == before { Ok(()) } else { store.save_keys(keys) }
}

fn kind_of_keys(word: &str) -> Result<&'static str, Stop> {
    match word.to_ascii_lowercase().as_str() {
        "true" => Ok("cvm-role"),
        "false" => Ok("default"),
        _ => Err(Stop::failed(format!("{MACHINE} is true or false"))),
    }
}

fn set_root_domain(store: &Store, domain: &str) -> Result<(), Stop> {
    let mut settings = store.settings()?;
    settings::set_root_domain(&mut settings, domain);
    store.save_settings(settings)
}

fn says_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0
}

/// A value on one line, masked if it is a secret.
fn shown(name: &str, value: &Value) -> String {
    let text = crate::output::plain(value);
    if KEYS.iter().take(3).any(|secret| *secret == name) { masked(&text) } else { text }
}
