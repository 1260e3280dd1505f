//! Where a request goes: the host of a region or one that was given, and where the bucket stands in the URL.

use std::sync::Arc;

use sanyun_core::{CallOptions, Endpoint, Error, Result, Scheme, encode};

use crate::name;
use crate::operation::Product;

/// Which of a region's hosts a client uses. To name an endpoint as well is a mistake.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Network {
    /// Over the internet: `oss-cn-hangzhou.aliyuncs.com`. The closed regions of the finance cloud (`cn-hangzhou-finance`
    /// and others) have only hosts as [`Internal`](Self::Internal), which are then used.
    #[default]
    Public,
    /// From a machine in the same region of the cloud, free of charge: `oss-cn-hangzhou-internal.aliyuncs.com`.
    Internal,
    /// Over IPv4 or IPv6: `cn-hangzhou.oss.aliyuncs.com`.
    DualStack,
    /// Over the nearest entry to the cloud's own network, for buckets where this is switched on:
    /// `oss-accelerate.aliyuncs.com`.
    Accelerate,
    /// As [`Accelerate`](Self::Accelerate), for buckets outside of mainland China.
    AccelerateOverseas,
}

/// Regions of the finance cloud, which cannot be reached over the internet (OSS documentation, "Regions and endpoints").
const CLOSED_REGIONS: &[&str] = &["cn-hangzhou-finance", "cn-shanghai-finance-1", "cn-shenzhen-finance-1"];

impl Network {
    fn host(self, product: Product, region: &str) -> String {
        let family = match product {
            Product::Vectors => "oss-vectors",
            Product::Tables => "oss-tables",
            Product::Oss | Product::DataProcess | Product::Agentic => return self.host_of_oss(region),
        };
        let internal = if self == Self::Internal { "-internal" } else { "" };
        format!("{region}{internal}.{family}.aliyuncs.com")
    }

    fn host_of_oss(self, region: &str) -> String {
        // Whoever names only the region means the hosts that it has.
        let is_closed = CLOSED_REGIONS.contains(&region) && self == Self::Public;
        match if is_closed { Self::Internal } else { self } {
            Self::Internal if region == "cn-hangzhou-finance" => "oss-cn-hzjbp-a-internal.aliyuncs.com".to_owned(),
            Self::Public => format!("oss-{region}.aliyuncs.com"),
            Self::Internal => format!("oss-{region}-internal.aliyuncs.com"),
            Self::DualStack => format!("{region}.oss.aliyuncs.com"),
            Self::Accelerate => "oss-accelerate.aliyuncs.com".to_owned(),
            Self::AccelerateOverseas => "oss-accelerate-overseas.aliyuncs.com".to_owned(),
        }
    }
}

/// Where the bucket stands in the URL. On an endpoint that is an IP address it is always in the path.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Addressing {
    /// In front of the host: `https://photos.oss-cn-hangzhou.aliyuncs.com/a.jpg`.
    #[default]
    VirtualHost,
    /// In the path: `https://oss-cn-hangzhou.aliyuncs.com/photos/a.jpg`.
    Path,
    /// In front of the host, by the bucket's short alias. Of agentic buckets only; elsewhere as
    /// [`VirtualHost`](Self::VirtualHost).
    VirtualHostAlias,
    /// Nowhere: the endpoint is a domain of one's own that belongs to the bucket (CNAME).
    Cname,
}

const NAME_THE_REGION: &str =
    "name the region: `.region(\"cn-hangzhou\")` in code, `--region` or OSS_REGION on the command line";

/// What the builder was told about addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressSettings {
    pub(crate) product: Product,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) network: Network,
    pub(crate) addressing: Addressing,
    pub(crate) plain_http: bool,
    pub(crate) cloud_box: CloudBox,
}

