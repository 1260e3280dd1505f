//! The file of the vendor's command line: reading it, and changing a profile in it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sanyun_core::{Context, Error, Result, time};
use serde::Serialize;
use serde_json::{Map, Value};

/// The last second that fits into a calendar of four digits: what is later is no moment.
const LAST_SECOND: i64 = 253_402_300_799;

/// A file that was read.
pub(super) struct Config {
    pub(super) path: PathBuf,
    members: Map<String, Value>,
}

impl Config {
    /// Reads a file; `None` if it is not there.
    pub(super) fn read(context: &Context, path: &Path) -> Result<Option<Self>> {
        match context.files.read(path) {
            Ok(bytes) => Ok(Some(Self { path: path.to_owned(), members: parse(path, &bytes)? })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(format!("reading {}", path.display()), error)),
        }
    }

    /// The name of the profile that the command line takes when it is told none.
    pub(super) fn current(&self) -> &str {
        self.members.get("current").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// The first profile of a name.
    pub(super) fn profile(&self, name: &str) -> Option<Profile<'_>> {
        let members = profiles(&self.members).find(|members| is_named(members, name))?;
        Some(Profile { path: &self.path, members })
    }

    /// Names what is there instead.
    pub(super) fn lacks(&self, name: &str) -> String {
        let others: Vec<_> = profiles(&self.members).filter_map(|members| members.get("name")?.as_str()).collect();
        match others.is_empty() {
            true => format!("{} has no profile `{name}`, nor any other", self.path.display()),
            false => format!("{} has no profile `{name}`, only {}", self.path.display(), others.join(", ")),
        }
    }
}

fn profiles(file: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    file.get("profiles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn profile_mut<'a>(file: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    let profiles = file.get_mut("profiles").and_then(Value::as_array_mut).into_iter().flatten();
    profiles.filter_map(Value::as_object_mut).find(|profile| is_named(profile, name))
}

fn is_named(profile: &Map<String, Value>, name: &str) -> bool {
    profile.get("name").and_then(Value::as_str) == Some(name)
}

/// What is wrong is named with its line; nothing of the text is shown.
fn parse(path: &Path, bytes: &[u8]) -> Result<Map<String, Value>> {
    let wrong = |what: &str| Error::config(format!("{}{what}", path.display()));
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let members = match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err(wrong(", line 1: not a JSON object")),
        Err(error) => return Err(wrong(&format!(", line {}: not JSON", error.line()))),
    };
    match members.get("profiles") {
        None | Some(Value::Null | Value::Array(_)) => Ok(members),
        Some(_) => Err(wrong(": `profiles` is no list")),
    }
}

/// A profile in a file.
#[derive(Clone, Copy)]
pub(in super::super) struct Profile<'a> {
    path: &'a Path,
    members: &'a Map<String, Value>,
}

