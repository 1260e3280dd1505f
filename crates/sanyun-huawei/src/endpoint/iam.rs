//! The endpoints of the services that hand out identities.

use std::sync::Arc;

use sanyun_core::{Endpoint, Env, Result};

use super::{Resolver, parse};

const IAM_VARIABLE: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";
const STS_VARIABLE: &str = "HUAWEICLOUD_SDK_STS_ENDPOINT";

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
    variable(env, IAM_VARIABLE).unwrap_or_else(|| Authority::Iam.of_region(region))
}

/// Where STS answers: `HUAWEICLOUD_SDK_STS_ENDPOINT`, else the region's own endpoint, else that of `cn-north-4`.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if the variable holds no endpoint.
pub fn sts_endpoint(region: Option<&str>, env: &dyn Env) -> Result<Endpoint> {
    variable(env, STS_VARIABLE).unwrap_or_else(|| Authority::Sts.of_region(region))
}

fn variable(env: &dyn Env, name: &str) -> Option<Result<Endpoint>> {
    env.get(name).filter(|given| !given.is_empty()).map(|given| parse(&given))
}

/// A service that knows who is who.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Authority {
    Iam,
    Sts,
}

/// Where an authority answers, and whether somebody named the place.
pub(crate) struct Answering {
    pub(crate) endpoints: Arc<[Endpoint]>,
    pub(crate) named: bool,
}

impl Authority {
    fn name(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    /// The table of the public cloud.
    fn of_region(self, region: Option<&str>) -> Result<Endpoint> {
        match (self, region) {
            (Self::Iam, Some("eu-west-101")) => parse("iam.eu-west-101.myhuaweicloud.eu"),
            (Self::Iam, Some(region)) if IAM_REGIONS.contains(&region) => {
                parse(&format!("iam.{region}.myhuaweicloud.com"))
            }
            (Self::Iam, _) => parse("iam.myhuaweicloud.com"),
            (Self::Sts, region) => {
                let region = region.filter(|region| STS_REGIONS.contains(region)).unwrap_or("cn-north-4");
                parse(&format!("sts.{region}.myhuaweicloud.com"))
            }
        }
    }
}

impl Resolver {
    /// Where an authority answers for a client: what code names for it, the credential's own endpoint, the variable, and,
    /// unless the client is kept to the endpoints that it was given, the private cloud's or the public table.
    pub(crate) fn authority(
        &self,
        authority: Authority,
        region: Option<&str>,
        own: Option<&str>,
        isolated: bool,
    ) -> Result<Option<Answering>> {
        let named = |endpoints| Ok(Some(Answering { endpoints, named: true }));
        if let Some(given) = self.given(authority.name()) {
            return named(Arc::clone(given));
        }
        let name = match authority {
            Authority::Iam => IAM_VARIABLE,
            Authority::Sts => STS_VARIABLE,
        };
        if let Some(endpoint) = own.map(parse).or_else(|| variable(&*self.env, name)) {
            return named(Arc::from([endpoint?]));
        }
        if isolated {
            return Ok(None);
        }
        let endpoint = match (&self.given.suffix, region) {
            (Some(suffix), Some(region)) => parse(&format!("https://{}.{region}.{suffix}", authority.name()))?,
            // The public cloud has nothing to do with a private one.
            (Some(_), None) => return Ok(None),
            (None, region) => authority.of_region(region)?,
        };
        Ok(Some(Answering { endpoints: Arc::from([endpoint]), named: false }))
    }
}
