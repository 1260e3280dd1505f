//! The world outside through one door: environment, files, time, chance and the network, so that a test can replace
//! each of them and never has to touch the process.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chance::{Chance, SystemChance};
use crate::clock::{Clock, SystemClock};
use crate::settings::user_agent;
use crate::transport::Transport;

/// Environment variables.
pub trait Env: Send + Sync + 'static {
    /// A variable's text; `None` if it is not set or not UTF-8. An empty text is a set variable.
    fn get(&self, name: &str) -> Option<String>;
}

/// Reading files.
pub trait Files: Send + Sync + 'static {
    /// A whole file.
    ///
    /// # Errors
    /// As [`std::fs::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
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
}

/// Given variables and files, for tests.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    vars: HashMap<String, String>,
    files: HashMap<PathBuf, Vec<u8>>,
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
        self.files.insert(path.into(), content.into());
        self
    }
}

impl Env for Fixed {
    fn get(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }
}

impl Files for Fixed {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
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
