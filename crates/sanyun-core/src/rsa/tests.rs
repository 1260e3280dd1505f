use super::*;
use crate::encode::hex;

/// A key made for this test, PKCS#8 without its PEM lines.
const KEY: &str = "\
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC3K8FL+Kg4+aTN1uxyF6tkCENVMxj43/UACHr5k0veq1+Z\
    PS5xEvWSIwt4fGtJCN+EnCJTtzB/XzWXe9Ggt2hqeYnzSwN0E21yHPLx0ppDY2vOptOITyIT+/X+tgHS5QLTOf76d19mCVNf\
    LUu3GRZRcU6vVF0cFU4VkGo40mxeu/FIaPLT9NXBGgz5iHdUSAvu+EfHYMtJKnbU9p5V2jYW1gmSYG7LEBq34f2rI3oyhfGs\
    ZTglO2yqDMMTUoi5dlLmsjdQ3l7gC2hfkpU78Eub2bSDr6aYbUVSJGXDOIh43g+9hbhVokckPR3//21FSoPCtoyWCccL8SQc\
    hCmCY9A9AgMBAAECggEARcpnn3UyT2cbGoyx0XTgSkB1u0A5WxYl6OnSRUaQqVo9lgsAJ3g0VgaBR9qMHCtD0uiUkbYiRd22\
    cy3rvOM05yDA5ZCm07LVSB3smSQHv/ZhLL9WqMCR+PBPFcouXrcAQQ//bVpPYHbcK8774tstrEFSXC52PY2Gj2PTfSv7u4oW\
    JWCyDpUJXOR1q3TlOAkxNJ98L0Xs86ral3fkCMm9iG6bHQ7W9RRWsoFOaneUwpvsTL1AYKbfa6lOMl12HBUUcGdX3Uzs6Flv\
    4tfvtERJ2DtptSvzr/OchqYKWb9fLB8LdDAGXhfpOLCEyelfDYeZW5HNB8AzOSCN6P3x8Sc7BwKBgQDoM3YQrqJdvalgVrJ0\
    fxTc8mDLzAiTYqESJEnq1R0sSzLDQgDAlXNYgnCfX464Up1ll4pNEdfCJbl8UjIzRiMCLgT1R5i88/5tSVUZIUmdjTb5g2a6\
    IF/appdt8vQhFInu9EvvXZ9xxyX83gd50H+DrMMLpzUTjvfTNebbqwNVtwKBgQDJ8dTyq1jLfzsclF/uRI8jIxyueILmkddK\
    jeJhkkg2WrwycZdNmDA3gn4Q/drWnNj4Vjokx9lrwiIEOg707TIAO3r76l/UYUznxOBQL+n9KYJHL/spuen4ZHeRGEaRYSNT\
    yv/iwGk9CXTWxRKaCId9zjST61ZxEl1XGQaIQwrpqwKBgFtdXFhmDpcp+IpisqcqFdB2QmYOK1Wq2kvkIX2YS3lRQXEY+GjO\
    pWsvMBdVpzeZsjr2LMH0glvvMhPb18rbDw1dhC/q8wtuSi9ASo6vzWKD3RzCelpEQNMs96qYjTyy8y8lyvctdH51aNodlv10\
    b6glAz4DldvTRmpB7EuE97PzAoGAU5d/BlRXFSU9Wr8wVniap3jJTo8j4D1OWNYSd0EOEzHL5TWP49azXsbtWCs8gsm6JlHL\
    D56KKUjau9Usi8YDhIUai1yg/lCofOfJ0meC/ABKpRz/Ym5Koz8zHyRlUZhb/ztwYHQ1G8bmTmCVKp2NOE47BV/NEFEBwiPh\
    yFW4FrECgYAkrfS+Y3EZaZ/R1rKO77CsoSOMGwkOYmI1iAsFMPuM5L8NxT195TzceYZs/8Hi/HrIDv3RyHy36Fh2u2FLeL3V\
    FIuoKjC5O+neaD828Ss68bywIaNwT0msA3nkffkeuqh5iHjALX8xmHT87INE8jjtdUmXiEvg4lmUE7VwMhWuIA==";
