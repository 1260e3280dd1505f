//! Who calls: what the options, the profile and the environment say, put together as one profile.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sanyun_alibaba::credentials::{self, CliProfile, IniProfile};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Edit, Env, Files, SourceError};
use serde_json::{Map, Value, json};

use super::fields::{Fields, From};

/// The profile as it would be in the file, of whatever is said.
const MERGED: &str = "command line";
/// Options that say what kind of credential is meant.
const TELLING: [(&str, &str); 10] = [
    ("bearer_token", "BearerToken"),
    ("process_command", "External"),
    ("credentials_uri", "CredentialsURI"),
    ("key_pair_name", "RsaKeyPair"),
    ("private_key", "RsaKeyPair"),
    ("oidc_provider_arn", "OIDC"),
    ("cloud_sso_sign_in_url", "CloudSSO"),
    ("oauth_site_type", "OAuth"),
    ("source_profile", "ChainableRamRoleArn"),
    ("ram_role_name", "EcsRamRole"),
];
/// What says nothing of keys.
const OF_CALLS: [&str; 8] = [
    "region_id",
    "endpoint",
    "endpoint_type",
    "output_format",
    "language",
    "read_timeout",
    "connect_timeout",
    "retry_count",
];
/// Modes whose keys can ask for a role's.
const OF_KEYS: [&str; 3] = ["", "ak", "ststoken"];
/// Variables that keep the file from being read, which has been done.
const SWITCHES: [&str; 3] =
    ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"];
/// Members that are numbers in the file.
const NUMBERS: [&str; 1] = ["expired_seconds"];

/// Where the profile is.
pub(super) struct Found {
    /// The file, if there is one.
    pub(super) path: Option<PathBuf>,
    /// The name of the profile.
    pub(super) name: String,
    /// What is in it; `None` if it is not in the file.
    pub(super) members: Option<Map<String, Value>>,
    /// Whether an option names it.
    pub(super) asked_for: bool,
}

/// Where credentials come from.
pub(super) fn source(found: &Found, mut fields: Fields) -> Arc<dyn CredentialSource> {
    settle(&mut fields);
    let says_who = |from: From| {
        let telling = TELLING.iter().map(|(member, _)| *member);
        let mut members = telling.chain(["mode", "access_key_id", "ram_role_arn"]);
        members.any(|member| fields.origin(member) == Some(from))
    };
    let added = fields.added().any(|(member, _)| !OF_CALLS.contains(&member));
    let is_changed = says_who(From::Option) || found.members.is_some() && added;
    match (&found.members, &found.path) {
        (None, _) if found.asked_for && !says_who(From::Option) => Arc::new(IniProfile::named(&found.name)),
        (Some(_), Some(path)) if !is_changed => Arc::new(CliProfile::named(&found.name).in_file(path)),
        // Keys under other names than those that the SDK reads.
        (None, _) if !is_changed && !has_other_spelling(&fields) => Arc::new(credentials::default_chain()),
        _ => Arc::new(Merged::new(found, &fields)),
    }
}

fn has_other_spelling(fields: &Fields) -> bool {
    fields.origin("access_key_id") == Some(From::Environment)
        && crate::place::variable("ALIBABA_CLOUD_ACCESS_KEY_ID").is_none()
}

/// Sees to it that keys belong together, and that an option says what kind of credential is meant.
fn settle(fields: &mut Fields) {
    let of_id = fields.origin("access_key_id");
    for member in ["access_key_secret", "sts_token"] {
        if of_id.is_some() && fields.origin(member) != of_id {
            fields.forget(member);
        }
    }
    if fields.origin("mode") == Some(From::Option) {
        return;
    }
    let given = |member: &str| fields.origin(member) == Some(From::Option);
    let mode = fields.get("mode").to_ascii_lowercase();
    let told = TELLING.iter().find(|(member, _)| given(member)).map(|(_, mode)| *mode);
    match (told, given("ram_role_arn")) {
        (Some("EcsRamRole"), true) => fields.say("mode", "RamRoleArnWithRoleName"),
        (Some(told), _) => fields.say("mode", told),
        (None, _) if matches!(of_id, Some(From::Option | From::Environment)) => fields.forget("mode"),
        (None, true) if OF_KEYS.contains(&mode.as_str()) => fields.say("mode", "RamRoleArn"),
        (None, true) if mode == "ecsramrole" => fields.say("mode", "RamRoleArnWithRoleName"),
        (None, _) => {}
    }
}

/// The profile with what goes over it and fills it, in place of the one in the file.
struct Merged {
    path: PathBuf,
    name: String,
    profile: Map<String, Value>,
}

