//! Every snippet of `docs/from-python/huawei.md`, run against the embedded local cloud.
//!
//! The snippets stand as a user would write them: regions, no endpoints, credentials from the environment. That they
//! reach the local cloud is done by the variables that the vendor documents for it, which a program gets from whoever
//! starts it; so this one starts the local cloud, and then itself once more with those variables set.
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod calls;
mod client;
mod credentials;
mod files;
mod places;
mod tokens;
mod watching;

use std::error::Error;
use std::path::Path;
use std::process::Command;

use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};

/// What a snippet returns.
type Done = Result<(), Box<dyn Error>>;

/// Set in the process that runs the snippets.
const FOLDER: &str = "SANYUN_EXAMPLE_FOLDER";

fn main() -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::var(FOLDER) {
        Ok(folder) => {
            std::env::set_current_dir(folder)?;
            runtime.block_on(snippets())?;
            // Without a runtime, as programs that have none.
            calls::blocking()?;
            println!("all snippets ran");
            Ok(())
        }
        Err(_) => runtime.block_on(start()),
    }
}

async fn snippets() -> Done {
    client::run().await?;
    credentials::run().await?;
    places::run().await?;
    calls::run().await?;
    watching::run().await?;
    files::run().await?;
    tokens::run().await
}

/// Starts the local cloud, and this program with the variables that lead to it.
async fn start() -> Done {
    let local = Local::builder().port(0).start().await?;
    let folder = tempfile::tempdir()?;
    write_files(folder.path())?;
    let mut child = Command::new(std::env::current_exe()?);
    child.env(FOLDER, folder.path());
    for (name, value) in variables(&local.url(), folder.path()) {
        child.env(name, value);
    }
    let status = tokio::task::spawn_blocking(move || child.status()).await??;
    local.shutdown().await;
    if status.success() { Ok(()) } else { Err("a snippet failed".into()) }
}

fn variables(url: &str, folder: &Path) -> Vec<(String, String)> {
    let file = |name: &str| folder.join(name).display().to_string();
    let fixed = [
        ("HUAWEICLOUD_SDK_AK", ACCESS_KEY.to_owned()),
        ("HUAWEICLOUD_SDK_SK", SECRET_KEY.to_owned()),
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", url.to_owned()),
        ("HUAWEICLOUD_SDK_STS_ENDPOINT", url.to_owned()),
        ("HUAWEICLOUD_SDK_CREDENTIALS_FILE", file("credentials")),
        ("HUAWEICLOUD_SDK_REGIONS_FILE", file("regions.yaml")),
        ("SANYUN_HUAWEI_METADATA_ENDPOINT", url.to_owned()),
        ("VPC_ENDPOINT", url.to_owned()),
    ];
    let mut all = Vec::from(fixed.map(|(name, value)| (name.to_owned(), value)));
    for service in ["VPC", "ECS", "IAM", "DSC", "IOTDA"] {
        all.push((format!("HUAWEICLOUD_SDK_REGION_{service}_CN_NORTH_4"), url.to_owned()));
    }
    all
}

/// What a user of the vendor's SDK has lying about.
fn write_files(folder: &Path) -> std::io::Result<()> {
    let keys = format!("ak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n");
    std::fs::write(folder.join("credentials"), format!("[basic]\n{keys}\n[global]\n{keys}"))?;
    std::fs::write(folder.join("id-token"), "an OpenID Connect id token\n")?;
    std::fs::write(folder.join("demo.jpg"), vec![0xd8; 300 * 1024])
}
