//! `sanyun oss`: files and objects.

mod args;
mod call;
mod carry;
mod copy;
mod hash;
mod left;
mod list;
mod look;
mod object;
mod progress;
mod remove;
mod session;
mod setting;
mod size;
mod stream;
mod sync;
mod url;
mod ways;

use clap::ArgMatches;
use sanyun_core::Result;

use crate::options::Options;
use crate::{args as common, runtime};
pub(crate) use args::{call_options, command};
use session::Session;

/// Runs `sanyun oss …`.
///
/// # Errors
/// What the command fails with.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, arguments)) = matches.subcommand() else { return Err(common::no_command("sanyun oss")) };
    let options = Options::new(arguments)?;
    if name == "call" && call::lists(arguments) {
        return call::list(&options, arguments);
    }
    runtime::block_on(async {
        let session = Session::new(options, arguments).await?;
        let result = match name {
            // These look after Ctrl-C themselves: what they have begun is put away, or kept for the next time.
            "cp" => copy::run(&session, arguments, false).await,
            "mv" => copy::run(&session, arguments, true).await,
            "sync" => sync::run(&session, arguments).await,
            _ => runtime::until_interrupted(run_command(&session, name, arguments)).await,
        };
        session.leave().await;
        result
    })
}

async fn run_command(session: &Session, name: &str, arguments: &ArgMatches) -> Result<()> {
    match name {
        "ls" => list::run(session, arguments).await,
        "du" => list::usage(session, arguments).await,
        "cat" => stream::cat(session, arguments).await,
        "rm" => remove::run(session, arguments).await,
        "mb" => look::make(session, arguments).await,
        "rb" => look::remove(session, arguments).await,
        "stat" => look::stat(session, arguments).await,
        "presign" => look::presign(session, arguments).await,
        "hash" => hash::run(session, arguments).await,
        "append" => object::append(session, arguments).await,
        "restore" => object::restore(session, arguments).await,
        "tag" => object::tag(session, arguments).await,
        "acl" => object::acl(session, arguments).await,
        "symlink" => object::symlink(session, arguments).await,
        "call" => call::run(session, arguments).await,
        _ => setting::run(session, name, arguments).await,
    }
}
