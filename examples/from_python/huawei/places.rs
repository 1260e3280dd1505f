//! Section 3 of the manual: regions and endpoints.

use sanyun::huawei::Client;
use sanyun::huawei::vpc::v2::ListVpcs;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    endpoint().await?;
    region().await?;
    iam_endpoint().await?;
    own_region().await?;
    unknown_region().await
}

async fn endpoint() -> Done {
    let endpoint = std::env::var("VPC_ENDPOINT")?;
    // [endpoint]
    use sanyun::huawei::Credential;

    let (ak, sk) = (std::env::var("HUAWEICLOUD_SDK_AK")?, std::env::var("HUAWEICLOUD_SDK_SK")?);
    // A client with an endpoint of its own makes no call elsewhere, so it must be told the project.
    let client = Client::builder()
        .credentials(Credential::keys(ak, sk))
        .endpoint(endpoint)
        .project_id("0123456789abcdef0123456789abcdef")
        .build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}

async fn region() -> Done {
    // [region]
    use sanyun::huawei::iam::v3::KeystoneListAuthDomains;

    let client = Client::builder().region("cn-north-4").build()?;
    let accounts = client.call(KeystoneListAuthDomains::new()).await?;
    // The same client calls every other service of the region, and any region: a call may name its own.
    let vpcs = client.call(ListVpcs::new()).region("cn-north-4").await?;
    // [end]
    assert_eq!(accounts.domains.len(), 1);
    assert!(vpcs.vpcs.is_empty());
    Ok(())
}

async fn iam_endpoint() -> Done {
    let endpoint = std::env::var("HUAWEICLOUD_SDK_IAM_ENDPOINT")?;
    // [iam_endpoint]
    use sanyun::huawei::credentials::{Environment, Profile};

    // For everything that the client asks of IAM; stronger than the variable.
    let client = Client::builder().region("cn-north-4").credentials(Environment).iam_endpoint(endpoint).build()?;
    // For one credential: the key `iam_endpoint` of the profile.
    let with_profile = Client::builder().region("cn-north-4").credentials(Profile::new()).build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    with_profile.call(ListVpcs::new()).await?;
    Ok(())
}

async fn own_region() -> Done {
    let ecs = std::env::var("VPC_ENDPOINT")?;
    // [own_region]
    use sanyun::huawei::ecs::v2::ListServersDetails;

    let client = Client::builder().region("cn-north-9").service_endpoint("ecs", ecs).build()?;
    let servers = client.call(ListServersDetails::new()).await?;
    println!("{} servers", servers.servers.len());

    // A private cloud, where services answer at `https://<service>.<region>.<domain>`:
    let private = Client::builder().region("my-region-1").domain_suffix("cloud.example.com").build()?;
    // [end]
    assert!(format!("{private:?}").contains("my-region-1"));
    Ok(())
}

async fn unknown_region() -> Done {
    let client = Client::builder().region("cn-nort-4").project_id("0123456789abcdef0123456789abcdef").build()?;
    // [unknown_region]
    use sanyun::huawei::ErrorKind;

    match client.call(ListVpcs::new()).await {
        Err(error) if error.kind() == ErrorKind::Config => println!("{error}"), // … did you mean `cn-north-4`?
        other => println!("{other:?}"),
    }
    // [end]
    let error = client.call(ListVpcs::new()).await.err().ok_or("an unknown region was accepted")?;
    assert!(error.to_string().contains("did you mean `cn-north-4`"), "{error}");
    Ok(())
}
