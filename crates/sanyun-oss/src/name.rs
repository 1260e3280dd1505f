//! Names of buckets, objects and regions: what OSS accepts, checked before anything is sent.

use sanyun_core::{Error, Result};

/// The longest object key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1023;

/// Checks a bucket name: 3 to 63 characters of `a-z`, `0-9` and `-`, not beginning or ending with `-`.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it is none.
pub fn check_bucket(name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let well_formed =
        (3..=63).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('-') && !name.ends_with('-');
    if well_formed {
        return Ok(());
    }
    Err(Error::input(format!("bucket name `{name}` is not valid"))
        .with_hint("use 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"))
}

/// Checks an object's key: 1 to [`MAX_KEY_BYTES`] bytes. Any character is allowed, and every key is sent as it is.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it is empty or too long.
pub fn check_key(key: &str) -> Result<()> {
    match key.len() {
        0 => Err(Error::input("object key is empty")),
        1..=MAX_KEY_BYTES => Ok(()),
        len => Err(Error::input(format!("object key has {len} bytes, more than the {MAX_KEY_BYTES} that are allowed"))),
    }
}

/// Account and bucket of a table bucket's resource name: `acs:osstables:<region>:<account>:bucket/<bucket>`.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it is none.
pub fn table_bucket(arn: &str) -> Result<(&str, &str)> {
    let parts: Vec<&str> = arn.split(':').collect();
    if let ["acs", service, region, account, resource] = parts[..]
        && let Some(bucket) = resource.strip_prefix("bucket/")
        && !service.is_empty()
        && !region.is_empty()
        && !account.is_empty()
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && check_bucket(bucket).is_ok()
    {
        return Ok((account, bucket));
    }
    Err(Error::input(format!("`{arn}` is not the resource name of a table bucket"))
        .with_hint("it looks like acs:osstables:cn-hangzhou:1234567890:bucket/my-bucket"))
}

/// Whether a text has the form of a region's id, such as `cn-hangzhou`.
pub fn is_region(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        let longest = "a".repeat(63);
        for name in ["abc", "a--b", "123", longest.as_str()] {
            assert!(check_bucket(name).is_ok(), "{name}");
        }
        let too_long = "a".repeat(64);
        for name in ["", "ab", "-abc", "abc-", "Abc", "a_b", "a.b", "日本語", too_long.as_str()] {
            assert!(check_bucket(name).is_err(), "{name}");
        }
    }

    #[test]
    fn keys_are_measured_in_bytes() {
        assert!(check_key("..").is_ok() && check_key("/").is_ok() && check_key(&"云".repeat(341)).is_ok());
        assert!(check_key("").is_err() && check_key(&"云".repeat(342)).is_err());
    }
}
