//! The client: built from settings, shared by everything that calls OSS.

use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use sanyun_alibaba::credentials::{REFRESH, metadata_host};
use sanyun_core::{Error, Pipeline, Result, Settings};

use crate::bucket::Bucket;
use crate::credentials;
use crate::endpoint::{AddressSettings, Addresses, Addressing, CloudBox, Network};
use crate::operation::Product;
use crate::product::Account;
use crate::protocol::Oss;
use crate::shape;
use crate::sign::{SignatureVersion, v4};
use crate::transfer::Transfers;

/// A client of OSS. It holds connections, credentials and the retry budget; cloning it is cheap and shares them.
#[derive(Clone)]
pub struct Client {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) protocol: Arc<Oss>,
    pub(crate) transfers: Transfers,
}

impl Client {
    /// A builder. It needs a region, or an endpoint.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A bucket. Nothing is sent; a name that is not valid is reported by the calls.
    pub fn bucket(&self, name: impl AsRef<str>) -> Bucket {
        Bucket::new(self.clone(), name.as_ref())
    }

    /// The region that calls are signed for, if it is known.
    pub fn region(&self) -> Option<&str> {
        self.protocol.addresses.default_region()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.protocol).finish_non_exhaustive()
    }
}

/// Builds a [`Client`]. Building sends nothing and needs no async runtime.
#[derive(Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    settings: Settings,
    addresses: AddressSettings,
    account_id: Option<String>,
    signature: SignatureVersion,
    additional_headers: Vec<String>,
    default_headers: Vec<(String, String)>,
    skips_upload_crc: bool,
    skips_download_crc: bool,
    transfers: Transfers,
}

impl Builder {
    sanyun_core::client_settings!();

    /// The region, such as `cn-hangzhou`. It gives the endpoint, unless one is set, and stands in signatures.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.addresses.region = Some(region.into());
        self
    }

    /// The product whose buckets the client calls; objects in buckets if unset. Its operations are in
    /// [`ops`](crate::ops): `ops::vectors` and so on.
    pub fn product(mut self, product: Product) -> Self {
        self.addresses.product = product;
        self
    }

    /// The id of the account (digits), which stands in the names of vector buckets and agentic buckets.
    pub fn account_id(mut self, id: impl Into<String>) -> Self {
        self.account_id = Some(id.into());
        self
    }

    /// Another endpoint than the region's, such as `http://127.0.0.1:8080` or one's own domain. Without a scheme it is
    /// `https`. A [`network`](Self::network) beside it is a mistake.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.addresses.endpoint = Some(endpoint.into());
        self
    }

    /// Which of the region's endpoints is used; the public one if unset.
    pub fn network(mut self, network: Network) -> Self {
        self.addresses.network = network;
        self
    }

    /// Where the bucket stands in URLs; in front of the host if unset, and always in the path on an IP address.
    pub fn addressing(mut self, addressing: Addressing) -> Self {
        self.addresses.addressing = addressing;
        self
    }

    /// Calls over plain HTTP, where the endpoint does not name its scheme. Keys are not sent, but bytes can be read
    /// and changed on the way.
    pub fn plain_http(mut self) -> Self {
        self.addresses.plain_http = true;
        self
    }

    /// The id of a cloud box (OSS on one's own premises), which signatures name instead of the region.
    pub fn cloud_box(mut self, id: impl Into<String>) -> Self {
        self.addresses.cloud_box = CloudBox::Id(id.into());
        self
    }

    /// Takes the id of a cloud box from the endpoint, if that is the endpoint of one.
    pub fn detect_cloud_box(mut self) -> Self {
        self.addresses.cloud_box = CloudBox::Detect;
        self
    }

    /// The signature; V4 if unset.
    pub fn signature(mut self, version: SignatureVersion) -> Self {
        self.signature = version;
        self
    }

    /// Signs these headers as well, where a call has them. Only with signature V4.
    pub fn additional_headers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.additional_headers.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sends this header with every call that does not set it. An empty value counts as none.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.default_headers.push((name.into(), value.into()));
        self
    }

    /// Does not compare the CRC-64 of uploads with what OSS computed. It costs next to nothing: skip it only for a
    /// server that computes another one.
    pub fn skip_upload_crc(mut self) -> Self {
        self.skips_upload_crc = true;
        self
    }

    /// Does not compare the CRC-64 of whole objects that are read with the one OSS keeps.
    pub fn skip_download_crc(mut self) -> Self {
        self.skips_download_crc = true;
        self
    }

    /// The limits that all [transfers](crate::transfer) of the client share.
    pub fn transfers(mut self, limits: Transfers) -> Self {
        self.transfers = limits;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config): neither region nor endpoint, one of them wrong, settings
    /// that contradict each other, or a proxy or certificate that cannot be used.
    pub fn build(self) -> Result<Client> {
        let account = Account::new(self.addresses.product, self.account_id)?;
        let addresses = Addresses::new(self.addresses)?;
        let additional_headers = additional_headers(&self.additional_headers)?;
        if self.signature == SignatureVersion::V1 && !additional_headers.is_empty() {
            return Err(Error::config("signature V1 cannot sign additional headers: leave them out, or use V4"));
        }
        let protocol = Arc::new(Oss {
            addresses,
            account,
            signature: self.signature,
            additional_headers,
            default_headers: default_headers(&self.default_headers)?,
            checks_uploads: !self.skips_upload_crc,
            checks_downloads: !self.skips_download_crc,
            keys: v4::KeyCache::default(),
        });
        let mut settings = self.settings;
        settings.http = settings.http.direct(metadata_host(&*settings.env));
        let pipeline = settings.into_pipeline(Arc::new(credentials::default_chain()), REFRESH)?;
        Ok(Client { pipeline, protocol, transfers: self.transfers })
    }
}

fn additional_headers(names: &[String]) -> Result<Vec<HeaderName>> {
    let parse = |name: &String| {
        HeaderName::try_from(name.as_str()).map_err(|_| Error::config(format!("`{name}` is not a header name")))
    };
    Ok(v4::additional(&names.iter().map(parse).collect::<Result<Vec<_>>>()?))
}

fn default_headers(headers: &[(String, String)]) -> Result<Vec<(HeaderName, http::HeaderValue)>> {
    let given = headers.iter().filter(|(name, value)| !name.is_empty() && !value.is_empty());
    given.map(|(name, value)| shape::default_header(name, value)).collect()
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
