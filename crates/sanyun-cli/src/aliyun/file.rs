//! `~/.aliyun/config.json`, which `aliyun configure` writes: `{"current": …, "profiles": [{"name": …, …}, …]}`.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sanyun_core::{Error, Files as _, Process, Result};
use serde_json::{Map, Value};

use crate::place;

const FILE_VARIABLE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
/// The name of a profile where nobody says one.
pub(super) const DEFAULT: &str = "default";

/// The profiles of a file. Members that are not known here stay as they are. Not `Debug`: it has secrets.
#[derive(Default)]
pub(super) struct File {
    members: Map<String, Value>,
    profiles: Vec<Value>,
}

/// Where the file is: as given, else where the environment says, else in the home folder.
pub(super) fn path(given: Option<&Path>) -> Option<PathBuf> {
    let home = || place::variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let of_environment = || place::variable(FILE_VARIABLE).map(PathBuf::from);
    let at_home = || home().map(|home| PathBuf::from(home).join(".aliyun").join("config.json"));
    given.map(Path::to_owned).or_else(of_environment).or_else(at_home)
}

impl File {
    /// Reads a file; one that does not exist has no profiles.
    ///
    /// # Errors
    /// It cannot be read or understood.
    pub(super) fn read(path: &Path) -> Result<Self> {
        match std::fs::read(path) {
            Ok(content) => Self::parse(&content).map_err(|why| Error::config(format!("{}: {why}", path.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io(format!("reading {}", path.display()), error)),
        }
    }

    fn parse(content: &[u8]) -> Result<Self, String> {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let wrong = || "it is no object with a list `profiles`".to_owned();
        let mut members = match serde_json::from_slice(if content.trim_ascii().is_empty() { b"{}" } else { content }) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(wrong()),
            Err(error) => return Err(format!("it is not JSON: {error}")),
        };
        let profiles = match members.get_mut("profiles").map(Value::take) {
            Some(Value::Array(profiles)) => profiles,
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return Err(wrong()),
        };
        Ok(Self { members, profiles })
    }

    /// The name of the profile that is used where nobody names one.
    pub(super) fn current(&self) -> &str {
        self.members.get("current").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or(DEFAULT)
    }

    /// The profiles, in order.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.profiles.iter().filter_map(Value::as_object)
    }

    /// The first profile of a name.
    pub(super) fn profile(&self, name: &str) -> Option<&Map<String, Value>> {
        self.profiles().find(|profile| is_called(profile, name))
    }

    /// The error for a profile that is not there.
    pub(super) fn no_profile(&self, name: &str, path: &Path) -> Error {
        let names: Vec<&str> = self.profiles().map(|profile| text(profile, "name")).collect();
        let known = if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) };
        Error::config(format!("there is no profile `{name}` in {}: {known}", path.display()))
            .with_hint("`sanyun alibaba configure list` shows them, `configure set --profile NAME` makes one")
    }

    /// Puts a profile in place of the one of its name, or behind the others.
    pub(super) fn put(&mut self, profile: Map<String, Value>) {
        let name = text(&profile, "name").to_owned();
        let is_old = |it: &&mut Value| it.as_object().is_some_and(|it| is_called(it, &name));
        match self.profiles.iter_mut().find(is_old) {
            Some(old) => *old = Value::Object(profile),
            None => self.profiles.push(Value::Object(profile)),
        }
    }

    /// Takes the profiles of a name away; whether there were any.
    pub(super) fn delete(&mut self, name: &str) -> bool {
        let before = self.profiles.len();
        self.profiles.retain(|it| !it.as_object().is_some_and(|it| is_called(it, name)));
        self.profiles.len() < before
    }

    /// Says which profile is used where nobody names one.
    pub(super) fn switch(&mut self, name: &str) {
        self.members.insert("current".to_owned(), name.into());
    }

    /// As `aliyun` writes it: indented with tabs.
    fn content(self) -> Vec<u8> {
        let mut members = self.members;
        members.entry("current").or_insert_with(|| DEFAULT.into());
        members.insert("profiles".to_owned(), Value::Array(self.profiles));
        let blanks = format!("{:#}\n", Value::Object(members));
        // A line break inside a text is written `\n`, so that every line begins with the indentation.
        let lines = blanks.split_inclusive('\n').map(|line| {
            let text = line.trim_start_matches(' ');
            "\t".repeat((line.len() - text.len()) / 2) + text
        });
        lines.collect::<String>().into_bytes()
    }
}

