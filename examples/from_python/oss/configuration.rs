//! How a client is configured.

use std::time::Duration;

use sanyun::oss::Client;
use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    default().await?;
    internal().await?;
    custom_domain()?;
    acceleration().await?;
    private_domain()?;
    finance().await?;
    government().await?;
    timeouts().await?;
    retries().await?;
    http_client()?;
    more().await
}

/// Makes and removes an object.
async fn works(client: &Client) -> Done {
    let photos = client.bucket("photos");
    photos.put("probe", "bytes").await?;
    photos.delete("probe").await?;
    Ok(())
}

async fn default() -> Done {
    // [default]
    use sanyun::oss::Client;
    use sanyun::oss::credentials::Environment;

    // Method 1: the region alone.
    let client = Client::builder().region("cn-hangzhou").credentials(Environment).build()?;

    // Method 2: its endpoint as well.
    let named = Client::builder()
        .region("cn-hangzhou")
        .endpoint("https://oss-cn-hangzhou.aliyuncs.com")
        .credentials(Environment)
        .build()?;
    // [end]
    client.bucket("photos").create().await?;
    works(&client).await?;
    works(&named).await
}

async fn internal() -> Done {
    // [internal]
    use sanyun::oss::{Client, Network};

    let client = Client::builder().region("cn-hangzhou").network(Network::Internal).build()?;
    let named =
        Client::builder().region("cn-hangzhou").endpoint("https://oss-cn-hangzhou-internal.aliyuncs.com").build()?;
    // [end]
    works(&client).await?;
    works(&named).await
}

fn custom_domain() -> Done {
    // [custom_domain]
    use sanyun::oss::{Addressing, Client};

    let client = Client::builder()
        .region("cn-hangzhou")
        .endpoint("https://www.example.com")
        .addressing(Addressing::Cname)
        .build()?;
    // [end]
    assert_eq!(client.region(), Some("cn-hangzhou"));
    Ok(())
}

async fn acceleration() -> Done {
    // [acceleration]
    use sanyun::oss::{Client, Network};

    let client = Client::builder().region("cn-hangzhou").network(Network::Accelerate).build()?;
    let named = Client::builder().region("cn-hangzhou").endpoint("https://oss-accelerate.aliyuncs.com").build()?;
    // Outside of mainland China: Network::AccelerateOverseas.
    // [end]
    works(&client).await?;
    works(&named).await
}

fn private_domain() -> Done {
    // [private_domain]
    use sanyun::oss::Client;

    let client = Client::builder().region("cn-hangzhou").endpoint("https://service.corp.example.com").build()?;
    // [end]
    assert_eq!(client.region(), Some("cn-hangzhou"));
    Ok(())
}

async fn finance() -> Done {
    // [finance]
    use sanyun::oss::Client;

    // The region is enough, although its host has another name: oss-cn-hzjbp-a-internal.aliyuncs.com.
    let client = Client::builder().region("cn-hangzhou-finance").build()?;
    // [end]
    works(&client).await
}

async fn government() -> Done {
    // [government]
    use sanyun::oss::{Client, Network};

    let client = Client::builder().region("cn-north-2-gov-1").network(Network::Internal).build()?;
    // [end]
    works(&client).await
}

async fn timeouts() -> Done {
    // [timeouts]
    use sanyun::oss::{Client, Http};

    let http = Http::default()
        .connect_timeout(Duration::from_secs(30))
        // Silence: no byte in either direction for this long.
        .read_timeout(Duration::from_secs(30));
    let client = Client::builder().region("cn-hangzhou").http(http).build()?;
    // [end]
    works(&client).await
}

async fn retries() -> Done {
    // [retries]
    use sanyun::oss::{Backoff, Client, Retry};

    let five = Retry::standard().attempts(5);
    let slower = Retry::standard().backoff(Backoff::full_jitter(Duration::from_millis(500), Duration::from_secs(25)));
    let fixed = Retry::standard().backoff(Backoff::Fixed(Duration::from_secs(2)));
    let none = Retry::none();

    let client = Client::builder().region("cn-hangzhou").retry(five).build()?;
    // [end]
    assert!(!format!("{slower:?} {fixed:?} {none:?}").is_empty());
    works(&client).await
}

fn http_client() -> Done {
    // [http_client]
    use sanyun::oss::{Client, Http};

    let http = Http::default()
        .connect_timeout(Duration::from_secs(30))
        .read_timeout(Duration::from_secs(30))
        .max_connections(1024)
        .proxy("http://user:password@proxy.example.com:3128")
        .follow_redirects(5);
    let client = Client::builder().region("cn-hangzhou").http(http).build()?;
    // Another HTTP client altogether: `.transport(…)` with an implementation of `Transport`.
    // [end]
    assert!(!format!("{client:?}").contains("password"));
    Ok(())
}

async fn more() -> Done {
    // [more]
    use sanyun::oss::{Addressing, Client, Network, SignatureVersion};

    let older = Client::builder().region("cn-hangzhou").signature(SignatureVersion::V1).build()?;
    let path = Client::builder().region("cn-hangzhou").addressing(Addressing::Path).build()?;
    let both = Client::builder().region("cn-hangzhou").network(Network::DualStack).build()?;
    let client = Client::builder()
        .region("cn-hangzhou")
        .additional_headers(["content-length"])
        .skip_upload_crc()
        .skip_download_crc()
        .user_agent("inventory/1.2")
        .build()?;
    // [end]
    works(&older).await?;
    works(&path).await?;
    works(&both).await?;
    works(&client).await
}
