//! Calls and how a client is configured.

use std::time::Duration;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    simple().await?;
    detailed().await?;
    common().await?;
    proxy()?;
    certificates()?;
    breaker().await
}

async fn simple() -> Done {
    // [simple]
    use sanyun::tencent::cvm::DescribeInstances;
    use sanyun::tencent::{Client, Credential};

    let id = std::env::var("TENCENTCLOUD_SECRET_ID")?;
    let key = std::env::var("TENCENTCLOUD_SECRET_KEY")?;
    let client = Client::builder().region("ap-shanghai").credentials(Credential::keys(id, key)).build()?;

    match client.call(DescribeInstances::new()).await {
        Ok(response) => println!("{response:?}"),
        Err(error) => println!("{error}"),
    }
    // [end]
    client.call(DescribeInstances::new()).await?;
    Ok(())
}

async fn detailed() -> Done {
    let (id, key) = (std::env::var("TENCENTCLOUD_SECRET_ID")?, std::env::var("TENCENTCLOUD_SECRET_KEY")?);
    // [detailed]
    use sanyun::Scheme;
    use sanyun::tencent::cvm::{DescribeInstances, Filter};
    use sanyun::tencent::{AccessLog, Client, Credential, Http, Language, SignatureMethod};

    let client = Client::builder()
        .credentials(Credential::keys(id, key))
        .region("ap-shanghai")
        .scheme(Scheme::Https)
        .http(Http::default().keep_alive(true))
        .use_get()
        .timeout(Duration::from_secs(30))
        .endpoint("cvm.ap-shanghai.tencentcloudapi.com")
        .signature_method(SignatureMethod::Tc3)
        .language(Language::English)
        .hook(AccessLog::stdout())
        .hook(AccessLog::file("log")?.max_bytes(512 << 20).backups(10))
        .build()?;

    let zones = Filter::new("zone", ["ap-shanghai-1", "ap-shanghai-2"]);
    let operation = DescribeInstances::new().filters([zones]);
    let response = client.call(operation).header("X-TC-TraceId", "ffe0c072-8a5d-4e17-8887-a8a60252abca").await?;
    println!("{response:?}");
    println!("{}", response.total_count);
    // [end]
    Ok(())
}

async fn common() -> Done {
    use sanyun::tencent::Client;
    let client = Client::builder().region("ap-shanghai").build()?;
    // [common]
    use serde_json::json;

    // Checked against the catalog; `invoke_unchecked` sends whatever it is given.
    let response = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await?;
    println!("{}", response["TotalCount"]);

    // A stream of events, as `call_sse` has it.
    let question = json!({"Model": "hunyuan-lite", "Stream": true, "Messages": [{"Role": "user", "Content": "你好"}]});
    let mut events = client.events("hunyuan", "2023-09-01", "ChatCompletions", question).await?;
    while let Some(event) = events.next().await {
        println!("{}", event?.data());
    }

    // Raw bytes, as `call_octet_stream` has it.
    let topic = json!({"TopicId": "8a5d9d5e-0000-4000-8000-000000000000"});
    client.invoke_octet_stream("cls", "2020-10-16", "UploadLog", topic, &b"a log group"[..]).await?;
    // [end]
    Ok(())
}

fn proxy() -> Done {
    // [proxy]
    use sanyun::tencent::{Client, Http};

    let http = Http::default().proxy("http://user:password@proxy.example.com:8080");
    let client = Client::builder().region("ap-shanghai").http(http).build()?;
    // Or the variable HTTPS_PROXY, with NO_PROXY beside it.
    // [end]
    assert!(!format!("{client:?}").contains("password"));
    Ok(())
}

fn certificates() -> Done {
    std::fs::copy(std::env::var("SSL_CERT_FILE")?, "ca.pem")?;
    // [certificates]
    use sanyun::tencent::{Client, Http};

    // Besides the system's own authorities, which are trusted anyway.
    let client = Client::builder().region("ap-shanghai").http(Http::default().ca_file("ca.pem")).build()?;

    // `certification = False`: anybody between here and the cloud can then read and change everything.
    let unverified = Http::default().danger_accept_invalid_certificates();
    // [end]
    assert!(!format!("{client:?} {unverified:?}").is_empty());
    Ok(())
}

async fn breaker() -> Done {
    // [breaker]
    use sanyun::tencent::cvm::DescribeZones;
    use sanyun::tencent::{BreakerPolicy, Client, RegionBreaker, hook};

    // With the defaults …
    let simple = Client::builder().region("ap-shanghai").region_breaker(RegionBreaker::default()).build()?;

    // … or with everything said.
    let breaker = RegionBreaker {
        backup_endpoint: "ap-beijing.tencentcloudapi.com".to_owned(),
        policy: BreakerPolicy {
            failures: 3,
            failure_share: 0.5,
            window: Duration::from_secs(60),
            open_for: Duration::from_secs(30),
            successes: 3,
            ..BreakerPolicy::default()
        },
    };
    let client = Client::builder()
        .region("ap-shanghai")
        .region_breaker(breaker)
        .hook(hook::on_breaker(|change| println!("{} is {}", change.primary, change.to.as_str())))
        .build()?;
    // [end]
    simple.call(DescribeZones::new()).await?;
    client.call(DescribeZones::new()).await?;
    Ok(())
}
