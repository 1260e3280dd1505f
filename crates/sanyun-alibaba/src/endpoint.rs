//! From a product and a region to a host.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sanyun_catalog::{Catalog, Service};
use sanyun_core::{Endpoint, Error, Result, Scheme};

/// How a product's host is made of its name and the region.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Rule {
    /// `ecs.cn-beijing.aliyuncs.com`: one host a region.
    Regional,
    /// `ram.aliyuncs.com`: one host for all regions.
    #[default]
    Central,
}

impl Rule {
    /// The rule of that name: `regional`; anything else is [`Central`](Self::Central), as in the vendor's SDKs.
    pub fn named(name: &str) -> Self {
        if name == "regional" { Self::Regional } else { Self::Central }
    }

    /// The rule of a product, whose SDK may have none.
    fn of(product: &str, name: &str) -> Self {
        let is_regional = name.is_empty() && REGIONAL_WITHOUT_RULE.contains(&&*product.to_ascii_lowercase());
        if is_regional { Self::Regional } else { Self::named(name) }
    }
}

/// Which of a product's hosts a client wants.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// `vpc`, `internal`, …; empty or `public` for the hosts on the Internet.
    pub network: String,
    /// A part between product and network, such as `share`; empty for none.
    pub suffix: String,
}

/// Where a product is found: its name, its rule, and the regions that do not follow it.
#[derive(Clone, Debug)]
pub struct Place {
    product: Cow<'static, str>,
    rule: Rule,
    exceptions: Exceptions,
}

