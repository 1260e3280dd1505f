//! `~/.tccli/<profile>.configure`, which `tccli configure` writes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use crate::output::Format;
use crate::place;

const PROFILE_VARIABLE: &str = "TCCLI_PROFILE";

/// The settings of a profile; none for one that does not exist, which may have keys all the same.
#[derive(Default)]
pub(super) struct Profile {
    /// The name that an option gives.
    asked_for: Option<String>,
    settings: Map<String, Value>,
}

impl Profile {
    /// The profile of this name, else that which `tccli` takes.
    ///
    /// # Errors
    /// The file cannot be read or is no JSON object.
    pub(super) fn read(asked_for: Option<&str>) -> Result<Self> {
        let path = folder().map(|folder| folder.join(format!("{}.configure", chosen(asked_for))));
        let settings = path.as_deref().map_or(Ok(None), read)?.unwrap_or_default();
        Ok(Self { asked_for: asked_for.map(str::to_owned), settings })
    }

    /// Whether it says anything.
    pub(super) fn exists(&self) -> bool {
        !self.settings.is_empty()
    }

    /// The name that an option gives.
    pub(super) fn name(&self) -> Option<&str> {
        self.asked_for.as_deref()
    }

    /// Whether an option names it: then it goes before the environment.
    pub(super) fn is_asked_for(&self) -> bool {
        self.asked_for.is_some()
    }

    /// A setting for all services; an empty text says nothing.
    pub(super) fn system(&self, name: &str) -> Option<&str> {
        self.text("_sys_param", name)
    }

    /// A setting of one service.
    pub(super) fn of_service(&self, service: &str, name: &str) -> Option<&str> {
        self.text(service, name)
    }

    /// The output format; a word that is none says nothing, as there.
    pub(super) fn output(&self) -> Option<Format> {
        Format::from_word(self.system("output")?)
    }

    /// A number of seconds for every `--waiter` that does not say its own.
    pub(super) fn waiting(&self, name: &str) -> Option<&Value> {
        self.settings.get("waiter")?.get(name)
    }

    fn text(&self, group: &str, name: &str) -> Option<&str> {
        self.settings.get(group)?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    #[cfg(test)]
    pub(super) fn of(settings: Value) -> Self {
        let settings = if let Value::Object(settings) = settings { settings } else { Map::new() };
        Self { asked_for: None, settings }
    }
}

/// The folder of the profiles; `None` without a home folder.
pub(super) fn folder() -> Option<PathBuf> {
    let home = place::variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?;
    Some(PathBuf::from(home).join(".tccli"))
}

/// The name that an option gives, else that of the environment, else the usual one.
pub(super) fn chosen(asked_for: Option<&str>) -> String {
    let name = asked_for.map(str::to_owned).or_else(|| place::variable(PROFILE_VARIABLE));
    name.unwrap_or_else(|| "default".to_owned())
}

/// The object in a file; `None` if there is no file.
///
/// # Errors
/// The file cannot be read or is no JSON object.
pub(super) fn read(path: &Path) -> Result<Option<Map<String, Value>>> {
    let content = match std::fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(format!("reading {}", path.display()), error)),
    };
    match serde_json::from_slice(&content) {
        Ok(Value::Object(settings)) => Ok(Some(settings)),
        Ok(_) => Err(Error::config(format!("{} is no JSON object", path.display()))),
        Err(error) => Err(Error::config(format!("{} is not JSON: {error}", path.display()))),
    }
}
