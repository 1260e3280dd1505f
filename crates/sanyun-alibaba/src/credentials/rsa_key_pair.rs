//! Keys of a session, for the holder of a key pair.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Result, Secret, SourceError};

use super::ask::Question;
use super::sts::{Sts, sts_setters};
use super::{PROVIDER, temporary};
use crate::sign::v1;

const NAME: &str = "rsa_key_pair";
/// Only the site of Japan knows key pairs.
const HOST: &str = "sts.ap-northeast-1.aliyuncs.com";

/// Keys of a session, which STS of the site of Japan gives to the holder of an RSA key pair (`GenerateSessionAccessKey`).
/// The vendor advises against it for new programs.
///
/// ```no_run
/// use sanyun_alibaba::{Client, credentials::RsaKeyPair};
///
/// let source = RsaKeyPair::from_file("publicKeyId", "/your/pk.pem");
/// let client = Client::builder().region("ap-northeast-1").credentials(source).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RsaKeyPair {
    public_key_id: String,
    private_key: PrivateKey,
    sts: Sts,
}

#[derive(Clone, Debug)]
enum PrivateKey {
    Text(Secret),
    File(PathBuf),
}

impl RsaKeyPair {
    /// The id of the public key, and the private key as PEM (PKCS#8 or PKCS#1) or its Base64 text alone.
    pub fn new(public_key_id: impl Into<String>, private_key: impl Into<Secret>) -> Self {
        Self::with(public_key_id.into(), PrivateKey::Text(private_key.into()))
    }

    /// The id of the public key, and a file with the private key, which is read at every fetch.
    pub fn from_file(public_key_id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::with(public_key_id.into(), PrivateKey::File(path.into()))
    }

    fn with(public_key_id: String, private_key: PrivateKey) -> Self {
        Self { public_key_id, private_key, sts: Sts::default() }
    }

    sts_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let key = match &self.private_key {
            PrivateKey::Text(text) => text.clone(),
            PrivateKey::File(path) => key_file(context, path)?,
        };
        let seconds = self.sts.seconds()?.to_string();
        let place = self.sts.place(context, HOST)?;
        let parameters = [("DurationSeconds", Some(&*seconds))];
        let question = Question::new(context, NAME, place, "GenerateSessionAccessKey", &parameters);
        let how = v1::KEY_PAIR.to_vec();
        let sign = |text: &str| v1::rpc_signature_rsa(&key, text);
        let content = question.signed_by(&self.public_key_id, how, sign).hiding(&key).ask().await?;
        Ok(temporary::of_key_pair(NAME, &content)?.with_attribute(PROVIDER, NAME))
    }
}

/// The private key of a file, without the white space around it.
fn key_file(context: &Context, path: &Path) -> Result<Secret> {
    let wrong = |what: String| Error::credentials(format!("{NAME}: private key file `{}`: {what}", path.display()));
    let bytes = context.files.read(path).map_err(|error| wrong(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8".to_owned()))?;
    if text.trim().is_empty() { Err(wrong("nothing in it".to_owned())) } else { Ok(Secret::new(text.trim())) }
}

impl CredentialSource for RsaKeyPair {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