/// A cloud box: OSS on the customer's premises, which signs with its own id instead of the region.
#[derive(Clone, Debug, Default)]
pub(crate) enum CloudBox {
    /// None.
    #[default]
    No,
    /// This one.
    Id(String),
    /// The one that the endpoint names, if it names one.
    Detect,
}

/// The addresses of a client.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    endpoints: Arc<[Endpoint]>,
    /// What goes into the signature's scope; unknown for an endpoint that does not tell its region.
    region: Option<String>,
    product: Product,
    /// The product that a signature's scope names.
    scope: &'static str,
    network: Network,
    addressing: Addressing,
    scheme: Scheme,
}

impl Addresses {
    /// Checks the settings and works out the endpoint and the region.
    pub(crate) fn new(settings: AddressSettings) -> Result<Self> {
        let AddressSettings { product, region, endpoint, network, addressing, plain_http, cloud_box } = settings;
        let (region, endpoint) = (region.filter(|text| !text.is_empty()), endpoint.filter(|text| !text.is_empty()));
        let scheme = if plain_http { Scheme::Http } else { Scheme::Https };
        if addressing == Addressing::Cname && endpoint.is_none() {
            return Err(Error::config(
                "a custom domain (CNAME) needs `endpoint`: the domain that belongs to the bucket",
            ));
        }
        if endpoint.is_some() && network != Network::Public {
            return Err(Error::config(format!("both an endpoint and the network {network:?} are set"))
                .with_hint("leave one of them out: the network chooses among the region's own endpoints"));
        }
        let endpoint = match (&endpoint, &region) {
            (Some(text), _) => Endpoint::parse(text, scheme)?,
            (None, Some(region)) => derived(scheme, network, product, region)?,
            (None, None) => {
                return Err(Error::config("neither a region nor an endpoint is set").with_hint(NAME_THE_REGION));
            }
        };
        if let Some(region) = &region {
            check_region(region)?;
        }
        let cloud_box = match cloud_box {
            CloudBox::No => None,
            CloudBox::Id(id) => Some(id).filter(|id| !id.is_empty()),
            CloudBox::Detect => cloud_box_of_host(endpoint.host()).map(str::to_owned),
        };
        let scope = match product {
            Product::Tables => "osstables",
            _ if cloud_box.is_some() => "oss-cloudbox",
            _ => "oss",
        };
        let region = cloud_box.or(region).or_else(|| region_of_host(endpoint.host()).map(str::to_owned));
        Ok(Self { endpoints: Arc::new([endpoint]), region, product, scope, network, addressing, scheme })
    }

    /// The endpoints of a call, without the bucket.
    pub(crate) fn endpoints(&self, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        match (options.endpoint(), options.region()) {
            (Some(endpoint), _) => Ok(Arc::new([endpoint.clone()])),
            (None, Some(region)) => Ok(Arc::new([derived(self.scheme, self.network, self.product, region)?])),
            (None, None) => Ok(Arc::clone(&self.endpoints)),
        }
    }

    /// The region to sign for.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if nothing tells it: the service would only answer that
    /// the signature does not match.
    pub(crate) fn region<'a>(&'a self, options: &'a CallOptions) -> Result<&'a str> {
        let of_endpoint = || options.endpoint().and_then(|endpoint| region_of_host(endpoint.host()));
        options.region().or_else(of_endpoint).or(self.region.as_deref()).ok_or_else(|| {
            Error::config("the region is not set, and the endpoint does not tell it").with_hint(NAME_THE_REGION)
        })
    }

