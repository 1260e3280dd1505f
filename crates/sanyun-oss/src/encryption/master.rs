//! Master keys: they wrap the keys of objects.

use std::fmt;
use std::sync::Arc;

use sanyun_core::{BoxFuture, Chance, Result, Secret};
use serde_json::Value;
use zeroize::Zeroizing;

use super::rsa::RsaKey;

/// Bytes that must never be shown: they are wiped from memory when they are dropped.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. Do not print them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(***)")
    }
}

/// A master key that lies elsewhere, such as in a key management service (KMS).
///
/// ```
/// use sanyun_oss::Result;
/// use sanyun_oss::encryption::{BoxFuture, MasterCipher, MasterKey, SecretBytes};
///
/// struct Kms;
///
/// impl MasterCipher for Kms {
///     fn algorithm(&self) -> &str {
///         "KMS/ALICLOUD"
///     }
///
///     fn wrap<'a>(&'a self, secret: &'a SecretBytes) -> BoxFuture<'a, Result<Vec<u8>>> {
///         Box::pin(async move {
///             // `Encrypt` of the service, with `secret.expose()`.
///             # let wrapped = secret.expose().iter().rev().copied().collect();
///             Ok(wrapped)
///         })
///     }
///
///     fn unwrap<'a>(&'a self, wrapped: &'a [u8]) -> BoxFuture<'a, Result<SecretBytes>> {
///         Box::pin(async move {
///             // `Decrypt` of the service.
///             # let secret = wrapped.iter().rev().copied().collect();
///             Ok(SecretBytes::new(secret))
///         })
///     }
/// }
///
/// let key = MasterKey::custom(Kms);
/// ```
pub trait MasterCipher: Send + Sync + 'static {
    /// How it wraps, such as `KMS/ALICLOUD`. It is stored with the object.
    fn algorithm(&self) -> &str;

    /// Wraps an object's key (32 bytes), or the start of its counter (16 bytes): once each for every object that is stored.
    fn wrap<'a>(&'a self, secret: &'a SecretBytes) -> BoxFuture<'a, Result<Vec<u8>>>;

    /// Undoes [`wrap`](Self::wrap). It must fail for what another key has wrapped.
    fn unwrap<'a>(&'a self, wrapped: &'a [u8]) -> BoxFuture<'a, Result<SecretBytes>>;
}

/// The key that wraps the keys of objects: a pair of RSA keys of 1024 to 8192 bits, or a [`MasterCipher`].
///
/// RSA is used with the padding PKCS#1 v1.5, because the form of the encrypted objects prescribes it. Reading an object
/// uses the private key. The `rsa` crate blinds that operation and hides wrong padding, but is not proven to take the same
/// time for every input; its earlier releases leaked enough for key recovery over a network (RUSTSEC-2023-0071, "Marvin").
/// A service that decrypts objects which strangers can store, and whose answering times they can measure, should use a
/// [`MasterCipher`].
#[derive(Clone)]
pub struct MasterKey {
    cipher: Cipher,
    description: Option<Value>,
}

#[derive(Clone)]
enum Cipher {
    Rsa(Arc<RsaKey>),
    Custom(Arc<dyn MasterCipher>),
}

impl MasterKey {
    /// A pair of RSA keys, in PEM form or as the Base64 text of its inside; PKCS#1 (`RSA PUBLIC KEY`, `RSA PRIVATE KEY`) or
    /// X.509 and PKCS#8 (`PUBLIC KEY`, `PRIVATE KEY`).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config): one of them is no such key, or they are no pair: then what is
    /// written could never be read. The error tells nothing of the keys.
    pub fn rsa(public: impl AsRef<str>, private: impl Into<Secret>) -> Result<Self> {
        RsaKey::pair(public.as_ref(), &private.into()).map(Self::of_rsa)
    }

    /// An RSA public key alone: it writes objects that it cannot read.
    ///
    /// # Errors
    /// As [`rsa`](Self::rsa).
    pub fn rsa_public(public: impl AsRef<str>) -> Result<Self> {
        RsaKey::public(public.as_ref()).map(Self::of_rsa)
    }

    /// An RSA private key, with the public key that is in it.
    ///
    /// # Errors
    /// As [`rsa`](Self::rsa).
    pub fn rsa_private(private: impl Into<Secret>) -> Result<Self> {
        RsaKey::private(&private.into()).map(Self::of_rsa)
    }

    /// A key that lies elsewhere.
    pub fn custom(cipher: impl MasterCipher) -> Self {
        Self { cipher: Cipher::Custom(Arc::new(cipher)), description: None }
    }

    fn of_rsa(key: RsaKey) -> Self {
        Self { cipher: Cipher::Rsa(Arc::new(key)), description: None }
    }

    /// What tells this key apart from others, usually a JSON object with a few texts (`matdesc`). It is stored with the
    /// object, in clear. Without one, an older key cannot be found once there is a newer one.
    #[must_use]
    pub fn description(mut self, description: impl Into<Value>) -> Self {
        let description = description.into();
        let is_empty = description.is_null() || description.as_object().is_some_and(serde_json::Map::is_empty);
        self.description = Some(description).filter(|_| !is_empty);
        self
    }

    /// Its description as JSON, if it has one.
    pub(super) fn described(&self) -> Option<&Value> {
        self.description.as_ref()
    }

    pub(super) fn algorithm(&self) -> &str {
        match &self.cipher {
            Cipher::Rsa(_) => super::rsa::ALGORITHM,
            Cipher::Custom(cipher) => cipher.algorithm(),
        }
    }

    /// Whether unwrapping with a wrong key may give bytes instead of an error.
    pub(super) fn may_unwrap_garbage(&self) -> bool {
        matches!(self.cipher, Cipher::Rsa(_))
    }

    pub(super) async fn wrap(&self, secret: &SecretBytes, chance: &dyn Chance) -> Result<Vec<u8>> {
        match &self.cipher {
            Cipher::Rsa(key) => key.wrap(secret, chance),
            Cipher::Custom(cipher) => cipher.wrap(secret).await,
        }
    }

    pub(super) async fn unwrap(&self, wrapped: &[u8], chance: &dyn Chance) -> Result<SecretBytes> {
        match &self.cipher {
            Cipher::Rsa(key) => key.unwrap(wrapped, chance),
            Cipher::Custom(cipher) => cipher.unwrap(wrapped).await,
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}", self.algorithm())?;
        self.description.as_ref().map_or(Ok(()), |description| write!(f, ", {description}"))?;
        f.write_str(")")
    }
}
