//! The endpoints of the services that hand out identities.

use sanyun_core::{Endpoint, Env, Result};

use super::parse;

/// Regions with an IAM endpoint of their own.
const IAM_REGIONS: [&str; 27] = [
    "ae-ad-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-southwest-2",
    "eu-west-0",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "sa-brazil-1",
    "tr-west-1",
];

/// Regions with an STS endpoint of their own.
const STS_REGIONS: [&str; 12] = [
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "cn-east-3",
    "cn-north-4",
    "cn-south-1",
    "cn-southwest-2",
    "la-south-2",
    "sa-brazil-1",
    "tr-west-1",
];

/// Where IAM answers: `HUAWEICLOUD_SDK_IAM_ENDPOINT`, else the region's own endpoint, else the central one. The European
/// site (`eu-west-101`) has a domain of its own.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if the variable holds no endpoint.
pub fn iam_endpoint(region: Option<&str>, env: &dyn Env) -> Result<Endpoint> {
    if let Some(given) = env.get("HUAWEICLOUD_SDK_IAM_ENDPOINT").filter(|given| !given.is_empty()) {
        return parse(&given);
    }
    match region {
        Some("eu-west-101") => parse("iam.eu-west-101.myhuaweicloud.eu"),
        Some(region) if IAM_REGIONS.contains(&region) => parse(&format!("iam.{region}.myhuaweicloud.com")),
        _ => parse("iam.myhuaweicloud.com"),
    }
}

/// Where STS answers: `HUAWEICLOUD_SDK_STS_ENDPOINT`, else the region's own endpoint, else that of `cn-north-4`.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if the variable holds no endpoint.
pub fn sts_endpoint(region: Option<&str>, env: &dyn Env) -> Result<Endpoint> {
    if let Some(given) = env.get("HUAWEICLOUD_SDK_STS_ENDPOINT").filter(|given| !given.is_empty()) {
        return parse(&given);
    }
    let region = region.filter(|region| STS_REGIONS.contains(region)).unwrap_or("cn-north-4");
    parse(&format!("sts.{region}.myhuaweicloud.com"))
}
