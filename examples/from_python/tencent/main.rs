//! Every snippet of `docs/from-python/tencent.md`, run against the embedded local cloud.
//!
//! They reach it under the real names of the hosts, through the proxy and the authority of
//! [`Internet`](sanyun_examples::Internet).
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod calls;
mod credentials;

use std::process::Command;

use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_examples::{Done, Surroundings, page};

fn main() -> Done {
    page(Local::builder(), prepare, |runtime| {
        runtime.block_on(async {
            calls::run().await?;
            credentials::run().await
        })?;
        println!("all snippets ran");
        Ok(())
    })
}

/// What a user of the vendor's SDK has lying about.
fn prepare(around: &Surroundings<'_>, process: &mut Command) -> Done {
    process
        .envs(around.internet.variables())
        .env("HOME", around.folder)
        .env("TENCENTCLOUD_SECRET_ID", ACCESS_KEY)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("SANYUN_TENCENT_METADATA_ENDPOINT", around.local.url());
    std::fs::create_dir(around.folder.join(".tencentcloud"))?;
    let keys = format!("[default]\nsecret_id = {ACCESS_KEY}\nsecret_key = {SECRET_KEY}\n");
    std::fs::write(around.folder.join(".tencentcloud/credentials"), keys)?;
    std::fs::write(around.folder.join("web-identity-token"), "a token of the cluster\n")?;
    Ok(())
}
