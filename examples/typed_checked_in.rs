//! Typed operations from a file that `sanyun generate` wrote:
//!
//! ```console
//! $ sanyun generate huawei/vpc/v2 --operations ListVpcs,CreateVpc --root sanyun::huawei --out examples/checked_in/vpc.rs
//! ```
#![allow(clippy::print_stdout, reason = "an example prints")]

#[path = "checked_in/vpc.rs"]
mod vpc;

use sanyun::prelude::*;
use sanyun::{huawei, local};
use vpc::{CreateVpc, CreateVpcOption, CreateVpcRequestBody, ListVpcs};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = local::Local::builder().port(0).start().await?;
    let client = huawei::Client::builder()
        .region("cn-north-4")
        .project_id("0123456789abcdef0123456789abcdef")
        .endpoint(cloud.url())
        .credentials(Credential::keys(local::ACCESS_KEY, local::SECRET_KEY))
        .build()?;

    let vpc = CreateVpcOption::new().name("front").cidr("192.168.0.0/16");
    let created = client.call(CreateVpc::new().body(CreateVpcRequestBody::new(vpc))).await?;
    println!("{created:?}", created = *created);

    let vpcs = client.call(ListVpcs::new()).items().all().await?;
    println!("{} VPC(s)", vpcs.len());

    cloud.shutdown().await;
    Ok(())
}
