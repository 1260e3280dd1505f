//! Section 8 of the manual: a picture goes up, the marked one comes down.

use sanyun::huawei::Client;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    let client = Client::builder().region("cn-north-4").build()?;
    watermark(&client).await?;
    progress(&client).await
}

async fn watermark(client: &Client) -> Done {
    // [watermark]
    use sanyun::huawei::dsc::v1::CreateImageWatermark;
    use sanyun::huawei::typed::File;

    // Streamed from the disk, and read again if the call must be repeated.
    let picture = File::open("demo.jpg")?;
    let operation = CreateImageWatermark::new(picture).blind_watermark("test_watermark");
    // Streamed to the disk, under a temporary name until it is whole.
    let length = client.call(operation).await?.save("result.jpg").await?;
    // [end]
    assert_eq!(std::fs::metadata("result.jpg")?.len(), length);
    assert!(length > 0);
    Ok(())
}

async fn progress(client: &Client) -> Done {
    // [progress]
    use sanyun::huawei::dsc::v1::CreateImageWatermark;
    use sanyun::huawei::{Body, typed::File};

    let picture = Body::file("demo.jpg")?.with_progress(|progress| println!("up: {progress}"));
    let picture = File { body: picture, name: Some("demo.jpg".to_owned()), content_type: None };
    let mut marked = client.call(CreateImageWatermark::new(picture).blind_watermark("mine")).await?;
    marked.with_progress(|progress| println!("down: {progress}")).save("result.jpg").await?;
    // [end]
    Ok(())
}