/// Changes the file in one step; others who change it wait. It and its folder are made if they are not there.
///
/// # Errors
/// What `change` refuses with, and then nothing is written; the file cannot be read, understood or written.
pub(super) fn edit(path: &Path, mut change: impl FnMut(&mut File) -> Result<()>) -> Result<()> {
    let broken = |error: io::Error| Error::io(format!("writing {}", path.display()), error);
    make(path).map_err(broken)?;
    let mut refused = None;
    let written = Process.update(path, &mut |content| {
        let mut file = File::parse(content).map_err(io::Error::other)?;
        match change(&mut file) {
            Ok(()) => Ok(Some(file.content())),
            Err(error) => {
                refused = Some(error);
                Ok(None)
            }
        }
    });
    written.map_err(broken)?;
    refused.map_or(Ok(()), Err)
}

/// Makes an empty file that only its owner may read, in a folder that only its owner may enter.
fn make(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut folder = std::fs::DirBuilder::new();
    let mut file = std::fs::OpenOptions::new();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
    }
    file.append(true).create(true).open(path).map(drop)
}

/// A member that is a text; empty if it is none.
pub(super) fn text<'p>(profile: &'p Map<String, Value>, name: &str) -> &'p str {
    profile.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_called(profile: &Map<String, Value>, name: &str) -> bool {
    text(profile, "name") == name
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &str =
        r#"{"current": "two", "profiles": [{"name": "one", "odd": [1]}, {"name": "two"}], "meta_path": ""}"#;

    #[test]
    fn changes_keep_what_is_not_known() {
        let mut file = File::parse(CONTENT.as_bytes()).unwrap();
        assert_eq!(file.current(), "two");
        assert!(file.delete("two") && !file.delete("three"));
        let mut one = file.profile("one").unwrap().clone();
        one.insert("region_id".to_owned(), "r".into());
        file.put(one);
        file.put(Map::from_iter([("name".to_owned(), "three".into())]));
        file.switch("three");
        let written = String::from_utf8(file.content()).unwrap();
        assert!(
            written.starts_with("{\n\t\"current\": \"three\",\n\t\"profiles\": [\n\t\t{\n\t\t\t\"name\": \"one\""),
            "{written}"
        );
        let expected = serde_json::json!({
            "current": "three",
            "profiles": [{"name": "one", "odd": [1], "region_id": "r"}, {"name": "three"}],
            "meta_path": "",
        });
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), expected);
    }

    #[test]
    fn a_file_is_made_private_and_a_refusal_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("config.json");
        edit(&path, |file| {
            file.switch("x");
            Ok(())
        })
        .unwrap();
        assert_eq!(File::read(&path).unwrap().current(), "x");
        edit(&path, |file| {
            file.switch("y");
            Err(Error::input("no"))
        })
        .unwrap_err();
        assert_eq!(File::read(&path).unwrap().current(), "x");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_such_file_is_told() {
        assert_eq!(File::parse(b" \n").ok().map(|file| file.current().to_owned()), Some(DEFAULT.to_owned()));
        assert_eq!(File::parse(b"[]").err(), Some("it is no object with a list `profiles`".to_owned()));
        assert_eq!(File::parse(br#"{"profiles": 1}"#).err(), Some("it is no object with a list `profiles`".to_owned()));
        assert!(File::parse(b"{\n x").err().unwrap().contains("line 2"));
    }
}
