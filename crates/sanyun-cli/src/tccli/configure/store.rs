//! The files of a profile: `<name>.configure` and `<name>.credential` in `~/.tccli`.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use sanyun_core::{Error, Result};
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::settings;
use crate::tccli::profile;
use crate::terminal;

use super::Stop;

/// One profile.
pub(super) struct Store {
    folder: PathBuf,
    name: String,
}

impl Store {
    /// The profile of this name, else that which `tccli` takes.
    ///
    /// # Errors
    /// The name is a path; there is no home folder.
    pub(super) fn new(name: Option<&str>) -> Result<Self> {
        let folder = profile::folder().ok_or_else(|| Error::config("there is no home folder for profiles"))?;
        let name = profile::chosen(name);
        if name.is_empty() || name.contains(['/', '\\', ':']) {
            return Err(Error::input(format!("`{name}` is no name of a profile")));
        }
        Ok(Self { folder, name })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The settings; those of a new profile if it has none.
    ///
    /// # Errors
    /// The file cannot be read or is no JSON object.
    pub(super) fn settings(&self) -> Result<Map<String, Value>> {
        profile::read(&self.path("configure")).map(settings::completed)
    }

    /// The keys; none if it has none.
    ///
    /// # Errors
    /// As [`settings`](Self::settings).
    pub(super) fn keys(&self) -> Result<Map<String, Value>> {
        profile::read(&self.path("credential")).map(Option::unwrap_or_default)
    }

    /// Writes the settings.
    ///
    /// # Errors
    /// The file cannot be written; it is then as it was.
    pub(super) fn save_settings(&self, settings: Map<String, Value>) -> std::result::Result<(), Stop> {
        self.save("configure", settings)
    }

    /// Writes the keys.
    ///
    /// # Errors
    /// As [`save_settings`](Self::save_settings).
    pub(super) fn save_keys(&self, keys: Map<String, Value>) -> std::result::Result<(), Stop> {
        self.save("credential", keys)
    }

    /// Removes both files; one that is not there is told.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub(super) fn remove(&self) -> std::result::Result<(), Stop> {
        for ending in ["configure", "credential"] {
            let path = self.path(ending);
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    terminal::note(&format!("there is no {}.{ending}", self.name));
                }
                Err(error) => return Err(Error::io(format!("removing {}", path.display()), error).into()),
            }
        }
        Ok(())
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Writes beside the file and puts it in its place: whoever reads meanwhile reads the old one or the new one. The
    /// members are in the order of their names, as in the files of `tccli`.
    fn save(&self, ending: &str, content: Map<String, Value>) -> std::result::Result<(), Stop> {
        let path = self.path(ending);
        let mut content = Value::Object(content);
        content.sort_all_objects();
        let written = make_private(&self.folder).and_then(|()| {
            // Temporary files are readable for their owner alone, and so is what they become.
            let mut file = NamedTempFile::new_in(&self.folder)?;
            file.write_all(format!("{content:#}").as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|failed| failed.error)
        });
        written.map(drop).map_err(|error| Error::io(format!("writing {}", path.display()), error).into())
    }
}

/// Makes the folder, for its owner alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