impl Merged {
    fn new(found: &Found, fields: &Fields) -> Self {
        let mut profile = found.members.clone().unwrap_or_default();
        // What was forgotten is in the file all the same.
        for member in ["mode", "access_key_secret", "sts_token"] {
            if fields.find(member).is_none() {
                profile.remove(member);
            }
        }
        let added = fields.added().map(|(member, text)| (member.to_owned(), value(member, text)));
        profile.extend(added);
        profile.insert("name".to_owned(), found.name.as_str().into());
        Self { path: found.path.clone().unwrap_or_else(|| MERGED.into()), name: found.name.clone(), profile }
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let files = Over { path: self.path.clone(), profile: self.profile.clone(), files: Arc::clone(&context.files) };
        let context = Context {
            files: Arc::new(files),
            env: Arc::new(Without { env: Arc::clone(&context.env) }),
            ..context.clone()
        };
        CliProfile::named(&self.name).in_file(&self.path).load(&context).await
    }
}

fn value(member: &str, text: &str) -> Value {
    let number = text.parse::<u64>().ok().filter(|_| NUMBERS.contains(&member));
    number.map_or_else(|| text.into(), Value::from)
}

impl CredentialSource for Merged {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(MERGED)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

/// The files, with one profile of one of them replaced. What is written goes to the file itself.
struct Over {
    path: PathBuf,
    profile: Map<String, Value>,
    files: Arc<dyn Files>,
}

impl Files for Over {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path != self.path {
            return self.files.read(path);
        }
        let file = self.files.read(path).ok().and_then(|content| serde_json::from_slice::<Value>(&content).ok());
        let others = file.as_ref().and_then(|file| file.get("profiles")).and_then(Value::as_array);
        let profiles =
            std::iter::once(Value::Object(self.profile.clone())).chain(others.into_iter().flatten().cloned());
        Ok(json!({"profiles": profiles.collect::<Vec<_>>()}).to_string().into_bytes())
    }

    fn update(&self, path: &Path, edit: &mut Edit<'_>) -> io::Result<()> {
        self.files.update(path, edit)
    }
}

/// The environment without the switches that keep the file from being read.
struct Without {
    env: Arc<dyn Env>,
}

impl Env for Without {
    fn get(&self, name: &str) -> Option<String> {
        self.env.get(name).filter(|_| !SWITCHES.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: From = From::Profile;
    const OPTION: From = From::Option;
    const VARIABLE: From = From::Environment;

    fn settled(said: &[(&'static str, &str, From)]) -> Vec<(&'static str, String)> {
        let mut fields = Fields::of(said);
        settle(&mut fields);
        let names = ["mode", "access_key_id", "access_key_secret", "sts_token"];
        names.into_iter().filter_map(|name| Some((name, fields.find(name)?.to_owned()))).collect()
    }

    fn pairs(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect()
    }

    #[test]
    fn keys_of_two_places_are_never_mixed() {
        assert_eq!(
            settled(&[
                ("mode", "StsToken", PROFILE),
                ("access_key_id", "i", OPTION),
                ("access_key_secret", "s", OPTION),
                ("sts_token", "t", PROFILE),
            ]),
            pairs(&[("access_key_id", "i"), ("access_key_secret", "s")])
        );
        assert_eq!(
            settled(&[
                ("mode", "AK", PROFILE),
                ("access_key_id", "i", PROFILE),
                ("access_key_secret", "s", PROFILE),
                ("sts_token", "t", VARIABLE),
            ]),
            pairs(&[("mode", "AK"), ("access_key_id", "i"), ("access_key_secret", "s")])
        );
        assert_eq!(
            settled(&[("access_key_id", "i", OPTION), ("access_key_secret", "s", PROFILE)]),
            pairs(&[("access_key_id", "i")])
        );
    }

    #[test]
    fn an_empty_profile_is_filled_from_the_environment() {
        assert_eq!(
            settled(&[
                ("mode", "AK", PROFILE),
                ("access_key_id", "i", VARIABLE),
                ("access_key_secret", "s", VARIABLE),
                ("sts_token", "t", VARIABLE),
            ]),
            pairs(&[("access_key_id", "i"), ("access_key_secret", "s"), ("sts_token", "t")])
        );
    }

    #[test]
    fn options_say_the_mode() {
        for (said, mode) in [
            (vec![("mode", "AK", PROFILE), ("ram_role_arn", "a", OPTION)], "RamRoleArn"),
            (vec![("mode", "EcsRamRole", PROFILE), ("ram_role_arn", "a", OPTION)], "RamRoleArnWithRoleName"),
            (vec![("mode", "OIDC", PROFILE), ("ram_role_arn", "a", OPTION)], "OIDC"),
            (vec![("mode", "AK", PROFILE), ("ram_role_name", "r", OPTION)], "EcsRamRole"),
            (vec![("ram_role_name", "r", OPTION), ("ram_role_arn", "a", OPTION)], "RamRoleArnWithRoleName"),
            (vec![("mode", "AK", PROFILE), ("process_command", "p", OPTION)], "External"),
            (vec![("mode", "Anonymous", OPTION), ("process_command", "p", OPTION)], "Anonymous"),
            (vec![("mode", "AK", PROFILE), ("process_command", "p", VARIABLE)], "AK"),
        ] {
            assert_eq!(settled(&said), pairs(&[("mode", mode)]), "{said:?}");
        }
    }
}
