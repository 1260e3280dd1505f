//! Sections 4, 5 and 7 of the manual: calls, their errors and their options.

use std::time::Duration;

use sanyun::huawei::Client;
use sanyun::huawei::vpc::v2::ListVpcs;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    let client = Client::builder().region("cn-north-4").build()?;
    call(&client).await?;
    errors(&client).await?;
    response(&client).await?;
    asynchronous(&client).await?;
    headers(&client).await?;
    retry(&client).await
}

async fn call(client: &Client) -> Done {
    // [call]
    use serde_json::json;

    let response = client.call(ListVpcs::new().limit(1)).await?;
    println!("{response:?}");

    // The same by name, with nothing generated for the service; and of all pages.
    let response = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 1})).await?;
    println!("{}", response["vpcs"]);
    let mut vpcs = client.call(ListVpcs::new()).items();
    while let Some(vpc) = vpcs.next().await {
        println!("{}", vpc?.name);
    }
    // [end]
    Ok(())
}

async fn errors(client: &Client) -> Done {
    // [errors]
    use sanyun::huawei::ErrorKind;
    use sanyun::huawei::vpc::v2::ShowVpc;

    let error = match client.call(ShowVpc::new("no-such-vpc")).await {
        Ok(vpc) => return Err(format!("there is one: {vpc:?}").into()),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::Service => {
            println!("{:?} {:?} {}", error.code(), error.request_id(), error.message());
        }
        ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Tls => println!("not reached: {error}"),
        ErrorKind::Timeout => println!("too slow: {:?}", error.timeout_phase()),
        _ => println!("{error}"),
    }
    if let Some(hint) = error.hint() {
        println!("{hint}");
    }
    // [end]
    assert!(error.is_not_found(), "{error}");
    Ok(())
}

async fn response(client: &Client) -> Done {
    // [response]
    // A response is the structure itself …
    let response = client.call(ListVpcs::new().limit(1)).await?;
    for vpc in &response.vpcs {
        println!("{} {}", vpc.id, vpc.cidr);
    }
    // … with the facts of the exchange beside it, and as JSON when that is wanted.
    println!("{} {} {:?}", response.status(), response.request_id(), response.header("x-request-id"));
    let json = client.invoke("vpc", "v2", "ListVpcs", serde_json::json!({"limit": 1})).await?.into_inner();
    println!("{json:#}");
    // [end]
    assert!(json["vpcs"].is_array());
    Ok(())
}

async fn asynchronous(client: &Client) -> Done {
    // [asynchronous]
    // Every call is asynchronous; this one runs while the program does something else.
    let call = tokio::spawn(client.call(ListVpcs::new().limit(1)).into_future());
    let response = call.await??;
    println!("{response:?}");
    // [end]
    Ok(())
}

/// Run outside the runtime.
pub(crate) fn blocking() -> Done {
    // [blocking]
    let client = Client::builder().region("cn-north-4").build()?;
    let response = client.call(ListVpcs::new().limit(1)).block()?;
    println!("{response:?}");
    // [end]
    Ok(())
}

async fn headers(client: &Client) -> Done {
    // [headers]
    let response = client.call(ListVpcs::new()).header("key1", "value1").header("key2", "value2").await?;
    println!("{response:?}");
    // [end]
    Ok(())
}

async fn retry(client: &Client) -> Done {
    // [retry]
    use sanyun::huawei::{ErrorKind, Retry};
    use sanyun::{Backoff, every};

    // Connection failures, at most three more times, at once.
    let retry = Retry::max_retries(3)?.backoff(Backoff::NONE).when(|error| error.kind() == ErrorKind::Connect);
    client.call(ListVpcs::new()).retry(retry).await?;

    // Status 503, at most ten more times, with equal jitter.
    let retry = Retry::max_retries(10)?
        .backoff(Backoff::EQUAL_JITTER)
        .when(|error| error.service().is_some_and(|refusal| refusal.status() == 503));
    client.call(ListVpcs::new()).retry(retry).await?;

    // A condition on the response: at most three more calls until it holds; then the last response, as it is.
    let wait = every(Duration::from_millis(100)).attempts(4).or_last();
    client.call(ListVpcs::new()).until(wait, |response| response.vpcs.is_empty()).await?;

    // Told nothing, a client makes up to three attempts where that is safe: see `Retry::standard`.
    // [end]
    Ok(())
}