    /// The product that a signature's scope names.
    pub(crate) fn scope(&self) -> &'static str {
        self.scope
    }

    /// The region of the client, if it is known.
    pub(crate) fn default_region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Where the bucket stands in URLs on an endpoint.
    pub(crate) fn addressing(&self, endpoint: &Endpoint) -> Addressing {
        if endpoint.is_ip() { Addressing::Path } else { self.addressing }
    }

    /// Host and encoded path of a service (no bucket), a bucket (no key) or an object. Keys are not normalised:
    /// `a/../b`, `..` and `a//b` stay as they are.
    pub(crate) fn target(&self, endpoint: &Endpoint, bucket: Option<&str>, key: Option<&str>) -> (Endpoint, String) {
        let key = key.unwrap_or_default();
        let mut path = String::with_capacity(1 + bucket.map_or(0, str::len) + 1 + key.len() + key.len() / 4);
        path.push('/');
        let host = match (self.addressing(endpoint), bucket) {
            (Addressing::VirtualHost | Addressing::VirtualHostAlias, Some(bucket)) => endpoint.with_label(bucket),
            (Addressing::Path, Some(bucket)) => {
                path.push_str(bucket);
                path.push('/');
                endpoint.clone()
            }
            _ => endpoint.clone(),
        };
        encode::push_percent_path(&mut path, key);
        (host, path)
    }
}

fn check_region(region: &str) -> Result<()> {
    if name::is_region(region) {
        return Ok(());
    }
    Err(Error::config(format!("region `{region}` is not valid, no endpoint can be made of it"))
        .with_hint("a region is written in lower case, such as `cn-hangzhou`"))
}

fn derived(scheme: Scheme, network: Network, product: Product, region: &str) -> Result<Endpoint> {
    check_region(region)?;
    Ok(Endpoint::new(scheme, network.host(product, region)))
}

