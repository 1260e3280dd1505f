//! tour
pub(crate) fn run(_: &clap::ArgMatches) -> sanyun_core::Result<()> { Ok(()) }
