//! Every snippet of `docs/from-python/tencent.md`, run against the embedded local cloud.
//!
//! The snippets stand as a user would write them. That they reach the local cloud, under the real names of the hosts, is
//! done by a proxy and an authority that a program finds in its environment ([`Internet`]); so this one starts both, and
//! then itself once more with those variables set.
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod calls;
mod credentials;

use std::error::Error;
use std::path::Path;
use std::process::Command;

use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_examples::Internet;

/// What a snippet returns.
type Done = Result<(), Box<dyn Error>>;

/// Set in the process that runs the snippets.
const FOLDER: &str = "SANYUN_EXAMPLE_FOLDER";

fn main() -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::var(FOLDER) {
        Ok(folder) => {
            std::env::set_current_dir(folder)?;
            runtime.block_on(async {
                calls::run().await?;
                credentials::run().await
            })?;
            println!("all snippets ran");
            Ok(())
        }
        Err(_) => runtime.block_on(start()),
    }
}

/// Starts the local cloud, and this program with the variables that lead to it.
async fn start() -> Done {
    let local = Local::builder().port(0).start().await?;
    let internet = Internet::before(local.addr()).await?;
    let folder = tempfile::tempdir()?;
    write_files(folder.path())?;
    let mut child = Command::new(std::env::current_exe()?);
    child
        .envs(internet.variables())
        .env(FOLDER, folder.path())
        .env("HOME", folder.path())
        .env("TENCENTCLOUD_SECRET_ID", ACCESS_KEY)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("SANYUN_TENCENT_METADATA_ENDPOINT", local.url());
    let status = tokio::task::spawn_blocking(move || child.status()).await??;
    local.shutdown().await;
    if status.success() { Ok(()) } else { Err("a snippet failed".into()) }
}

/// What a user of the vendor's SDK has lying about.
fn write_files(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir(folder.join(".tencentcloud"))?;
    let keys = format!("[default]\nsecret_id = {ACCESS_KEY}\nsecret_key = {SECRET_KEY}\n");
    std::fs::write(folder.join(".tencentcloud/credentials"), keys)?;
    std::fs::write(folder.join("web-identity-token"), "a token of the cluster\n")
}
