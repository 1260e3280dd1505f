//! Every snippet of `docs/from-python/huawei.md`, run against the embedded local cloud.
//!
//! They reach it by the variables that the vendor documents for it.
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod calls;
mod client;
mod credentials;
mod files;
mod places;
mod tokens;
mod watching;

use std::path::Path;
use std::process::Command;

use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_examples::{Done, Surroundings, page};

fn main() -> Done {
    page(Local::builder(), prepare, |runtime| {
        runtime.block_on(snippets())?;
        // Without a runtime, as programs that have none.
        calls::blocking()?;
        println!("all snippets ran");
        Ok(())
    })
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

fn prepare(around: &Surroundings<'_>, process: &mut Command) -> Done {
    process.envs(variables(&around.local.url(), around.folder));
    Ok(write_files(around.folder)?)
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
