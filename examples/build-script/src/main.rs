//! Typed operations from a build script: only those that `build.rs` names are generated.
#![allow(clippy::print_stdout, reason = "an example prints")]

mod api {
    include!(concat!(env!("OUT_DIR"), "/sanyun.rs"));
}

use api::alibaba::ecs::{DescribeInstances, DescribeRegions};
use sanyun::prelude::*;
use sanyun::{alibaba, local};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = local::Local::builder().port(0).start().await?;
    let keys = Credential::keys(local::ACCESS_KEY, local::SECRET_KEY);
    let client = alibaba::Client::builder().region("cn-hangzhou").endpoint(cloud.url()).credentials(keys).build()?;

    let regions = client.call(DescribeRegions::new()).await?;
    let known = regions.regions.iter().flat_map(|regions| &regions.region);
    println!("{:?}", known.filter_map(|region| region.region_id.as_deref()).collect::<Vec<_>>());

    let mut instances = client.call(DescribeInstances::new("cn-hangzhou").max_results(10)).items();
    let mut count = 0;
    while let Some(instance) = instances.next().await {
        println!("{:?}", instance?.instance_id);
        count += 1;
    }
    println!("{count} instances");

    cloud.shutdown().await;
    Ok(())
}
