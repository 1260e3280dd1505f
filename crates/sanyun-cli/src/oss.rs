//! `sanyun oss`: files and objects.

mod copy;
mod download;
mod list;
mod look;
mod progress;
mod remove;
mod session;
mod size;
mod transfer;
mod upload;
mod url;
mod walk;

use clap::ArgMatches;
use sanyun_core::Result;

use crate::options::Options;
use crate::{args, runtime};
use session::Session;

/// Runs `sanyun oss …`.
///
/// # Errors
/// What the command fails with.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, arguments)) = matches.subcommand() else { return Err(args::no_command("sanyun oss")) };
    let options = Options::new(arguments)?;
    runtime::block_on(async {
        let session = Session::new(options).await?;
        let result = runtime::until_interrupted(command(&session, name, arguments)).await;
        session.leave().await;
        result
    })
}

async fn command(session: &Session, name: &str, arguments: &ArgMatches) -> Result<()> {
    match name {
        "ls" => list::run(session, arguments).await,
        "cp" => copy::run(session, arguments).await,
        "cat" => download::cat(session, &url::object(arguments, "oss://BUCKET/KEY")?).await,
        "rm" => remove::run(session, arguments).await,
        "mb" => look::make(session, arguments).await,
        "rb" => look::remove(session, arguments).await,
        "stat" => look::stat(session, arguments).await,
        _ => look::presign(session, arguments).await,
    }
}
