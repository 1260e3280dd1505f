//! What all ways to temporary keys share: where STS answers, and how long the keys live.

use std::time::{Duration, UNIX_EPOCH};

use sanyun_core::{Context, Endpoint, Error, Result, Scheme};

use super::flag;

const REGION_VARIABLE: &str = "ALIBABA_CLOUD_STS_REGION";
const VPC_VARIABLE: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";
const SESSION_NAME_VARIABLE: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";
/// Names another STS where neither the code nor a region does, such as one for tests.
const PLACE_VARIABLE: &str = "SANYUN_ALIBABA_STS_ENDPOINT";

const USUAL_LIFE: Duration = Duration::from_secs(3600);
const SHORTEST_LIFE: Duration = Duration::from_secs(900);

/// Where STS answers and how long the keys live, as the code says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sts {
    pub(super) endpoint: Option<String>,
    pub(super) region: Option<String>,
    pub(super) vpc: Option<bool>,
    pub(super) duration: Duration,
}

impl Sts {
    /// Where it answers: the host given, else that of the region (given, else of the variable), else `usual`. The private
    /// network alone, without a region, changes nothing.
    pub(super) fn place(&self, context: &Context, usual: &str) -> Result<Endpoint> {
        let region = || self.region.clone().or_else(|| context.var(REGION_VARIABLE));
        let host = match (&self.endpoint, region()) {
            (Some(endpoint), _) => endpoint.clone(),
            (None, Some(region)) => {
                let vpc = self.vpc.unwrap_or_else(|| flag(context, VPC_VARIABLE));
                format!("{}.{region}.aliyuncs.com", if vpc { "sts-vpc" } else { "sts" })
            }
            (None, None) => context.var(PLACE_VARIABLE).unwrap_or_else(|| usual.to_owned()),
        };
        Endpoint::parse(&host, Scheme::Https)
    }

    /// How long the keys shall live, in seconds. The longest life is a setting of the role, so that STS has to check it.
    pub(super) fn seconds(&self) -> Result<u64> {
        let life = if self.duration.is_zero() { USUAL_LIFE } else { self.duration };
        if life < SHORTEST_LIFE {
            let seconds = life.as_secs();
            return Err(Error::config(format!("temporary keys cannot live {seconds} s; 900 s is the least")));
        }
        Ok(life.as_secs())
    }
}

/// The name of a session in the audit trail: given, else of the variable, else one with the moment in it.
pub(super) fn session_name(context: &Context, own: Option<&str>) -> String {
    let since = context.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let given = own.map(str::to_owned).or_else(|| context.var(SESSION_NAME_VARIABLE));
    given.unwrap_or_else(|| format!("sanyun-{}", since.as_secs()))
}

/// Gives a source that has a field `sts: Sts` its setters.
macro_rules! sts_setters {
    () => {
        /// How long the keys live: 900 seconds at least, an hour if unset or zero. The role says how long at most.
        #[must_use]
        pub fn duration(mut self, duration: std::time::Duration) -> Self {
            self.sts.duration = duration;
            self
        }

        /// Where STS answers, such as `sts.cn-hangzhou.aliyuncs.com`; it wins over a region.
        #[must_use]
        pub fn sts_endpoint(mut self, endpoint: impl Into<String>) -> Self {
            self.sts.endpoint = crate::credentials::some(endpoint);
            self
        }

        /// The region whose STS is asked. Else the variable `ALIBABA_CLOUD_STS_REGION` says it, else the one for all
        /// regions is asked.
        #[must_use]
        pub fn sts_region(mut self, region: impl Into<String>) -> Self {
            self.sts.region = crate::credentials::some(region);
            self
        }

        /// Whether the region's STS is asked by its host in the private network. Else the variable
        /// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` (`true`) says it. Without a region it changes nothing.
        #[must_use]
        pub fn vpc(mut self, vpc: bool) -> Self {
            self.sts.vpc = Some(vpc);
            self
        }
    };
}
pub(super) use sts_setters;