/// The signature that OpenSSL makes of [`TEXT`] with it.
const SIGNATURE: &str = "\
    1c0fc349c634a2b4319df73d2c24d8e3931a65dcf1a2dd3a5bd29a8d1994666386477be345ac6a30bbfa054a51cae2d6\
    b48087ef9ba8002397301b6cf9ebd35944f7c1613867c458ae4ff225e922d5a448f395134b225e7bab3816364220eb9e\
    083988235892dad80ba9f719ff41cd7284e9d2f4678845e463430e9c69017eee4d9e8bc101db28d2e305dd8a9ea932e0\
    a3ac5b44a75d0f9eefa0e4628e1a8a02bcda90dd74fd20f3a526dc4291918dcd976001bd476f77ac137e63ea6c0cd2c2\
    2e16445636458a5a1d18d0cdfb73efab654292866c45cab7c0fdfa5d973289529b39b1264d466f91ddd147843ee2a63c\
    be9ab13377dd1f6bbbd0cc427c2f6e14";
const TEXT: &str = "ACS3-RSA-SHA256\n51173664962501b76f4b7476b5894f200857f719efd7db46f6d003e79f692ae5";

/// The length of what PKCS#8 puts in front of a PKCS#1 key of 2048 bits.
const FRAME: usize = 26;

fn signature(key: &str) -> Result<String> {
    let signed = PrivateKey::parse(&key.into())?.sign_sha256(TEXT.as_bytes())?;
    Ok(hex(&signed))
}

#[test]
fn both_forms_are_read_with_and_without_pem() {
    let pkcs1 = encode::base64(&encode::base64_decode(KEY).unwrap()[FRAME..]);
    for inside in [KEY, &pkcs1] {
        let lines = inside.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
        let lines = lines.collect::<Vec<_>>().join("\r\n");
        assert_eq!(signature(inside).unwrap(), SIGNATURE);
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
            let pem = format!("-----BEGIN {label}-----\r\n{lines}\r\n-----END {label}-----\r\n");
            assert_eq!(signature(&pem).unwrap(), SIGNATURE, "{label}");
        }
    }
}

#[test]
fn what_is_no_key_is_not_repeated_in_the_error() {
    let ec = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for wrong in ["", "plain-secret", "cGxhaW4tc2VjcmV0", &KEY[..KEY.len() - 8], &ec] {
        let error = PrivateKey::parse(&wrong.into()).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Credentials);
        assert!(wrong.is_empty() || !format!("{error} {error:?}").contains(wrong));
    }
    assert_eq!(format!("{:?}", PrivateKey::parse(&KEY.into()).unwrap()), "PrivateKey(***)");
}

/// The public half of [`KEY`], as OpenSSL writes it.
const PUBLIC_KEY: &str = "\
    -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtyvBS/ioOPmkzdbscher\nZA\
    hDVTMY+N/1AAh6+ZNL3qtfmT0ucRL1kiMLeHxrSQjfhJwiU7cwf181l3vRoLdo\nanmJ80sDdBNtchzy8dKaQ2NrzqbTiE8i\
    E/v1/rYB0uUC0zn++ndfZglTXy1LtxkW\nUXFOr1RdHBVOFZBqONJsXrvxSGjy0/TVwRoM+Yh3VEgL7vhHx2DLSSp21PaeVd\
    o2\nFtYJkmBuyxAat+H9qyN6MoXxrGU4JTtsqgzDE1KIuXZS5rI3UN5e4AtoX5KVO/BL\nm9m0g6+mmG1FUiRlwziIeN4PvY\
    W4VaJHJD0d//9tRUqDwraMlgnHC/EkHIQpgmPQ\nPQIDAQAB\n-----END PUBLIC KEY-----";

#[test]
fn the_public_half_checks_signatures() {
    let key = PublicKey::from_pem(PUBLIC_KEY).unwrap();
    let signature = PrivateKey::parse(&KEY.into()).unwrap().sign_sha256(TEXT.as_bytes()).unwrap();
    assert!(key.verify_sha256(TEXT.as_bytes(), &signature));
    assert!(!key.verify_sha256(b"another", &signature) && !key.verify_sha256(TEXT.as_bytes(), b""));
    let pkcs1 = format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----", encode::base64(&key.der));
    assert!(PublicKey::from_pem(&pkcs1).unwrap().verify_sha256(TEXT.as_bytes(), &signature));
    assert!(PublicKey::from_pem(&PUBLIC_KEY.replace("PUBLIC", "PRIVATE")).is_none());
}
