//! The signatures 1.0, HMAC-SHA1 over two different texts: one for calls of RPC style, whose parameters are signed, one
//! for calls of ROA style, whose headers are.

use std::fmt::Write as _;

use sanyun_core::{Result, Secret, encode, hash, rsa};

use super::{decoded_pairs, encoded_pairs};

/// The string to sign of an RPC call. `query` and `form` (the body; empty for none) are as they stand on the wire; both
/// are signed together, without the parameter `Signature` itself. A parameter in both counts twice.
pub fn rpc_string_to_sign(method: &str, query: &str, form: &str) -> String {
    let mut pairs = decoded_pairs(query);
    pairs.retain(|(name, _)| name != "Signature");
    if !form.is_empty() {
        pairs.extend(decoded_pairs(form));
        pairs.sort_unstable();
    }
    let canonical = encoded_pairs(&pairs);
    let mut out = String::with_capacity(method.len() + 5 + canonical.len() * 3 / 2);
    out.push_str(method);
    out.push_str("&%2F&");
    encode::push_percent(&mut out, &canonical);
    out
}

/// The value of the parameter `Signature`. The key is the secret with a `&` behind it.
pub fn rpc_signature(secret: &str, string_to_sign: &str) -> String {
    encode::base64(&hash::hmac_sha1(format!("{secret}&").as_bytes(), string_to_sign.as_bytes()))
}

/// The parameters `SignatureMethod` and `SignatureType` of an RPC call that is signed with an RSA key pair, such as
/// `GenerateSessionAccessKey`; the signature is [`rpc_signature_rsa`].
pub const KEY_PAIR: [(&str, &str); 2] = [("SignatureMethod", "SHA256withRSA"), ("SignatureType", "PRIVATEKEY")];

/// The value of the parameter `Signature` of an RPC call that is signed with an RSA private key (PKCS#8 or PKCS#1, PEM or
/// the bare Base64 text of its inside): RSASSA-PKCS1-v1_5 with SHA-256.
///
/// # Errors
/// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials) if it is no such key.
pub fn rpc_signature_rsa(private_key: &Secret, string_to_sign: &str) -> Result<String> {
    Ok(encode::base64(&rsa::PrivateKey::parse(private_key)?.sign_sha256(string_to_sign.as_bytes())?))
}

/// The string to sign of an ROA call. `path` is the encoded path as it stands on the wire, `query` likewise. `header`
/// gives a header's value by its lower-case name, `""` if it is missing; `acs_headers` are those whose names begin with
/// `x-acs-`, sorted.
pub fn roa_string_to_sign<'a, V: AsRef<str>>(
    method: &str,
    path: &str,
    query: &str,
    header: impl Fn(&str) -> &'a str,
    acs_headers: &[(&str, V)],
) -> String {
    let mut out = String::with_capacity(512);
    for line in [method, header("accept"), header("content-md5"), header("content-type"), header("date")] {
        out.push_str(line);
        out.push('\n');
    }
    for (name, value) in acs_headers {
        let _ = writeln!(out, "{name}:{}", value.as_ref());
    }
    out.push_str(if path.is_empty() { "/" } else { path });
    push_raw_query(&mut out, query);
    out
}

/// Names and values unencoded; an empty value leaves the name alone.
fn push_raw_query(out: &mut String, query: &str) {
    for (at, (name, value)) in decoded_pairs(query).iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(name);
        if !value.is_empty() {
            out.push('=');
            out.push_str(value);
        }
    }
}

/// The signature of an ROA call. The key is the plain secret.
pub fn roa_signature(secret: &str, string_to_sign: &str) -> String {
    encode::base64(&hash::hmac_sha1(secret.as_bytes(), string_to_sign.as_bytes()))
}

/// The value of the header `Authorization` of an ROA call.
pub fn roa_authorization(key_id: &str, signature: &str) -> String {
    format!("acs {key_id}:{signature}")
}
