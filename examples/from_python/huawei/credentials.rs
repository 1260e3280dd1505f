//! Section 2 of the manual: who calls.

use std::time::Duration;

use sanyun::huawei::vpc::v2::ListVpcs;
use sanyun::huawei::{Client, CredentialSource};

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    permanent().await?;
    temporary().await?;
    agency().await?;
    federation().await?;
    environment().await?;
    profile().await?;
    metadata().await?;
    chain().await?;
    others()
}

/// Makes a call as whoever the source says.
async fn works(source: impl CredentialSource) -> Done {
    let client = Client::builder().region("cn-north-4").credentials(source).build()?;
    client.call(ListVpcs::new()).await?;
    Ok(())
}

async fn permanent() -> Done {
    let (ak, sk) = (std::env::var("HUAWEICLOUD_SDK_AK")?, std::env::var("HUAWEICLOUD_SDK_SK")?);
    // [permanent]
    use sanyun::huawei::Credential;
    use sanyun::huawei::credentials::{DOMAIN_ID, PROJECT_ID};

    // For services of both kinds. The ids are those of the client (`.project_id(…)`, `.domain_id(…)`), or of the
    // credential, or asked for.
    let credential = Credential::keys(ak, sk)
        .with_attribute(PROJECT_ID, "0123456789abcdef0123456789abcdef")
        .with_attribute(DOMAIN_ID, "fedcba9876543210fedcba9876543210");
    // [end]
    works(credential).await
}

async fn temporary() -> Done {
    let (ak, sk) = (sanyun::local::SESSION_ACCESS_KEY, sanyun::local::SESSION_SECRET_KEY);
    let security_token = sanyun::local::SESSION_TOKEN;
    // [temporary]
    use sanyun::huawei::Credential;

    let credential = Credential::session(ak, sk, security_token);
    // [end]
    works(credential).await
}

async fn agency() -> Done {
    // [agency]
    use sanyun::huawei::Secret;
    use sanyun::huawei::credentials::{Agency, Environment, SecurityToken, Token};

    // Through an agency that the account `customer` set up for us.
    let through_agency =
        Agency::new(Environment, "operations").domain_name("customer").duration(Duration::from_secs(3600));

    // Through a token.
    let password = Secret::new("sanyun-local-password");
    let token = Token::password("sanyun-local-user", password, "sanyun-local");
    let through_token = SecurityToken::by_token(token);
    // [end]
    works(through_agency).await?;
    works(through_token).await
}

async fn federation() -> Done {
    // [federation]
    use sanyun::huawei::credentials::Federation;

    // The file is read again whenever new keys are needed.
    let source = Federation::new("my-idp", "id-token");
    // [end]
    works(source).await
}

async fn environment() -> Done {
    // [environment]
    use sanyun::huawei::credentials::Environment;

    let client = Client::builder().region("cn-north-4").credentials(Environment).build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}

async fn profile() -> Done {
    // [profile]
    use sanyun::huawei::credentials::Profile;

    // The section `[basic]` for services of a region, `[global]` for those of the account.
    let source = Profile::new();
    // What the vendor's SDK does not have: further sections, and files elsewhere.
    let other = Profile::at("credentials").in_section("basic");
    // [end]
    works(source).await?;
    works(other).await
}

async fn metadata() -> Done {
    // [metadata]
    use sanyun::huawei::credentials::Metadata;

    let source = Metadata::new();
    // [end]
    works(source).await
}

async fn chain() -> Done {
    // [chain]
    use sanyun::huawei::Chain;
    use sanyun::huawei::credentials::{Metadata, Profile, default_chain};

    // What a client asks if it is told nothing: OpenID Connect, environment, profile, metadata, pod identity.
    let usual = default_chain();

    let own = Chain::new().then(Profile::new()).then(Metadata::new());
    // [end]
    works(usual).await?;
    works(own).await
}

fn others() -> Done {
    // [others]
    use sanyun::huawei::Client;
    use sanyun::huawei::credentials::{Oidc, PodIdentity};
    use sanyun::huawei::sign::{self, Algorithm};

    // HUAWEICLOUD_OIDC_PROVIDER_URN and the like, or told in code.
    let oidc = Oidc::new()
        .provider_urn("iam::0123456789abcdef:oidcProvider:idp")
        .agency_urn("iam::0123456789abcdef:agency:operations")
        .token_file("id-token");
    // HC_CONTAINER_CREDENTIALS_FULL_URI and HC_CONTAINER_AUTHORIZATION_TOKEN_FILE.
    let pod = PodIdentity::new();

    // `with_derived_predicate`: signatures that are good for one service, region and day.
    let derived = Client::builder()
        .region("cn-north-4")
        .derived_when(|request| !sign::is_standard_host(request.host()))
        .signing_name("iotdm")
        .build()?;
    // `HttpConfig.signing_algorithm`
    let chinese = Client::builder().region("cn-north-4").signing_algorithm(Algorithm::HmacSm3).build()?;
    // [end]
    assert!(!format!("{} {} {derived:?} {chinese:?}", oidc.name(), pod.name()).is_empty());
    Ok(())
}
