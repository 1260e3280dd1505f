//! The derived key of `V11-HMAC-SHA256`, and the hosts that need none.

use sanyun_core::encode::HexDigest;
use sanyun_core::hash::hmac_sha256;
use sanyun_core::{Error, Result};

/// What a derived key is good for, besides its day.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Scope<'a> {
    /// The region's id; [`Scope::GLOBE`] for services without regions.
    pub region: &'a str,
    /// The service's signing name, such as `iotdm`.
    pub service: &'a str,
}

impl Scope<'_> {
    /// The region of account-wide services.
    pub const GLOBE: &'static str = "globe";

    /// `<YYYYMMDD>/<region>/<service>`; `date` is that of `X-Sdk-Date`.
    pub(super) fn on(self, date: &str) -> Result<String> {
        if self.service.is_empty() {
            return Err(Error::config("V11-HMAC-SHA256 needs the signing name of the service")
                .with_hint("name it with `signing_name`: on the client's builder, or on the `Input` of the call"));
        }
        if self.region.is_empty() {
            return Err(Error::config("V11-HMAC-SHA256 needs a region")
                .with_hint("name it with `region`: on the client's builder, or in the options of the call"));
        }
        Ok([date.get(..8).unwrap_or(date), "/", self.region, "/", self.service].concat())
    }
}

/// The derived key: 64 hex digits, which are used as they stand. HKDF of RFC 5869 with the id as salt and the scope as
/// info, one block.
pub(super) fn key(id: &str, secret: &[u8], scope: &str) -> HexDigest {
    let extracted = hmac_sha256(id.as_bytes(), secret);
    HexDigest::new(&hmac_sha256(&extracted, &[scope.as_bytes(), &[1]].concat()))
}

/// Whether a host has the form `<service>[.<region>].myhuaweicloud.com` or `.cn` (or one of its older spellings): the
/// gateway of a region, for which keys are not derived.
pub fn is_standard_host(authority: &str) -> bool {
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    let Some(labels) = DOMAINS.iter().find_map(|domain| host.strip_suffix(domain)) else { return false };
    match labels.split_once('.') {
        None => is_service(labels),
        Some((service, region)) => is_service(service) && is_region(region),
    }
}

/// Whether a host is that of a service in a region, as all built-in endpoints of services with derived keys are written.
/// Without a region: that of any.
pub(crate) fn is_built_in_host(host: &str, service: &str, region: Option<&str>) -> bool {
    let behind = host.strip_prefix(service).and_then(|rest| rest.strip_prefix('.'));
    match region {
        Some(region) => behind.and_then(|rest| rest.strip_prefix(region)) == Some(DOMAINS[0]),
        None => behind.is_some() && is_standard_host(host),
    }
}

/// Domains of the regional gateways, in the vendor's own expression for them.
const DOMAINS: [&str; 8] = [
    ".myhuaweicloud.com",
    ".myhuaweicloud.cn",
    ".huaweicloud.com",
    ".huaweicloud.cn",
    ".myhwclouds.com",
    ".myhwclouds.cn",
    ".mymyhwclouds.com",
    ".mymyhwclouds.cn",
];

fn is_service(label: &str) -> bool {
    label.starts_with(|c: char| c.is_ascii_lowercase())
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// `cn-north-4`, `eu-west-101`.
fn is_region(label: &str) -> bool {
    let mut parts = label.split('-');
    let (Some(area), Some(place), Some(number), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    area.len() >= 2 && is_word(area) && is_word(place) && is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_hosts_are_told_apart() {
        for host in [
            "vpc.cn-north-4.myhuaweicloud.com",
            "iam.myhuaweicloud.com",
            "iotda.eu-west-101.myhuaweicloud.com",
            "swr-api.cn-north-1.huaweicloud.cn:443",
            "x.myhwclouds.com",
        ] {
            assert!(is_standard_host(host), "{host}");
        }
        for host in [
            "abc123.iotda.cn-north-4.myhuaweicloud.com",
            "127.0.0.1:8443",
            "[::1]:80",
            "vpc.cn-north-4.myhuaweicloud.com.evil.example",
            "iotda.eu-west-101.myhuaweicloud.eu",
            "VPC.cn-north-4.myhuaweicloud.com",
            "vpc.cn-north.myhuaweicloud.com",
            ".myhuaweicloud.com",
            "",
        ] {
            assert!(!is_standard_host(host), "{host}");
        }
    }

    #[test]
    fn built_in_hosts_are_those_of_the_region() {
        let is_built_in = |host, region| is_built_in_host(host, "iotda", region);
        for (host, in_region, anywhere) in [
            ("iotda.cn-north-4.myhuaweicloud.com", true, true),
            ("iotda.cn-south-1.myhuaweicloud.com", false, true),
            ("iotda.cn-north-4.myhuaweicloud.com:444", false, true),
            ("abc123.iotda.cn-north-4.myhuaweicloud.com", false, false),
            ("iotdax.cn-north-4.myhuaweicloud.com", false, false),
            ("127.0.0.1", false, false),
        ] {
            assert_eq!(is_built_in(host, Some("cn-north-4")), in_region, "{host}");
            assert_eq!(is_built_in(host, None), anywhere, "{host}");
        }
    }

    /// The form is that of the table.
    #[test]
    fn the_catalog_has_no_other_built_in_hosts() {
        let catalog = sanyun_catalog::Catalog::of(sanyun_catalog::Cloud::Huawei).unwrap();
        let iotda = catalog.service("iotda", None).unwrap();
        assert!(iotda.regions().count() > 5);
        for row in iotda.regions() {
            for endpoint in iotda.endpoints(row.id).unwrap() {
                let host = endpoint.trim_start_matches("https://");
                assert!(is_built_in_host(host, "iotda", Some(row.id)), "{endpoint}");
            }
        }
    }

    #[test]
    fn a_scope_needs_region_and_service() {
        let scope = |region, service| Scope { region, service }.on("20260102T030405Z");
        assert_eq!(scope("cn-north-4", "iotdm").unwrap(), "20260102/cn-north-4/iotdm");
        assert!(scope("", "iotdm").is_err() && scope("cn-north-4", "").is_err());
    }
}
