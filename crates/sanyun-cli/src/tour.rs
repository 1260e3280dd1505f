//! `sanyun tour`: what Sanyun does, shown on this machine alone. Every step is compared with what it should give; the
//! exit code tells whether all did.

mod clouds;
mod guide;
mod oss;

use clap::ArgMatches;
use sanyun_core::{Error, ErrorKind, Result};

use crate::options::Options;
use crate::place::Place;
use crate::{runtime, terminal};
use guide::Guide;

/// Runs the tour.
///
/// # Errors
/// The local cloud cannot start; a call failed that should not have, or a result differs.
pub(crate) fn run(arguments: &ArgMatches) -> Result<()> {
    let options = Options::new(arguments)?.at_local_cloud();
    runtime::block_on(async {
        let place = Place::new(&options).await?;
        let result = walk(&place, &options).await;
        place.leave().await;
        result
    })
}

async fn walk(place: &Place, options: &Options) -> Result<()> {
    let guide = Guide::new(place, options)?;
    say(&format!(
        "A local cloud has started on {}. It answers as Huawei Cloud, Tencent Cloud, Alibaba Cloud\n\
         and OSS do, and checks every signature. Nothing leaves this machine; no account is needed.\n",
        guide.url()
    ))?;
    clouds::huawei(&guide).await?;
    clouds::tencent(&guide).await?;
    clouds::alibaba(&guide).await?;
    oss::round_trip(&guide).await?;
    clouds::wrong_secret(&guide).await?;
    let (steps, differences) = guide.tally();
    if differences > 0 {
        return Err(Error::new(
            ErrorKind::Io,
            format!("{differences} of {steps} steps differ from what they should give"),
        ));
    }
    say(&format!(
        "\n{steps} steps, all as they should be. Go on with\n  \
         sanyun --local huawei vpc ListVpcs            any call against the local cloud\n  \
         sanyun local --data ./cloud                   the local cloud as a server, for any SDK\n  \
         sanyun api search \"list vpcs\"                 what there is to call\n  \
         sanyun --help                                 how to call the real clouds\n"
    ))
}

fn say(text: &str) -> Result<()> {
    terminal::print(text).map_err(|error| Error::io("writing", error))
}