/// The region that a host of Alibaba Cloud names, if it does so beyond doubt: the hosts of the finance and government
/// clouds have other names than their regions.
fn region_of_host(host: &str) -> Option<&str> {
    let host = host.strip_suffix(".aliyuncs.com")?;
    let region = match [".oss", ".oss-vectors", ".oss-tables"].iter().find_map(|family| host.strip_suffix(family)) {
        Some(region) => region.strip_suffix("-internal").unwrap_or(region),
        None => host.strip_prefix("oss-").map(|rest| rest.strip_suffix("-internal").unwrap_or(rest))?,
    };
    let mut parts = region.split('-');
    let (area, place, number, rest) = (parts.next()?, parts.next()?, parts.next(), parts.next());
    let known = matches!(area, "cn" | "ap" | "us" | "eu" | "me" | "na" | "sa")
        && place.len() > 3
        && place.bytes().all(|byte| byte.is_ascii_lowercase())
        && !place.contains("finance")
        && place != "hzjbp"
        && number.is_none_or(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        && rest.is_none();
    known.then_some(region)
}

/// The cloud box that a host names: `cb-….<region>.oss-cloudbox[-control].aliyuncs.com`.
fn cloud_box_of_host(host: &str) -> Option<&str> {
    let inner = host
        .strip_suffix(".oss-cloudbox.aliyuncs.com")
        .or_else(|| host.strip_suffix(".oss-cloudbox-control.aliyuncs.com"))?;
    let (id, region) = inner.split_once('.')?;
    (id.starts_with("cb-") && !region.contains('.')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(change: impl FnOnce(&mut AddressSettings)) -> Result<Addresses> {
        let mut settings = AddressSettings { region: Some("cn-hangzhou".to_owned()), ..AddressSettings::default() };
        change(&mut settings);
        Addresses::new(settings)
    }

    fn url(addresses: &Addresses, bucket: Option<&str>, key: Option<&str>) -> String {
        let endpoints = addresses.endpoints(&CallOptions::default()).unwrap();
        let (host, path) = addresses.target(&endpoints[0], bucket, key);
        format!("{host}{path}")
    }

    #[test]
    fn keys_go_out_as_they_are() {
        let addresses = addresses(|_| {}).unwrap();
        for (key, path) in [
            ("a/../b", "/a/../b"),
            ("..", "/.."),
            ("./a//b", "/./a//b"),
            ("/lead", "//lead"),
            ("a%2Fb", "/a%252Fb"),
            ("ü +~", "/%C3%BC%20%2B~"),
        ] {
            let expected = format!("https://photos.oss-cn-hangzhou.aliyuncs.com{path}");
            assert_eq!(url(&addresses, Some("photos"), Some(key)), expected);
        }
    }

    #[test]
    fn an_address_has_the_bucket_in_its_path() {
        for endpoint in ["http://127.0.0.1:8080", "http://[::1]:9"] {
            let addresses = addresses(|it| it.endpoint = Some(endpoint.to_owned())).unwrap();
            assert_eq!(url(&addresses, Some("photos"), Some("k")), format!("{endpoint}/photos/k"));
            assert_eq!(url(&addresses, Some("photos"), None), format!("{endpoint}/photos/"));
            assert_eq!(url(&addresses, None, None), format!("{endpoint}/"));
        }
    }

    #[test]
    fn wrong_settings_are_refused() {
        assert!(addresses(|it| it.region = None).is_err());
        assert!(addresses(|it| it.region = Some("CN_hangzhou".to_owned())).is_err());
        assert!(addresses(|it| it.addressing = Addressing::Cname).is_err());
        let host = |host: &str| Some(host.to_owned());
        let both = |it: &mut AddressSettings| (it.endpoint, it.network) = (host("h.example"), Network::Internal);
        assert!(addresses(both).is_err());
        for endpoint in ["http://", "ftp://h", "https://u:p@h", "https://h/path"] {
            assert!(addresses(|it| it.endpoint = Some(endpoint.to_owned())).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn closed_regions_have_their_internal_hosts() {
        for (region, network, host) in [
            ("cn-hangzhou-finance", Network::Public, "oss-cn-hzjbp-a-internal.aliyuncs.com"),
            ("cn-hangzhou-finance", Network::Internal, "oss-cn-hzjbp-a-internal.aliyuncs.com"),
            ("cn-shanghai-finance-1", Network::Public, "oss-cn-shanghai-finance-1-internal.aliyuncs.com"),
            ("cn-north-2-gov-1", Network::Internal, "oss-cn-north-2-gov-1-internal.aliyuncs.com"),
            ("cn-north-2-gov-1", Network::Public, "oss-cn-north-2-gov-1.aliyuncs.com"),
        ] {
            let addresses = addresses(|it| (it.region, it.network) = (Some(region.to_owned()), network)).unwrap();
            assert_eq!(url(&addresses, None, None), format!("https://{host}/"));
            assert_eq!(addresses.region(&CallOptions::default()).unwrap(), region);
        }
    }

    #[test]
    fn hosts_tell_their_region_only_beyond_doubt() {
        for (host, region) in [
            ("oss-cn-hangzhou.aliyuncs.com", Some("cn-hangzhou")),
            ("oss-ap-southeast-1-internal.aliyuncs.com", Some("ap-southeast-1")),
            ("cn-beijing.oss.aliyuncs.com", Some("cn-beijing")),
            ("oss-accelerate.aliyuncs.com", None),
            ("oss-accelerate-overseas.aliyuncs.com", None),
            ("oss-cn-hzjbp-a-internal.aliyuncs.com", None),
            ("oss-cn-hzfinance.aliyuncs.com", None),
            ("oss-cn-hzjbp.aliyuncs.com", None),
            ("oss-cn-shanghai-finance-1.aliyuncs.com", None),
            ("oss-cn-north-2-gov-1.aliyuncs.com", None),
            ("img.example.com", None),
        ] {
            assert_eq!(region_of_host(host), region, "{host}");
        }
    }

    #[test]
    fn a_call_without_any_region_is_refused() {
        let addresses = addresses(|it| {
            it.region = None;
            it.endpoint = Some("https://oss.corp.example".to_owned());
        })
        .unwrap();
        let error = addresses.region(&CallOptions::default()).unwrap_err();
        assert_eq!(error.kind(), sanyun_core::ErrorKind::Config);
    }
}
