//! What a profile says of calls rather than of keys.

use std::time::Duration;

use sanyun_core::Result;

use super::config::Profile;

/// What a profile of the vendor's command line says of calls rather than of keys. What is not in the profile, or empty, or
/// zero, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CliSettings {
    /// The profile's name.
    pub profile: String,
    /// `region_id`.
    pub region: Option<String>,
    /// `output_format`, such as `json`.
    pub output_format: Option<String>,
    /// `language`: `zh` or `en`.
    pub language: Option<String>,
    /// `site`.
    pub site: Option<String>,
    /// `read_timeout`, in seconds; under its old name `retry_timeout`.
    pub read_timeout: Option<Duration>,
    /// `connect_timeout`, in seconds.
    pub connect_timeout: Option<Duration>,
    /// `retry_count`.
    pub retry_count: Option<u32>,
    /// `endpoint_type`, such as `vpc`.
    pub endpoint_type: Option<String>,
    /// `endpoint`, for all calls.
    pub endpoint: Option<String>,
}

impl CliSettings {
    pub(super) fn of(profile: Profile<'_>) -> Result<Self> {
        let text = |member: &str| profile.get(member).map(str::to_owned);
        let read_timeout = profile.seconds("read_timeout")?;
        Ok(Self {
            profile: profile.name().to_owned(),
            region: text("region_id"),
            output_format: text("output_format"),
            language: text("language"),
            site: text("site"),
            read_timeout: read_timeout.map_or_else(|| profile.seconds("retry_timeout"), |limit| Ok(Some(limit)))?,
            connect_timeout: profile.seconds("connect_timeout")?,
            retry_count: profile.number("retry_count")?.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            endpoint_type: text("endpoint_type"),
            endpoint: text("endpoint"),
        })
    }
}