impl<'a> Profile<'a> {
    pub(in super::super) fn name(self) -> &'a str {
        self.get("name").unwrap_or_default()
    }

    /// How it is called in errors and lists.
    pub(in super::super) fn shown(self) -> String {
        format!("profile {} in {}", self.name(), self.path.display())
    }

    /// A text that says something.
    pub(in super::super) fn get(self, member: &str) -> Option<&'a str> {
        self.members.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The same, empty if there is none.
    pub(in super::super) fn text(self, member: &str) -> String {
        self.get(member).unwrap_or_default().to_owned()
    }

    /// A text that has to be there.
    pub(in super::super) fn wanted(self, member: &str) -> Result<&'a str> {
        self.get(member).ok_or_else(|| self.wrong(&format!("has no `{member}`")))
    }

    /// A number, or its text; zero counts as none.
    pub(in super::super) fn number(self, member: &str) -> Result<Option<u64>> {
        let number = match self.members.get(member) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_u64(),
        };
        match number {
            Some(number) => Ok(Some(number).filter(|number| *number > 0)),
            None => Err(self.wrong(&format!("has a `{member}` that is no number"))),
        }
    }

    /// A number of seconds.
    pub(in super::super) fn seconds(self, member: &str) -> Result<Option<Duration>> {
        Ok(self.number(member)?.map(Duration::from_secs))
    }

    /// A moment, in seconds since 1970.
    pub(in super::super) fn moment(self, member: &str) -> Option<SystemTime> {
        let seconds = i64::try_from(self.number(member).ok()??).ok()?;
        (seconds <= LAST_SECOND).then(|| time::from_unix(seconds))
    }

    pub(in super::super) fn flag(self, member: &str) -> Option<bool> {
        match self.members.get(member)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => Some(text.eq_ignore_ascii_case("true")),
            _ => None,
        }
    }

    pub(in super::super) fn wrong(self, what: &str) -> Error {
        Error::config(format!("{} {what}", self.shown()))
    }

    /// Where it stands.
    pub(in super::super) fn place(self) -> Place {
        Place { path: self.path.to_owned(), profile: self.name().to_owned() }
    }
}

/// A profile's place in a file, to write to.
#[derive(Clone)]
pub(in super::super) struct Place {
    path: PathBuf,
    pub(super) profile: String,
}

impl Place {
    /// The profile as it is in the file now.
    pub(in super::super) fn read<T>(&self, context: &Context, look: impl FnOnce(Profile<'_>) -> T) -> Result<T> {
        let config = Config::read(context, &self.path)?.ok_or_else(|| self.gone())?;
        Ok(look(config.profile(&self.profile).ok_or_else(|| self.gone())?))
    }

    /// The file, with these members over those of the profile. Nothing is written.
    pub(super) fn with(&self, context: &Context, members: &Map<String, Value>) -> Result<Config> {
        let mut config = Config::read(context, &self.path)?.ok_or_else(|| self.gone())?;
        let profile = profile_mut(&mut config.members, &self.profile).ok_or_else(|| self.gone())?;
        let name = profile.get("name").cloned();
        profile.extend(members.clone());
        profile.extend(name.map(|name| ("name".to_owned(), name)));
        Ok(config)
    }

    fn gone(&self) -> Error {
        Error::config(format!("profile {} is no longer in {}", self.profile, self.path.display()))
    }

    /// Sets these members of the profile and leaves everything else as it is by now, in its order; a profile that is no
    /// longer of this mode is left alone.
    pub(in super::super) fn write(
        &self,
        context: &Context,
        mode: &str,
        members: Vec<(&'static str, Value)>,
    ) -> Result<()> {
        let mut edit = |old: &[u8]| {
            let mut file = parse(&self.path, old).map_err(|error| io::Error::other(error.to_string()))?;
            let profile = profile_mut(&mut file, &self.profile).filter(|profile| {
                profile.get("mode").and_then(Value::as_str).is_some_and(|now| now.eq_ignore_ascii_case(mode))
            });
            let Some(profile) = profile else { return Ok(None) };
            profile.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            Ok(Some(written(&file, old)?))
        };
        let written = context.files.update(&self.path, &mut edit);
        written.map_err(|error| Error::io(format!("writing {}", self.path.display()), error))
    }
}

/// The file as text, indented as it was; the command line indents with tabs.
fn written(file: &Map<String, Value>, old: &[u8]) -> io::Result<Vec<u8>> {
    let mut lines = old.split(|byte| *byte == b'\n').skip(1);
    let indented = lines.find(|line| line.starts_with(b" ") || line.starts_with(b"\t"));
    let indent = indented.and_then(|line| line.get(..line.iter().position(|byte| !b" \t".contains(byte))?));
    let mut out = Vec::with_capacity(old.len() + 256);
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.unwrap_or(b"\t"));
    file.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
    if old.ends_with(b"\n") {
        out.push(b'\n');
    }
    Ok(out)
}
