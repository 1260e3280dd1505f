//! Where the credentials of OSS come from.

mod environment;

use sanyun_core::Chain;

pub use environment::Environment;

/// What is asked when a client is built without credentials: the variables of OSS's own tools, then whatever the other
/// services of Alibaba Cloud would use.
pub fn default_chain() -> Chain {
    Chain::new().then(Environment).append(sanyun_alibaba::credentials::default_chain())
}

#[cfg(test)]
mod tests {
    use sanyun_core::{Fixed, Result};

    use crate::{Client, Error};

    fn signed_by(fixed: Fixed) -> Result<String, Error> {
        let client = Client::builder().region("cn-hangzhou").world(fixed).build()?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let preview = runtime.block_on(client.list_buckets().preview())?;
        let id = preview.request.header("authorization").split('/').next().unwrap_or_default().to_owned();
        Ok(id + preview.request.header("x-oss-security-token"))
    }

    const HEAD: &str = "OSS4-HMAC-SHA256 Credential=";

    #[test]
    fn the_variables_of_oss_come_first() {
        let alibaba = Fixed::default()
            .var("ALIBABA_CLOUD_ACCESS_KEY_ID", "theirs")
            .var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
        assert_eq!(signed_by(alibaba.clone()).unwrap(), format!("{HEAD}theirs"));
        let both = alibaba.var("OSS_ACCESS_KEY_ID", "ours").var("OSS_ACCESS_KEY_SECRET", "secret");
        assert_eq!(signed_by(both.clone()).unwrap(), format!("{HEAD}ours"));
        assert_eq!(signed_by(both.var("OSS_SESSION_TOKEN", "-token")).unwrap(), format!("{HEAD}ours-token"));
    }

    #[test]
    fn half_a_key_is_an_error() {
        let error = signed_by(Fixed::default().var("OSS_ACCESS_KEY_ID", "ours")).unwrap_err();
        assert_eq!(error.message(), "OSS_ACCESS_KEY_ID is set and OSS_ACCESS_KEY_SECRET is not");
    }

    #[test]
    fn the_error_lists_all_that_was_tried() {
        let error = signed_by(Fixed::default().var("SANYUN_METADATA_DISABLED", "true")).unwrap_err();
        for name in ["OSS_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_ID"] {
            assert!(error.message().contains(name), "{}", error.message());
        }
    }
}
