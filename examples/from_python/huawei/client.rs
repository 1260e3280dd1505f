//! Section 1 of the manual and its two demos: a client and how it connects.

use std::time::Duration;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    simple().await?;
    detailed().await?;
    defaults().await?;
    proxy()?;
    timeouts().await?;
    certificates()
}

async fn simple() -> Done {
    // [simple]
    use sanyun::huawei::vpc::v2::ListVpcs;
    use sanyun::huawei::{Client, Credential};

    let (ak, sk) = (std::env::var("HUAWEICLOUD_SDK_AK")?, std::env::var("HUAWEICLOUD_SDK_SK")?);
    let client = Client::builder().region("cn-north-4").credentials(Credential::keys(ak, sk)).build()?;

    match client.call(ListVpcs::new()).await {
        Ok(response) => println!("{response:?}"),
        Err(error) => match error.service() {
            Some(refusal) => {
                println!("{}", refusal.status());
                println!("{:?}", refusal.request_id());
                println!("{}", refusal.code());
                println!("{}", refusal.message());
            }
            None => println!("{error}"),
        },
    }
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}

async fn detailed() -> Done {
    let (ak, sk) = (std::env::var("HUAWEICLOUD_SDK_AK")?, std::env::var("HUAWEICLOUD_SDK_SK")?);
    let iam = std::env::var("HUAWEICLOUD_SDK_IAM_ENDPOINT")?;
    // [detailed]
    use sanyun::huawei::vpc::v2::ListVpcs;
    use sanyun::huawei::{AccessLog, Client, Credential, Http};
    use sanyun::{Proxy, hook};

    let http = Http::default()
        .connect_timeout(Duration::from_secs(60))
        .read_timeout(Duration::from_secs(120))
        .proxy(Proxy::new("proxy.example.com").port(80))
        .no_proxy("127.0.0.1");
    let client = Client::builder()
        .credentials(Credential::keys(ak, sk))
        .region("cn-north-4")
        // Both may be left out: the project is then asked for, at the IAM of the region.
        .project_id("0123456789abcdef0123456789abcdef")
        .iam_endpoint(iam)
        .http(http)
        .hook(AccessLog::stdout())
        .hook(AccessLog::file("detailed.log")?)
        .hook(hook::on_response(|attempt, outcome| {
            println!("> {} {}", attempt.request.method(), attempt.request.url());
            println!("< {:?}", outcome.status());
        }))
        .build()?;

    let response = client.call(ListVpcs::new()).await?;
    println!("{response:?}");
    // [end]
    assert!(std::fs::read_to_string("detailed.log")?.contains("ListVpcs"));
    Ok(())
}

async fn defaults() -> Done {
    use sanyun::huawei::vpc::v2::ListVpcs;
    // [defaults]
    use sanyun::huawei::{Client, Http};

    let client = Client::builder().region("cn-north-4").http(Http::default()).build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}

fn proxy() -> Done {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| name.to_lowercase());
    // [proxy]
    use sanyun::Proxy;
    use sanyun::huawei::{Client, Http};

    let proxy = Proxy::new("proxy.example.com")
        .scheme("http")
        .port(80)
        .credentials(variable("PROXY_USERNAME"), variable("PROXY_PASSWORD"));
    let client = Client::builder().region("cn-north-4").http(Http::default().proxy(proxy)).build()?;

    // Or all in one, `socks5://` too; and without either, the variables HTTPS_PROXY and NO_PROXY are obeyed.
    let http = Http::default().proxy("http://user:password@proxy.example.com:80").no_proxy("*.corp,10.0.0.0/8");
    // [end]
    assert!(!format!("{client:?} {http:?}").contains("password"));
    Ok(())
}

async fn timeouts() -> Done {
    use sanyun::huawei::vpc::v2::ListVpcs;
    use sanyun::huawei::{Client, Http};
    // [timeouts]
    // Both 120 seconds; then 60 to connect, and 120 in which nothing moves.
    let http = Http::default().connect_timeout(Duration::from_secs(120)).read_timeout(Duration::from_secs(120));
    let http = http.connect_timeout(Duration::from_secs(60));

    // What the vendor's SDK does not have: a limit of an attempt, and one of the call with all its attempts.
    let client = Client::builder()
        .region("cn-north-4")
        .http(http)
        .attempt_timeout(Duration::from_secs(30))
        .timeout(Duration::from_secs(90))
        .build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}

fn certificates() -> Done {
    use sanyun::huawei::{Client, Http};
    let missing = certificate_file();
    assert!(missing.is_err_and(|error| error.to_string().contains("/path/to/ca.pem")));
    // [unverified]
    // Anybody between here and the cloud can then read and change everything.
    let http = Http::default().danger_accept_invalid_certificates();
    // [end]
    Client::builder().region("cn-north-4").http(http).build()?;
    Ok(())
}

fn certificate_file() -> Result<sanyun::huawei::Client, sanyun::huawei::Error> {
    use sanyun::huawei::{Client, Http};
    // [certificates]
    // Besides the system's own, which stay trusted. The file is read here: a wrong one is an error at once.
    let http = Http::default().ca_file("/path/to/ca.pem");
    let client = Client::builder().region("cn-north-4").http(http).build()?;
    // [end]
    Ok(client)
}
