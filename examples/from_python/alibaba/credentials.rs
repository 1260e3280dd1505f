//! Who calls.

use std::time::Duration;

use sanyun::alibaba::{Client, Credential, CredentialSource};
use sanyun::local::{ACCESS_KEY, BEARER_TOKEN, KEY_PAIR_ID, SECRET_KEY};
use sanyun_examples::Done;
use serde_json::json;

pub(crate) async fn run() -> Done {
    access_key().await?;
    sts().await?;
    ram_role_arn().await?;
    ecs_ram_role().await?;
    rsa_key_pair().await?;
    bearer().await?;
    oidc().await?;
    uri().await?;
    chain().await?;
    profiles().await
}

/// Makes a call as whoever the source says.
async fn works(source: impl CredentialSource) -> Done {
    let client = Client::builder().region("cn-shanghai").credentials(source).build()?;
    client.invoke("ecs", "2014-05-26", "DescribeRegions", json!({})).await?;
    Ok(())
}

async fn access_key() -> Done {
    let (access_key_id, access_key_secret) = (ACCESS_KEY, SECRET_KEY);
    // [access_key]
    let cred = Credential::keys(access_key_id, access_key_secret);
    // [end]
    works(cred.clone()).await?;
    let client = Client::builder().region("cn-shanghai").credentials(cred).build()?;
    // [material]
    let cred = client.credential().await?;

    let keys = cred.signing_keys()?;
    let (access_key_id, access_key_secret) = (&keys.id, keys.secret.expose());
    let security_token = keys.token.as_ref().map(|token| token.expose());
    let cred_type = cred.source();
    // [end]
    assert_eq!((access_key_id.as_str(), access_key_secret, security_token), (ACCESS_KEY, SECRET_KEY, None));
    assert!(!cred_type.is_empty());
    Ok(())
}

/// Keys of a session, as an application gets them from elsewhere.
async fn session() -> Result<[String; 3], Box<dyn std::error::Error>> {
    let client = Client::builder().region("cn-shanghai").build()?;
    let role = json!({"RoleArn": "acs:ram::100000000001:role/operations", "RoleSessionName": "nightly"});
    let reply = client.invoke("sts", "2015-04-01", "AssumeRole", role).await?;
    let text = |name: &str| reply["Credentials"][name].as_str().unwrap_or_default().to_owned();
    Ok([text("AccessKeyId"), text("AccessKeySecret"), text("SecurityToken")])
}

async fn sts() -> Done {
    let [access_key_id, access_key_secret, security_token] = session().await?;
    // [sts]
    let cred = Credential::session(access_key_id, access_key_secret, security_token);
    // [end]
    works(cred).await
}

async fn ram_role_arn() -> Done {
    let (access_key_id, access_key_secret) = (ACCESS_KEY, SECRET_KEY);
    let policy = r#"{"Version": "1", "Statement": []}"#;
    // [ram_role_arn]
    use sanyun::alibaba::credentials::RamRoleArn;

    // The first argument is any source: keys, a session, an instance's role, another role.
    let base = Credential::keys(access_key_id, access_key_secret);
    let cred = RamRoleArn::new(base, "acs:ram::100000000001:role/operations")
        .session_name("nightly")
        .policy(policy)
        .duration(Duration::from_secs(3600));
    // [end]
    works(cred).await
}

async fn ecs_ram_role() -> Done {
    // [ecs_ram_role]
    use sanyun::alibaba::credentials::EcsRamRole;

    let cred = EcsRamRole::new();
    // With the role's name one question less is asked.
    let named = EcsRamRole::new().role("EcsRamRoleTest");
    // [end]
    works(cred).await?;
    works(named).await
}

async fn rsa_key_pair() -> Done {
    let public_key_id = KEY_PAIR_ID;
    // [rsa_key_pair]
    use sanyun::alibaba::credentials::RsaKeyPair;

    let cred = RsaKeyPair::from_file(public_key_id, "your.pem");
    // [end]
    works(cred).await
}

async fn bearer() -> Done {
    let bearer_token = BEARER_TOKEN;
    // [bearer]
    let cred = Credential::bearer(bearer_token);
    // [end]
    works(cred).await
}

async fn oidc() -> Done {
    // [oidc]
    use sanyun::alibaba::credentials::OidcRoleArn;

    // ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE, or told in code.
    let cred = OidcRoleArn::new()
        .role_arn("acs:ram::100000000001:role/cluster")
        .provider_arn("acs:ram::100000000001:oidc-provider/ack")
        .token_file("oidc-token");
    // [end]
    works(cred).await
}

async fn uri() -> Done {
    let uri = std::env::var("SANYUN_EXAMPLE_CREDENTIALS_URI")?;
    // [uri]
    use sanyun::alibaba::credentials::CredentialsUri;

    let cred = CredentialsUri::new(uri);
    // [end]
    works(cred).await
}

async fn chain() -> Done {
    // [chain]
    use sanyun::alibaba::Chain;
    use sanyun::alibaba::credentials::{EcsRamRole, IniProfile, default_chain, seed_chain};

    // What a client asks if it is told nothing: environment, OIDC, the command's profile, the credentials file, the
    // instance's role, the credentials URI.
    let client = Client::builder().region("cn-shanghai").build()?;

    // The order of this page, or one of your own.
    let older = seed_chain();
    let own = Chain::new().then(IniProfile::new()).then(EcsRamRole::new());
    // [end]
    client.invoke("ecs", "2014-05-26", "DescribeRegions", json!({})).await?;
    works(default_chain()).await?;
    works(older).await?;
    works(own).await
}

async fn profiles() -> Done {
    // [profiles]
    use sanyun::alibaba::credentials::{CliProfile, IniProfile};

    // ~/.alibabacloud/credentials.ini or ~/.alibabacloud/credentials, or where ALIBABA_CLOUD_CREDENTIALS_FILE says.
    let default = IniProfile::new();
    let client1 = IniProfile::named("client1");
    let elsewhere = IniProfile::named("default").in_file(".alibabacloud/credentials");

    // ~/.aliyun/config.json of the vendor's command, every mode.
    let command = CliProfile::new();
    // [end]
    works(default).await?;
    works(client1).await?;
    works(elsewhere).await?;
    works(command).await?;
    let disabled = works(IniProfile::named("client2")).await.err().ok_or("a disabled profile works")?;
    assert!(disabled.to_string().contains("client2"), "{disabled}");
    Ok(())
}
