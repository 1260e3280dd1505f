//! Typed operations by cargo features: `sanyun-tencent = { version = "0.1", features = ["cvm"] }` and the like.
//!
//! Every service of a cloud is a feature of that cloud's crate; all its versions come along, the latest also under the
//! short name.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Duration;

use sanyun::huawei::vpc::v2::{CreateVpc, CreateVpcOption, CreateVpcRequestBody, ListVpcs};
use sanyun::prelude::*;
use sanyun::tencent::cvm::{DescribeInstances, DescribeZones, Filter};
use sanyun::{huawei, local, tencent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = local::Local::builder().port(0).start().await?;
    let keys = Credential::keys(local::ACCESS_KEY, local::SECRET_KEY);
    let tencent =
        tencent::Client::builder().region("ap-shanghai").endpoint(cloud.url()).credentials(keys.clone()).build()?;

    // An operation is a plain value: what must be there stands in `new`, the rest is set, and it can be kept, compared
    // and printed.
    let operation = DescribeInstances::new().limit(20).filters([Filter::new("zone", ["ap-shanghai-1"])]);
    println!("{operation:?}");
    let page = tencent.call(operation.clone()).await?;
    println!("{} of {} instances ({})", page.instance_set.len(), page.total_count, page.request_id());

    // Options belong to the call, so that they never clash with a parameter.
    let zones = tencent.call(DescribeZones::new()).timeout(Duration::from_secs(5)).region("ap-beijing").await?;
    println!("{:?}", zones.zone_set.first().map(|zone| &zone.zone_name));

    let huawei = huawei::Client::builder()
        .region("cn-north-4")
        .project_id("0123456789abcdef0123456789abcdef")
        .endpoint(cloud.url())
        .credentials(keys)
        .build()?;
    for name in ["front", "middle", "back"] {
        let vpc = CreateVpcOption::new().name(name).cidr("10.0.0.0/16");
        huawei.call(CreateVpc::new().body(CreateVpcRequestBody::new(vpc))).await?;
    }

    // All items of all pages; a page is asked for when the one before is used up.
    let mut vpcs = huawei.call(ListVpcs::new().limit(2)).items();
    while let Some(vpc) = vpcs.next().await {
        println!("VPC {}", vpc?.name);
    }

    // Wait until something is so.
    let wait = every(Duration::from_millis(10)).up_to(Duration::from_secs(5));
    let up = huawei
        .call(ListVpcs::new())
        .until(wait, |reply| reply.vpcs.iter().all(|vpc| vpc.status.as_str() == "OK"))
        .await?;
    println!("{} VPCs are up", up.vpcs.len());

    cloud.shutdown().await;
    Ok(())
}
