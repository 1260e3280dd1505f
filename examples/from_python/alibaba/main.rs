//! Every snippet of `docs/from-python/alibaba.md`, run against the embedded local cloud.
//!
//! They reach it under the real names of the hosts, through the proxy and the authority of
//! [`Internet`](sanyun_examples::Internet).
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null for what is not there")]

mod calls;
mod credentials;

use std::process::Command;

use sanyun::local::{ACCESS_KEY, KEY_PAIR_PRIVATE_KEY, Local, SECRET_KEY};
use sanyun_examples::{Done, Surroundings, page};

fn main() -> Done {
    page(Local::builder().ecs_role("EcsRamRoleTest"), prepare, |runtime| {
        runtime.block_on(async {
            calls::run().await?;
            credentials::run().await
        })?;
        println!("all snippets ran");
        Ok(())
    })
}

/// What a user of the vendor's SDK has lying about.
fn prepare(around: &Surroundings<'_>, process: &mut Command) -> Done {
    process
        .envs(around.internet.variables())
        .env("HOME", around.folder)
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", ACCESS_KEY)
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET_KEY)
        .env("SANYUN_ALIBABA_METADATA_ENDPOINT", around.local.url())
        .env("SANYUN_EXAMPLE_CREDENTIALS_URI", format!("{}/_sanyun/alibaba/credentials", around.local.url()));
    let file = |name: &str, text: String| std::fs::write(around.folder.join(name), text);
    std::fs::create_dir(around.folder.join(".alibabacloud"))?;
    file(".alibabacloud/credentials", ini())?;
    std::fs::create_dir(around.folder.join(".aliyun"))?;
    file(".aliyun/config.json", config())?;
    file("oidc-token", "a token of the cluster\n".to_owned())?;
    file("your.pem", KEY_PAIR_PRIVATE_KEY.to_owned())?;
    file("card.jpg", "the picture of a card".repeat(4000))?;
    Ok(())
}

/// The file of the vendor's page.
fn ini() -> String {
    format!(
        "[default]                          # default setting\n\
         enable = true                      # Enable, enabled by default if this option is not present\n\
         type = access_key                  # Certification type: access_key\n\
         access_key_id = {ACCESS_KEY}\n\
         access_key_secret = {SECRET_KEY}\n\
         \n\
         [client1]                          # configuration that is named as `client1`\n\
         type = ecs_ram_role                # Certification type: ecs_ram_role\n\
         role_name = EcsRamRoleTest         # Role Name\n\
         \n\
         [client2]                          # configuration that is named as `client2`\n\
         enable = false                     # Disable\n\
         type = ram_role_arn\n\
         region_id = cn-test\n\
         policy = test\n\
         access_key_id = foo\n\
         access_key_secret = bar\n\
         role_arn = role_arn\n\
         role_session_name = session_name\n"
    )
}

fn config() -> String {
    let profile = serde_json::json!({
        "name": "default", "mode": "AK", "access_key_id": ACCESS_KEY, "access_key_secret": SECRET_KEY,
        "region_id": "cn-shanghai",
    });
    serde_json::json!({"current": "default", "profiles": [profile]}).to_string()
}
