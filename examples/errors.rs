//! What an error tells: a wrong secret, a misspelt parameter, a host that is not there.
#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "an example prints; a missing JSON member is null")]

use sanyun::prelude::*;
use sanyun::{local, tencent};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = local::Local::builder().port(0).start().await?;
    let client = |secret: &str, endpoint: &str| {
        tencent::Client::builder()
            .region("ap-shanghai")
            .endpoint(endpoint)
            .credentials(Credential::keys(local::ACCESS_KEY, secret))
            .retry(Retry::none())
            .build()
    };

    let wrong_secret = client("not-the-secret", &cloud.url())?;
    show(wrong_secret.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await);

    let good = client(local::SECRET_KEY, &cloud.url())?;
    show(good.invoke("cvm", "2017-03-12", "DescribeInstances", json!({"Limits": 20})).await);

    let nowhere = client(local::SECRET_KEY, "http://does-not-exist.invalid")?;
    show(nowhere.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await);

    cloud.shutdown().await;
    Ok(())
}

fn show(result: sanyun::Result<Response<serde_json::Value>>) {
    match result {
        Err(error) if error.is_throttled() => println!("slow down: {error}"),
        Err(error) => println!("{:?}: {error}\n  hint: {}\n", error.kind(), error.hint().unwrap_or("none")),
        Ok(reply) => println!("answered: {}", reply.request_id()),
    }
}
