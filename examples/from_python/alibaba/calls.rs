//! Calls and how a client is configured.

use std::time::Duration;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    access_key().await?;
    by_name().await?;
    any_call().await?;
    upload().await?;
    paging().await?;
    options().await?;
    one_call().await?;
    retries()?;
    errors().await
}

async fn access_key() -> Done {
    let (id, secret) =
        (std::env::var("ALIBABA_CLOUD_ACCESS_KEY_ID")?, std::env::var("ALIBABA_CLOUD_ACCESS_KEY_SECRET")?);
    // [access_key]
    use sanyun::alibaba::ocr::GetAsyncJobResult;
    use sanyun::alibaba::{Client, Credential};

    let client = Client::builder().region("cn-shanghai").credentials(Credential::keys(id, secret)).build()?;

    let response = client.call(GetAsyncJobResult::new("<job_id>")).await?;
    println!("{response:?}");
    // [end]
    Ok(())
}

async fn by_name() -> Done {
    use sanyun::alibaba::Client;
    let client = Client::builder().region("cn-shanghai").build()?;
    // [by_name]
    use serde_json::json;

    let reply = client.invoke("ocr", "2019-12-30", "GetAsyncJobResult", json!({"JobId": "<job_id>"})).await?;
    println!("{} {}", reply["Data"]["Status"], reply.request_id());
    // [end]
    Ok(())
}

async fn any_call() -> Done {
    use sanyun::alibaba::Client;
    let client = Client::builder().region("cn-shanghai").build()?;
    // [any_call]
    use sanyun::alibaba::Input;
    use serde_json::json;

    let call = Input::rpc("ecs", "2014-05-26", "DescribeRegions").query(json!({"AcceptLanguage": "en-US"}));
    let reply = client.send(call).await?;
    println!("{}", reply["Regions"]);
    // [end]
    Ok(())
}

async fn upload() -> Done {
    use sanyun::alibaba::Client;
    let client = Client::builder().region("cn-shanghai").build()?;
    // [upload]
    use sanyun::alibaba::Body;
    use serde_json::json;

    let card = Body::file("card.jpg")?;
    let reply = client.invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({})).file("ImageURL", card).await?;
    println!("{}", reply["Data"]["CardNumber"]);

    // Or step by step: the address of an uploaded file is good for any operation of the product.
    let address = client.upload("ocr", Body::file("card.jpg")?).await?;
    client.invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({"ImageURL": *address})).await?;
    // [end]
    Ok(())
}

async fn paging() -> Done {
    use sanyun::alibaba::Client;
    let client = Client::builder().region("cn-shanghai").build()?;
    // [paging]
    use serde_json::json;

    let search = json!({"RegionId": "cn-shanghai", "PageSize": 50});
    let mut instances = client.invoke("ecs", "2014-05-26", "DescribeInstances", search).items();
    while let Some(instance) = instances.next().await {
        println!("{}", instance?["InstanceId"]);
    }
    // [end]
    Ok(())
}

async fn options() -> Done {
    // [options]
    use sanyun::alibaba::{Client, Http};

    let http = Http::default()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(10))
        .max_idle_per_host(40)
        .no_proxy("intranet.example.com, 10.0.0.0/8");
    let client = Client::builder().region("cn-shanghai").http(http).user_agent("inventory/1.2").build()?;
    // [end]
    client.invoke("ecs", "2014-05-26", "DescribeRegions", serde_json::json!({})).await?;
    Ok(())
}

async fn one_call() -> Done {
    use sanyun::alibaba::Client;
    use serde_json::json;
    let client = Client::builder().region("cn-shanghai").build()?;
    // [one_call]
    let reply = client
        .invoke("ecs", "2014-05-26", "DescribeRegions", json!({}))
        .timeout(Duration::from_secs(20))
        .header("x-acs-trace-id", "0b8d4a7f")
        .await?;
    println!("{} after {} attempts", reply.status(), reply.attempts());
    // [end]
    Ok(())
}

fn retries() -> Done {
    // [retries]
    use sanyun::alibaba::retry::{Condition, Options, Policy};
    use sanyun::alibaba::{Client, Retry};

    // What a client does by itself: connection failures, throttling and 5xx of calls that are safe to repeat.
    let usual = Client::builder().retry(Retry::standard()).build()?;

    // The vendor's RetryOptions, with its counting.
    let throttled = Condition::default()
        .attempts(4)
        .exception("ThrottlingException")
        .backoff(Policy::Fixed { period: Duration::from_millis(500) });
    let same = Client::builder().retry(Options::default().retry(throttled).into()).build()?;
    // [end]
    assert!(!format!("{usual:?} {same:?}").is_empty());
    Ok(())
}

async fn errors() -> Done {
    use sanyun::alibaba::{Client, Credential};
    use serde_json::json;
    let wrong = Credential::keys(std::env::var("ALIBABA_CLOUD_ACCESS_KEY_ID")?, "another secret");
    let client = Client::builder().region("cn-shanghai").credentials(wrong).build()?;
    // [errors]
    match client.invoke("ecs", "2014-05-26", "DescribeRegions", json!({})).await {
        Ok(reply) => println!("{}", reply["Regions"]),
        Err(error) => {
            println!("{:?} {:?} {:?}", error.kind(), error.code(), error.request_id());
            println!("{error}\n{}", error.hint().unwrap_or_default());
        }
    }
    // [end]
    let error = client.invoke("ecs", "2014-05-26", "DescribeRegions", json!({})).await.err().ok_or("no refusal")?;
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
    Ok(())
}
