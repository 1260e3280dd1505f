//! The frame of the programs behind the pages of `docs/from-python`.
//!
//! Their snippets stand as a user would write them: regions, no endpoints, credentials from the environment. That they
//! reach the local cloud is done by what a program finds in its environment; so each starts the local cloud, and then
//! itself once more with those variables set, in a folder of its own.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use sanyun::local::{Builder as Cloud, Local};
use tokio::runtime::{Builder, Runtime};

use crate::Internet;

/// What a snippet returns.
pub type Done = Result<(), Box<dyn Error>>;

/// Set in the process that runs the snippets.
const FOLDER: &str = "SANYUN_EXAMPLE_FOLDER";

/// What the snippets find when they start.
pub struct Surroundings<'a> {
    /// The cloud.
    pub local: &'a Local,
    /// The network that leads to it under the real names of the hosts.
    pub internet: &'a Internet,
    /// Their working folder, still empty.
    pub folder: &'a Path,
}

/// Runs the snippets of a page against a local cloud. `prepare` fills their folder and sets the variables of their process.
///
/// # Errors
/// A snippet failed.
pub fn page(
    cloud: Cloud,
    prepare: impl FnOnce(&Surroundings<'_>, &mut Command) -> Done,
    snippets: impl FnOnce(&Runtime) -> Done,
) -> Done {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    match std::env::var(FOLDER) {
        Ok(folder) => {
            std::env::set_current_dir(folder)?;
            snippets(&runtime)
        }
        Err(_) => runtime.block_on(start(cloud, prepare)),
    }
}

async fn start(cloud: Cloud, prepare: impl FnOnce(&Surroundings<'_>, &mut Command) -> Done) -> Done {
    let local = cloud.port(0).start().await?;
    let internet = Internet::before(local.addr()).await?;
    let folder = tempfile::tempdir()?;
    let mut child = Command::new(std::env::current_exe()?);
    child.env(FOLDER, folder.path());
    prepare(&Surroundings { local: &local, internet: &internet, folder: folder.path() }, &mut child)?;
    let status = tokio::task::spawn_blocking(move || child.status()).await??;
    local.shutdown().await;
    if status.success() { Ok(()) } else { Err("a snippet failed".into()) }
}