#[derive(Clone, Debug)]
enum Exceptions {
    None,
    Listed(BTreeMap<String, String>),
    Catalog(Service<'static>),
    Table(&'static sanyun_core::Service),
}

/// Products whose SDK has no rule and falls back to one central host, although the vendor's command-line tool has a host
/// a region for them.
const REGIONAL_WITHOUT_RULE: &[&str] = &["datahub", "dms-dg", "eci", "maxcompute", "swas-open"];

impl Place {
    /// A product that follows a rule in all regions.
    pub fn new(product: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self { product: product.into(), rule, exceptions: Exceptions::None }
    }

    /// Gives one region a host that does not follow the rule; it then counts whatever the network and suffix.
    #[must_use]
    pub fn exception(mut self, region: impl Into<String>, host: impl Into<String>) -> Self {
        let mut listed = match self.exceptions {
            Exceptions::Listed(listed) => listed,
            _ => BTreeMap::new(),
        };
        listed.insert(region.into(), host.into());
        self.exceptions = Exceptions::Listed(listed);
        self
    }

    /// What the catalog in this program says about a product; `version` may be empty for the newest.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the catalog does not know it.
    pub fn in_catalog(product: &str, version: &str) -> Result<Self> {
        let version = Some(version).filter(|version| !version.is_empty());
        let found = Catalog::alibaba().service(product, version);
        found.map(Self::of_service).map_err(|error| Error::input(error.to_string()))
    }

    /// What the catalog says about a product.
    pub fn of_service(service: Service<'static>) -> Self {
        let meta = service.meta();
        let product = meta.product.unwrap_or(meta.service);
        let rule = Rule::of(product, meta.endpoint_rule.unwrap_or_default());
        Self { product: product.to_owned().into(), rule, exceptions: Exceptions::Catalog(service) }
    }

    /// What generated code says about a product.
    pub(crate) fn of_table(service: &'static sanyun_core::Service) -> Self {
        let product = if service.product.is_empty() { service.name } else { service.product };
        let rule = Rule::of(product, service.endpoint_rule);
        Self { product: product.into(), rule, exceptions: Exceptions::Table(service) }
    }

    /// The product's id.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The endpoint in a region (empty for none): an exception of the region, else the rule.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if the rule needs a region and there is none, or the region
    /// makes no host name.
    pub fn endpoint(&self, region: &str, route: &Route) -> Result<Endpoint> {
        let host = match self.exceptional_host(region).filter(|host| !host.is_empty()) {
            Some(host) => host.to_owned(),
            None => host(&self.product, region, self.rule, route)?,
        };
        Endpoint::parse(&host, route.scheme)
    }

    fn exceptional_host(&self, region: &str) -> Option<&str> {
        match &self.exceptions {
            Exceptions::None => None,
            Exceptions::Listed(listed) => listed.get(region).map(|host| host.trim()),
            Exceptions::Catalog(service) => service.endpoints(region)?.first().map(|host| host.trim()),
            Exceptions::Table(service) => service.regions().find(|row| row.id == region)?.endpoints().next(),
        }
    }
}

/// The host that a rule gives: `<product>[-suffix][-network][.region].aliyuncs.com`, the product in lower case.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if the rule needs a region and there is none.
pub fn host(product: &str, region: &str, rule: Rule, route: &Route) -> Result<String> {
    let mut host = product.to_ascii_lowercase();
    let network = if route.network == "public" { "" } else { &*route.network };
    for part in [&*route.suffix, network].into_iter().filter(|part| !part.is_empty()) {
        host.push('-');
        host.push_str(part);
    }
    match (rule, region) {
        (Rule::Central, _) => {}
        (Rule::Regional, "") => {
            let error = Error::config(format!("`{product}` has one endpoint a region, and no region is set"));
            return Err(error.with_hint("give the client a region, such as `cn-hangzhou`, or an endpoint"));
        }
        (Rule::Regional, region) => {
            host.push('.');
            host.push_str(region);
        }
    }
    host.push_str(".aliyuncs.com");
    Ok(host)
}

/// The host that takes the upload of a file for an operation (`...Advance`): the object store's endpoint, changed for
/// the `internal` network or, where the service allows it, for `accelerate`.
pub fn upload_host(endpoint: &str, accelerate_allowed: bool, endpoint_type: &str) -> String {
    match endpoint_type {
        "internal" => match endpoint.split_once('.') {
            Some((label, rest)) => format!("{label}-internal.{rest}"),
            None => format!("{endpoint}-internal"),
        },
        "accelerate" if accelerate_allowed => "oss-accelerate.aliyuncs.com".to_owned(),
        _ => endpoint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(network: &str, suffix: &str) -> Route {
        Route { network: network.into(), suffix: suffix.into(), ..Route::default() }
    }

    #[test]
    fn hosts_follow_the_rule() {
        for (product, region, rule, network, suffix, expected) in [
            ("ECS", "cn-beijing", "regional", "", "", "ecs.cn-beijing.aliyuncs.com"),
            ("Ram", "cn-beijing", "central", "", "", "ram.aliyuncs.com"),
            ("sts", "", "", "", "", "sts.aliyuncs.com"),
            ("ecs", "cn-beijing", "regional", "vpc", "", "ecs-vpc.cn-beijing.aliyuncs.com"),
            ("ecs", "cn-beijing", "regional", "public", "", "ecs.cn-beijing.aliyuncs.com"),
            ("ecs", "cn-beijing", "regional", "vpc", "share", "ecs-share-vpc.cn-beijing.aliyuncs.com"),
        ] {
            assert_eq!(host(product, region, Rule::named(rule), &route(network, suffix)).unwrap(), expected);
        }
    }

    #[test]
    fn a_regional_product_needs_a_region() {
        let error = host("ecs", "", Rule::Regional, &Route::default()).unwrap_err();
        assert_eq!(error.kind(), sanyun_core::ErrorKind::Config);
        assert!(error.hint().is_some_and(|hint| hint.contains("region")));
    }

    #[test]
    fn an_exception_ignores_network_and_suffix() {
        let place = Place::new("Ecs", Rule::Regional).exception("cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com\t");
        let endpoint = |region| place.endpoint(region, &route("vpc", "share")).unwrap().to_string();
        assert_eq!(endpoint("cn-hangzhou"), "https://ecs-cn-hangzhou.aliyuncs.com");
        assert_eq!(endpoint("cn-beijing"), "https://ecs-share-vpc.cn-beijing.aliyuncs.com");
    }

    #[test]
    fn a_region_cannot_lead_to_another_host() {
        for region in ["evil.example/", "evil.example#", "u@evil.example?", "a b", "x\\y"] {
            assert!(Place::new("ecs", Rule::Regional).endpoint(region, &Route::default()).is_err(), "{region}");
        }
    }

    #[test]
    fn upload_hosts() {
        let host = "oss-cn-shanghai.aliyuncs.com";
        assert_eq!(upload_host(host, false, "internal"), "oss-cn-shanghai-internal.aliyuncs.com");
        assert_eq!(upload_host(host, true, "accelerate"), "oss-accelerate.aliyuncs.com");
        assert_eq!(upload_host(host, false, "accelerate"), host);
        assert_eq!(upload_host(host, true, ""), host);
    }
}
