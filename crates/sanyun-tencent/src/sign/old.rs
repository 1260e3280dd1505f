//! The signatures HmacSHA1 and HmacSHA256 (API 2.0 and early 3.0): over all parameters, sent as a form.

use sanyun_core::{Secret, encode, hash};

use super::SignatureMethod;

/// The string to sign: method, host and path, and the parameters sorted by name, their values not encoded.
///
/// `pairs` are all parameters but `Signature`, decoded. In names `_` counts as `.`; of two names that become the same,
/// the later one is signed.
pub fn string_to_sign<N: AsRef<str>, V: AsRef<str>>(method: &str, host: &str, path: &str, pairs: &[(N, V)]) -> String {
    let mut sorted: Vec<(String, &str)> =
        pairs.iter().map(|(name, value)| (name.as_ref().replace('_', "."), value.as_ref())).collect();
    sorted.reverse();
    sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
    sorted.dedup_by(|(left, _), (right, _)| left == right);
    let bytes: usize = sorted.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = String::with_capacity(method.len() + host.len() + path.len() + 1 + bytes);
    for part in [method, host, path] {
        text.push_str(part);
    }
    for (at, (name, value)) in sorted.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        for part in [name, "=", value] {
            text.push_str(part);
        }
    }
    text
}

/// The value of the parameter `Signature`: standard Base64 of the code. [`SignatureMethod::Tc3`] counts as HmacSHA256.
pub fn signature(method: SignatureMethod, secret: &Secret, string_to_sign: &str) -> String {
    let (key, message) = (secret.expose().as_bytes(), string_to_sign.as_bytes());
    match method {
        SignatureMethod::HmacSha1 => encode::base64(&hash::hmac_sha1(key, message)),
        SignatureMethod::HmacSha256 | SignatureMethod::Tc3 => encode::base64(&hash::hmac_sha256(key, message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_bytewise_after_the_replacement() {
        let pairs = [("V.2", "c"), ("V.10", "b"), ("a_b", "1"), ("a.c", "2"), ("Z", "a b&=ü")];
        assert_eq!(string_to_sign("POST", "h", "/", &pairs), "POSTh/?V.10=b&V.2=c&Z=a b&=ü&a.b=1&a.c=2");
    }

    #[test]
    fn the_later_of_two_equal_names_is_signed() {
        assert_eq!(string_to_sign("GET", "h", "/", &[("a_b", "1"), ("x", "2"), ("a.b", "3")]), "GETh/?a.b=3&x=2");
    }

    /// Known answers of the vendor's SDK (vectors `v1_post_sha256` and `v1_post_sha1`).
    #[test]
    fn known_signatures() {
        let secret = Secret::new("test-secret-key");
        let text = "POSTcvm.tencentcloudapi.com/?Action=DescribeInstances&Language=zh-CN&Nonce=1234567890&Offset=0&\
                    Region=ap-guangzhou&RequestClient=SDK_PYTHON_3.1.195&SecretId=AKIDTESTID&SignatureMethod=HmacSHA1&\
                    Timestamp=1700000000&Version=2017-03-12";
        assert_eq!(signature(SignatureMethod::HmacSha1, &secret, text), "NCIVV/tddQiRUZwF9PPtpAvDJmM=");
        assert_eq!(signature(SignatureMethod::HmacSha256, &secret, text).len(), 44);
    }
}
