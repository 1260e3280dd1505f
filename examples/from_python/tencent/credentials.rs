//! Who calls.

use sanyun::tencent::cvm::DescribeZones;
use sanyun::tencent::{Client, CredentialSource};

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    environment().await?;
    profile().await?;
    assume_role().await?;
    instance_role().await?;
    chain().await?;
    cluster().await
}

/// Makes a call as whoever the source says.
async fn works(source: impl CredentialSource) -> Done {
    let client = Client::builder().region("ap-shanghai").credentials(source).build()?;
    client.call(DescribeZones::new()).await?;
    Ok(())
}

async fn environment() -> Done {
    // [environment]
    use sanyun::tencent::credentials::Environment;

    let client = Client::builder().region("ap-shanghai").credentials(Environment).build()?;
    // [end]
    client.call(DescribeZones::new()).await?;
    Ok(())
}

async fn profile() -> Done {
    // [profile]
    use sanyun::tencent::credentials::Profile;

    let source = Profile::default();
    // What the vendor's SDK does not have: further sections, and files elsewhere.
    let other = Profile::named("default").in_file(".tencentcloud/credentials");
    // [end]
    works(source).await?;
    works(other).await
}

async fn assume_role() -> Done {
    // [assume_role]
    use sanyun::tencent::credentials::{AssumeRole, Environment};

    // With the keys of any other source; the session's keys are renewed before they expire.
    let source = AssumeRole::new(Environment, "qcs::cam::uin/100000000001:roleName/operations", "nightly");
    // [end]
    works(source).await
}

async fn instance_role() -> Done {
    // [instance_role]
    use sanyun::tencent::credentials::CvmRole;

    let source = CvmRole::new();
    // [end]
    works(source).await
}

async fn chain() -> Done {
    // [chain]
    use sanyun::tencent::Chain;
    use sanyun::tencent::credentials::{CvmRole, Profile, default_chain};

    // What a client asks if it is told nothing: environment, profile, instance role, cluster.
    let usual = default_chain();

    let own = Chain::new().then(Profile::default()).then(CvmRole::new());
    // [end]
    works(usual).await?;
    works(own).await
}

async fn cluster() -> Done {
    // [cluster]
    use sanyun::tencent::credentials::TkeOidc;

    // TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE and TKE_ROLE_ARN, or told in code.
    let source = TkeOidc::new()
        .region("ap-shanghai")
        .provider_id("OIDC")
        .role_arn("qcs::cam::uin/100000000001:roleName/cluster")
        .token_file("web-identity-token");
    // [end]
    works(source).await
}
