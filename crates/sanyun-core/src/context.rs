//! The world outside through one door: environment, files, time, chance and the network, so that a test can replace
//! each of them and never has to touch the process.

mod update;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use update::Edit;

use crate::chance::{Chance, SystemChance};
use crate::clock::{Clock, SystemClock};
use crate::settings::user_agent;
use crate::transport::Transport;

/// Environment variables.
pub trait Env: Send + Sync + 'static {
    /// A variable's text; `None` if it is not set or not UTF-8. An empty text is a set variable.
    fn get(&self, name: &str) -> Option<String>;
}

/// Files.
pub trait Files: Send + Sync + 'static {
    /// A whole file.
    ///
    /// # Errors
    /// As [`std::fs::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Changes a file that exists, in one step and for its owner's eyes only: nobody else's change gets lost, and
    /// nobody sees half of it.
    ///
    /// # Errors
    /// As [`std::fs::read`] and [`std::fs::rename`]; what `edit` fails with. Then the file is as it was.
    /// [`Unsupported`](io::ErrorKind::Unsupported) where files can only be read.
    fn update(&self, path: &Path, edit: &mut Edit<'_>) -> io::Result<()> {
        let _ = (path, edit);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The process's own environment and file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process;

impl Env for Process {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

impl Files for Process {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn update(&self, path: &Path, edit: &mut Edit<'_>) -> io::Result<()> {
        update::update(path, edit)
    }
}

/// Given variables and files, for tests. Clones see what is changed in a file, until they are given one of their own.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    vars: HashMap<String, String>,
    files: Arc<Mutex<HashMap<PathBuf, Vec<u8>>>>,
}

impl Fixed {
    /// Adds a variable.
    #[must_use]
    pub fn var(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.vars.insert(name.into(), text.into());
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) -> Self {
        let mut files = self.files().clone();
        files.insert(path.into(), content.into());
        self.files = Arc::new(Mutex::new(files));
        self
    }

    fn files(&self) -> MutexGuard<'_, HashMap<PathBuf, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Env for Fixed {
    fn get(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }
}

impl Files for Fixed {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files().get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn update(&self, path: &Path, edit: &mut Edit<'_>) -> io::Result<()> {
        let mut files = self.files();
        let content = files.get_mut(path).ok_or(io::ErrorKind::NotFound)?;
        if let Some(new) = edit(content)? {
            *content = new;
        }
        Ok(())
    }
}

/// What credential sources and endpoint look-ups see of the world.
#[derive(Clone)]
pub struct Context {
    /// Environment variables.
    pub env: Arc<dyn Env>,
    /// Files.
    pub files: Arc<dyn Files>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// The network.
    pub transport: Arc<dyn Transport>,
    /// What credential sources say of the program in `User-Agent`.
    pub user_agent: Arc<str>,
    /// The client's region, where it has one: the services that hand out credentials have endpoints in regions, too.
    pub region: Option<Arc<str>>,
    /// Which kind of credential is asked for, where a cloud keeps several: Huawei's profile has one for the services of
    /// a region (`basic`) and one for those of the whole account (`global`). Empty elsewhere.
    pub kind: &'static str,
}

impl Context {
    /// The real world, with this transport.
    pub fn process(transport: Arc<dyn Transport>) -> Self {
        Self {
            env: Arc::new(Process),
            files: Arc::new(Process),
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            transport,
            user_agent: user_agent(None).into(),
            region: None,
            kind: "",
        }
    }

    /// A world of given variables and files, for tests.
    #[must_use]
    pub fn with_fixed(mut self, fixed: Fixed) -> Self {
        let fixed = Arc::new(fixed);
        self.env = fixed.clone();
        self.files = fixed;
        self
    }

    /// A variable that is set and not empty.
    pub fn var(&self, name: &str) -> Option<String> {
        self.env.get(name).filter(|text| !text.is_empty())
    }

    /// The user's home folder: `HOME`, on Windows `USERPROFILE`.
    pub fn home(&self) -> Option<PathBuf> {
        self.var(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Context")
    }
}
