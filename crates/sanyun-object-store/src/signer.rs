//! URLs that carry their signature.

use std::time::Duration;

use async_trait::async_trait;
use object_store::Result;
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer, Url};
use sanyun_oss::{Action, FromReply, Presigned};

use crate::{OssStore, error};

#[async_trait]
impl Signer for OssStore {
    async fn signed_url(&self, method: Method, path: &Path, expires_in: Duration) -> Result<Url> {
        self.signed_url_opts(method, path, expires_in, &SignedUrlOptions::new()).await
    }

    async fn signed_url_opts(
        &self,
        method: Method,
        path: &Path,
        expires_in: Duration,
        options: &SignedUrlOptions,
    ) -> Result<Url> {
        let (bucket, key) = (self.bucket(), path.as_ref());
        let signed = match method {
            Method::GET => signed(bucket.get(key), expires_in, options).await?,
            Method::HEAD => signed(bucket.head(key), expires_in, options).await?,
            Method::PUT => signed(bucket.put(key, ""), expires_in, options).await?,
            Method::DELETE => signed(bucket.delete(key), expires_in, options).await?,
            _ => return Err(error::not_supported(format!("there is no operation on objects with {method} alone"))),
        };
        Url::parse(signed.url()).map_err(error::generic)
    }
}

async fn signed<T: FromReply>(call: Action<T>, lifetime: Duration, options: &SignedUrlOptions) -> Result<Presigned> {
    let mut call = call;
    for (name, value) in &options.extra_query {
        call = call.query(name, value);
    }
    for (name, value) in &options.signed_headers {
        call = call.header(name.as_str(), value.to_str().map_err(error::generic)?);
    }
    let signed = call.presign(lifetime).await.map_err(error::generic)?;
    // A header that the signature leaves out would bind nobody.
    match options.signed_headers.keys().find(|name| !signed.headers().iter().any(|(known, _)| known == *name)) {
        None => Ok(signed),
        Some(name) => Err(error::not_supported(format!(
            "the signature does not cover `{name}`: name it in the client's `additional_headers`"
        ))),
    }
}
