//! What the client is for.

use std::time::Duration;

use sanyun::oss::Client;
use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    let client = Client::builder().region("cn-hangzhou").build()?;
    objects(&client).await?;
    transfers(&client).await?;
    files(&client).await?;
    settings(&client).await
}

async fn objects(client: &Client) -> Done {
    // [objects]
    let photos = client.bucket("photos");

    photos.put("a.jpg", "bytes").content_type("image/jpeg").meta("owner", "li").await?;
    let bytes = photos.get("a.jpg").range(0..1024).await?.bytes().await?;
    println!("{} bytes", bytes.len());

    let mut objects = photos.list().prefix("a").items();
    while let Some(object) = objects.next().await {
        println!("{}", object?.key);
    }

    let link = photos.get("a.jpg").presign(Duration::from_secs(600)).await?;
    println!("{}", link.url());
    // [end]
    Ok(())
}

async fn transfers(client: &Client) -> Done {
    let photos = client.bucket("photos");
    // [transfers]
    // In parts, several at once, with what stands on disk read while it is sent; both go on where they were broken off.
    let sent = photos.upload_file("film.mp4", "film.mp4").parallel(4).checkpoint(".").await?;
    println!("{:?}", sent.etag);

    photos.download_file("film.mp4", "copy.mp4").checkpoint(".").await?;
    // [end]
    assert_eq!(std::fs::read("film.mp4")?, std::fs::read("copy.mp4")?);
    Ok(())
}

async fn files(client: &Client) -> Done {
    let photos = client.bucket("photos");
    // [files]
    use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

    let mut film = photos.reader("film.mp4").open().await?;
    film.seek(std::io::SeekFrom::Start(40)).await?;
    let mut frame = [0; 20];
    film.read_exact(&mut frame).await?;

    let mut log = photos.appender("app.log").open().await?;
    log.write_all(b"started\n").await?;
    log.flush().await?;
    // [end]
    assert_eq!(&frame, b"a frame of the film ");
    Ok(())
}

async fn settings(client: &Client) -> Done {
    // [settings]
    use sanyun::oss::ops::{
        GetBucketLifecycle, LifecycleConfiguration, LifecycleRule, LifecycleRuleExpiration, PutBucketLifecycle,
    };

    // Every operation is a type; what it takes and gives are structures.
    let week = LifecycleRuleExpiration::new().days(7);
    let rule = LifecycleRule::new().id("tmp").prefix("tmp/").status("Enabled").expiration(week);
    let rules = LifecycleConfiguration::new().rules([rule]);
    client.call(PutBucketLifecycle::new("photos").lifecycle_configuration(rules)).await?;
    let stored = client.call(GetBucketLifecycle::new("photos")).await?;

    // Or by its name, with JSON.
    let acl = client.invoke("GetBucketAcl", serde_json::json!({"bucket": "photos"})).await?;
    println!("{}", acl["acl"]);
    // [end]
    let rules = stored.lifecycle_configuration.as_ref().ok_or("no rules")?;
    assert_eq!(rules.rules.first().and_then(|rule| rule.id.as_deref()), Some("tmp"));
    Ok(())
}
