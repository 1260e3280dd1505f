#![allow(clippy::unwrap_used, reason = "tests")]

use sanyun_core::encode::hex;

use super::*;

const ID: &str = "SANYUNTESTAK00000001";
/// A string to sign as any other.
const MESSAGE: &str = "SDK-SM2-SM3\n20260102T030405Z\n636ecad89151ba98f7a85607e0f42146385262deb714e36718ade50e71fe1692";

fn derived(algorithm: Algorithm, secret: &str) -> Key {
    Key::derive(algorithm, ID, &secret.into()).unwrap()
}

fn private(key: &Key) -> String {
    match key {
        Key::P256(key) => hex(&key.to_bytes()),
        Key::Sm2(key) => hex(&key.0.to_bytes()),
    }
}

fn scalar(hex: &str) -> [u8; 32] {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

/// Two numbers in hex digits, as a signature.
fn signature(r: &str, s: &str) -> String {
    der::to_hex(&[scalar(r), scalar(s)].concat().try_into().unwrap())
}

/// Keys and signatures that the vendor's SDK for Python 3.1.219 made.
#[test]
fn keys_are_those_of_the_vendor() {
    let secret = "sanyunTestSecretKey0000000000000000000001";
    let string = |name: &str, digest: &str| format!("{name}\n20260102T030405Z\n{digest}");
    for (algorithm, private_key, public_key, digest, signature) in [
        (
            Algorithm::EcdsaP256Sha256,
            "1f058fb0a2a27e8cf78ccb1ef37c0cf7a16abedc138549aca16efba798279a19",
            "e3e8031bf4516e417c0972f3527a79d7f872cf1e64adfd044d88bc57f109a19d\
             0000c4a70a02ad7c33e8b7039d9c809a6dc555c1d9ab440905c345ee3d22f474",
            "fc76ad06a3e901a89e570e5ae28f501024eb1a5ac199aca99812fb996de612b0",
            "3045022100b132e30abb9f56681555da3472349c59ccc515efa9d87c63d220929318c5c409022061e2bd7f8f9237efbd4761\
             8d0c7a7844f3cb31fbeefd748eb06ffe98097332cf",
        ),
        (
            Algorithm::Sm2Sm3,
            "4c50e6021a4c8920e7ddeb8d1a179f84f7677226356f9d4934646e18c8b19e47",
            "8556d3e2a3ed2af22d37a538c1a21a6401f0af22d1f5a8fe54d86f0bf0f47ae7\
             20643adc98f7b4dbb64c5934197a1f22924c2d420b30f3b67f26bb4eb3c3f0b1",
            "636ecad89151ba98f7a85607e0f42146385262deb714e36718ade50e71fe1692",
            "3046022100d441e35dda4b43002a6df10a8df474f981f02c57115895a9eea6a06961d01c6c0221008cb04cea7c0d66b35c48\
             0b139bf689a362714b608808dcc99b3579e4db6ef362",
        ),
    ] {
        let key = derived(algorithm, secret);
        assert_eq!(private(&key), private_key);
        assert_eq!(hex(&key.public()), ["04", public_key].concat());
        assert!(key.verifies(&string(algorithm.as_str(), digest), signature));
    }
}

/// RFC 6979, A.2.5: P-256 with SHA-256.
#[test]
fn nonces_are_those_of_rfc_6979() {
    let key = scalar("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = Key::P256(p256::ecdsa::SigningKey::from_slice(&key).unwrap());
    for (message, r, s) in [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ] {
        assert_eq!(key.sign(message), signature(r, s));
    }
}

/// The example of GB/T 32918.5, annex A.2.
#[test]
fn the_example_of_the_standard_verifies() {
    let key =
        Sm2::new(&scalar("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")).map(Key::Sm2).unwrap();
    let public = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                  ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    assert_eq!(hex(&key.public()), public);
    let given = signature(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert!(key.verifies("message digest", &given));
    assert!(!key.verifies("message digest.", &given));
}

/// Public keys whose coordinates begin with a zero byte, which the vendor's SDK leaves out; the signatures are OpenSSL's.
#[test]
fn coordinates_of_sm2_keep_their_zeros() {
    for (secret, public, signature) in [
        (
            "leadingZero0411",
            "04000f2cce2964d37100e67f262df280e207d38d2bcc703eefb0460aad35be8ed1\
             995eca9ff7b329bd7cd3576f5d76ec047ac6fc22339d239c58a5d68f139f22bd",
            "304502203a87e405c51a391379e02dd4918bc2dc94d0250a16e215b1ae6ce2ccaf2acb05022100bdbe6de975f66d5b4bf292\
             768a9336be42b317f42e6a79a00ff7a50e5385f08a",
        ),
        (
            "leadingZero0035",
            "04a37a314b1aea2e6d280bfbfcf8a790af883dd68b30aa68a333a86c36290f41ec\
             00d91278317e53cb0c7af6047f26b8a514229e585365e480221d97983e650fd6",
            "30450220421bfa95e1f66521deeb37285f880c75b7ae71f051533b0a64434932046d9ea6022100ddc831b15b8b6d01913dea\
             99ee0a277242506e29231886738ebe959e1cfd0bf7",
        ),
    ] {
        let key = derived(Algorithm::Sm2Sm3, secret);
        assert_eq!(hex(&key.public()), public);
        assert!(key.verifies(MESSAGE, signature));
    }
}

#[test]
fn signatures_verify_and_stay_the_same() {
    for algorithm in [Algorithm::EcdsaP256Sha256, Algorithm::Sm2Sm3] {
        let key = derived(algorithm, "secret");
        let signature = key.sign(MESSAGE);
        assert_eq!(key.sign(MESSAGE), signature);
        assert!(key.verifies(MESSAGE, &signature));
        assert!(!key.verifies("another message", &signature));
        assert!(!derived(algorithm, "Secret").verifies(MESSAGE, &signature));
        let zero = "00".repeat(32);
        for r_or_s in [self::signature(&zero, &zero), self::signature(&"ff".repeat(32), &"ff".repeat(32))] {
            assert!(!key.verifies(MESSAGE, &r_or_s));
        }
    }
    assert!(Key::derive(Algorithm::HmacSha256, ID, &"secret".into()).is_none());
}

#[test]
fn candidates_at_the_order_of_the_curve_are_refused() {
    for (key, fits) in [
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", true),
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", false),
        ("0000000000000000000000000000000000000000000000000000000000000000", false),
    ] {
        assert_eq!(p256::ecdsa::SigningKey::from_slice(&scalar(key)).is_ok(), fits);
    }
    assert!(Sm2::new(&scalar("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")).is_none());
    // The largest that the standard allows is two less: with one less, 1 + d has no inverse.
    assert!(Sm2::new(&scalar("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121")).is_some());
}
