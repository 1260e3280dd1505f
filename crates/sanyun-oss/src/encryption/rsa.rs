//! Wrapping with RSA, PKCS#1 v1.5.

use std::convert::Infallible;

use rsa::pkcs1::{DecodeRsaPrivateKey as _, DecodeRsaPublicKey as _};
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};
use sanyun_core::{Chance, Error, Result, Secret, encode};
use zeroize::Zeroizing;

use super::master::SecretBytes;

/// The name that the envelope has for it.
pub(super) const ALGORITHM: &str = "RSA/NONE/PKCS1Padding";

/// A key or a pair of keys. The private one wipes itself from memory when it is dropped.
pub(super) struct RsaKey {
    public: RsaPublicKey,
    private: Option<RsaPrivateKey>,
}

impl RsaKey {
    pub(super) fn pair(public: &str, private: &Secret) -> Result<Self> {
        let (public, private) = (Self::public(public)?, Self::private(private)?);
        if public.public != private.public {
            return Err(Error::config("the two RSA keys are no pair: what one encrypts, the other cannot decrypt"));
        }
        Ok(private)
    }

    pub(super) fn public(text: &str) -> Result<Self> {
        let der = der(text);
        let read = RsaPublicKey::from_public_key_der(&der).or_else(|_| RsaPublicKey::from_pkcs1_der(&der));
        let public = read.map_err(|_| no_key("public key", "X.509 (`PUBLIC KEY`) or PKCS#1 (`RSA PUBLIC KEY`)"))?;
        Ok(Self { public, private: None })
    }

    pub(super) fn private(text: &Secret) -> Result<Self> {
        let der = der(text.expose());
        let read = RsaPrivateKey::from_pkcs8_der(&der).or_else(|_| RsaPrivateKey::from_pkcs1_der(&der));
        let private =
            read.map_err(|_| no_key("private key", "PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`)"))?;
        Ok(Self { public: private.to_public_key(), private: Some(private) })
    }

    pub(super) fn wrap(&self, secret: &SecretBytes, chance: &dyn Chance) -> Result<Vec<u8>> {
        let wrapped = self.public.encrypt(&mut Randomness(chance), Pkcs1v15Encrypt, secret.expose());
        wrapped.map_err(|error| Error::config(format!("wrapping the object's key: {error}")))
    }

    /// What another key has wrapped may give any bytes instead of an error: so nobody can find out, by trying, what is
    /// wrapped well.
    pub(super) fn unwrap(&self, wrapped: &[u8], chance: &dyn Chance) -> Result<SecretBytes> {
        let Some(private) = &self.private else {
            return Err(Error::config("the master key is a public key, which cannot decrypt")
                .with_hint("give the private key as well: `MasterKey::rsa`"));
        };
        let secret = private.decrypt_blinded(&mut Randomness(chance), Pkcs1v15Encrypt, wrapped);
        secret.map(SecretBytes::new).map_err(|_| super::keys::does_not_fit())
    }
}

/// The inside of a PEM text. Its label is not looked at, because some tools write the wrong one.
fn der(text: &str) -> Zeroizing<Vec<u8>> {
    // With room for all, so that nothing of it stays behind where it grew.
    let mut inside = Zeroizing::new(String::with_capacity(text.len()));
    text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).for_each(|line| inside.push_str(line));
    Zeroizing::new(encode::base64_decode(&inside).unwrap_or_default())
}

fn no_key(what: &str, forms: &str) -> Error {
    Error::config(format!("the {what} is not an RSA key of 1024 to 8192 bits in the form {forms}")).with_hint(
        "give the PEM text, or the Base64 text between its first and last line; a password has to be removed",
    )
}

/// Chance as the RSA crate takes it.
struct Randomness<'a>(&'a dyn Chance);

impl TryRng for Randomness<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u64() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(8) {
            let random = self.0.next_u64().to_ne_bytes();
            piece.iter_mut().zip(random).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

impl TryCryptoRng for Randomness<'_> {}
