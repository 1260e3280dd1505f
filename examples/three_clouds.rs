//! One call on each of the three clouds, by name.
#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "an example prints; a missing JSON member is null")]

use sanyun::prelude::*;
use sanyun::{alibaba, huawei, local, tencent};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The three clouds on 127.0.0.1. It checks every signature the way the gateways do.
    let cloud = local::Local::builder().port(0).start().await?;
    let keys = Credential::keys(local::ACCESS_KEY, local::SECRET_KEY);

    // A client: no I/O, no account-wide state; one serves every service of its cloud.
    let huawei = huawei::Client::builder()
        .region("cn-north-4")
        .project_id("0123456789abcdef0123456789abcdef")
        .endpoint(cloud.url())
        .credentials(keys.clone())
        .build()?;
    // The catalog knows method, path and the place of every parameter; a misspelt one is an error before anything is sent.
    let vpcs = huawei.invoke("vpc", "v2", "ListVpcs", json!({"limit": 10})).await?;
    println!("Huawei: {} VPCs, request {}", vpcs["vpcs"].as_array().map_or(0, Vec::len), vpcs.request_id());

    let tencent =
        tencent::Client::builder().region("ap-shanghai").endpoint(cloud.url()).credentials(keys.clone()).build()?;
    let zones = tencent.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await?;
    println!("Tencent: {} zones, request {}", zones["TotalCount"], zones.request_id());

    let alibaba = alibaba::Client::builder().region("cn-hangzhou").endpoint(cloud.url()).credentials(keys).build()?;
    // Options of one call are the same on every cloud.
    let regions = alibaba
        .invoke("ecs", "2014-05-26", "DescribeRegions", json!({}))
        .timeout(std::time::Duration::from_secs(5))
        .retry(Retry::none())
        .await?;
    println!("Alibaba: regions {}, request {}", regions["Regions"]["Region"][0]["RegionId"], regions.request_id());

    cloud.shutdown().await;
    Ok(())
}
