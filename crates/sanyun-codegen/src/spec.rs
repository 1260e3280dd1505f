//! Services by name.

use std::fmt;
use std::str::FromStr;

use sanyun_catalog::{Catalog, Cloud, LookupError, Service};

use crate::Error;

/// A service, written as `cloud/service` (its main version) or `cloud/service/version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The cloud.
    pub cloud: Cloud,
    /// The service.
    pub service: String,
    /// The version, as the catalog or the wire writes it; `None` for the main one.
    pub version: Option<String>,
}

impl Spec {
    /// Finds it in its cloud's catalog.
    ///
    /// # Errors
    /// [`LookupError`] with the nearest names.
    pub fn find<'a>(&self, catalog: &'a Catalog) -> Result<Service<'a>, LookupError> {
        catalog.service(&self.service, self.version.as_deref())
    }
}

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::Spec(text.to_owned());
        let mut parts = text.split('/');
        let cloud = parts.next().and_then(Cloud::from_word).ok_or_else(bad)?;
        let service = parts.next().filter(|part| !part.is_empty()).ok_or_else(bad)?;
        let version = parts.next();
        if version == Some("") || parts.next().is_some() {
            return Err(bad());
        }
        Ok(Self { cloud, service: service.to_owned(), version: version.map(str::to_owned) })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.cloud, self.service)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, "/{version}"))
    }
}
