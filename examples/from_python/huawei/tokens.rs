//! The vendor's guide to debugging APIs: tokens, their scope, and what failures look like.

use sanyun::huawei::vpc::v2::ListVpcs;
use sanyun::huawei::{Client, Credential};

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    login().await?;
    failures().await
}

async fn login() -> Done {
    let password = "sanyun-local-password";
    // [login]
    use sanyun::huawei::credentials::Token;
    use sanyun::huawei::iam::v3::KeystoneListAuthDomains;
    use sanyun::huawei::vpc::v2::ListVpcs;

    // Kept, and renewed before it expires. The scope is chosen for each service …
    let token = Token::password("sanyun-local-user", password, "sanyun-local");
    let client = Client::builder().region("cn-north-4").credentials(token).build()?;
    client.call(ListVpcs::new()).await?;
    client.call(KeystoneListAuthDomains::new()).await?;

    // … or said: `.project_name("cn-north-4_team")`, `.project_id(…)`, `.domain_scope()`.
    let of_account = Token::password("sanyun-local-user", password, "sanyun-local").domain_scope();

    // A token from elsewhere:
    let ready = Credential::bearer(std::env::var("TOKEN").unwrap_or_default());
    // [end]
    let client = Client::builder().region("cn-north-4").credentials(of_account).build()?;
    client.call(KeystoneListAuthDomains::new()).await?;
    assert!(!format!("{ready:?}").contains("secret"));
    Ok(())
}

async fn failures() -> Done {
    // [failures]
    let wrong = Credential::keys(std::env::var("HUAWEICLOUD_SDK_AK")?, "not the secret key");
    let client = Client::builder().region("cn-north-4").credentials(wrong).build()?;
    let Err(error) = client.call(ListVpcs::new()).await else { return Err("a wrong key was accepted".into()) };
    println!("{error}");
    println!("hint: {}", error.hint().unwrap_or("none"));
    // [end]
    assert!(error.hint().is_some_and(|hint| hint.contains("secret")), "{error:?}");
    Ok(())
}
