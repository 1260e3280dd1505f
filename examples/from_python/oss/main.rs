//! Every snippet of `docs/from-python/oss.md`, run against the embedded local cloud.
//!
//! They reach it under the real names of the hosts, through the proxy and the authority of
//! [`Internet`](sanyun_examples::Internet).
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod configuration;
mod objects;

use std::process::Command;

use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_examples::{Done, Surroundings, page};

fn main() -> Done {
    page(Local::builder(), prepare, |runtime| {
        runtime.block_on(async {
            configuration::run().await?;
            objects::run().await
        })?;
        println!("all snippets ran");
        Ok(())
    })
}

fn prepare(around: &Surroundings<'_>, process: &mut Command) -> Done {
    process
        .envs(around.internet.variables())
        .env("HOME", around.folder)
        .env("OSS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("OSS_ACCESS_KEY_SECRET", SECRET_KEY);
    std::fs::write(around.folder.join("film.mp4"), "a frame of the film ".repeat(100_000))?;
    std::fs::create_dir_all(around.folder.join("album/2026"))?;
    std::fs::write(around.folder.join("album/2026/a.jpg"), "a picture")?;
    Ok(())
}
