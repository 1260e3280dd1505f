//! Objects: upload, list, download, a link for somebody without keys.
#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "an example prints; a missing JSON member is null")]

use std::time::Duration;

use sanyun::prelude::*;
use sanyun::{local, oss};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = local::Local::builder().port(0).start().await?;
    let client = oss::Client::builder()
        .region("cn-hangzhou")
        .endpoint(cloud.url())
        .credentials(Credential::keys(local::ACCESS_KEY, local::SECRET_KEY))
        .build()?;

    let photos = client.bucket("photos");
    photos.create().await?;
    // Any key is a key: this one reaches the cloud byte for byte.
    photos.put("a/../b ü+%2F.jpg", Body::from("pixels")).content_type("image/jpeg").meta("owner", "li").await?;

    let mut keys = photos.list().prefix("a/").items();
    while let Some(object) = keys.next().await {
        let object = object?;
        println!("{} ({} bytes)", object.key, object.size);
    }

    // The CRC-64 of what arrives is checked against the one that the cloud keeps.
    let bytes = photos.get("a/../b ü+%2F.jpg").range(0..3).await?.into_inner().bytes().await?;
    println!("its first bytes: {:?}", bytes);

    let link = photos.get("a/../b ü+%2F.jpg").presign(Duration::from_secs(600)).await?;
    println!("a link for ten minutes, {} characters long", link.url().len());

    cloud.shutdown().await;
    Ok(())
}
