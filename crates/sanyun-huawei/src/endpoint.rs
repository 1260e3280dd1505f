//! Where a service answers in a region.
//!
//! In this order:
//! 1. the endpoint of the call ([`Call::endpoint`](crate::Call::endpoint));
//! 2. the endpoints of the client for this service ([`Builder::service_endpoint`](crate::Builder::service_endpoint));
//! 3. its endpoints for all services ([`Builder::endpoint`](crate::Builder::endpoint));
//! 4. the variable `HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>`: one endpoint or several, separated by commas;
//! 5. the file of regions: `HUAWEICLOUD_SDK_REGIONS_FILE`, else `~/.huaweicloud/regions.yaml`;
//! 6. in a private cloud `https://<service>.<region>.<suffix>`
//!    ([`Builder::domain_suffix`](crate::Builder::domain_suffix));
//! 7. the catalog's table of the service;
//! 8. for services that the catalog does not know `https://<service>.<region>.myhuaweicloud.com`.
//!
//! Variables and the file are read once a client, at the first call that needs them.

mod iam;
mod regions;
mod regions_file;

pub(crate) use iam::{Answering, Authority};
pub use iam::{iam_endpoint, sts_endpoint};
pub use regions::REGIONS;
pub use regions_file::from_regions_file;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use sanyun_catalog::{Catalog, Cloud, LookupError};
use sanyun_core::{Endpoint, Env, Error, Files, Result, Scheme, Service as ServiceTable};

use regions::did_you_mean;
use regions_file::RegionsFile;

/// Reads an endpoint; a text without a scheme means HTTPS.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config), see [`Endpoint::parse`].
pub fn parse(text: &str) -> Result<Endpoint> {
    Endpoint::parse(text, Scheme::Https)
}

/// The endpoints that the environment names for a service in a region: one or several, separated by commas. `None` if
/// the variable is not set or empty.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if one of them is no endpoint.
pub fn from_environment(env: &dyn Env, service: &str, region: &str) -> Result<Option<Arc<[Endpoint]>>> {
    let Some(value) = env.get(&variable(service, region)).filter(|value| !value.trim().is_empty()) else {
        return Ok(None);
    };
    let texts = value.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(parse).collect::<Result<Arc<[_]>>>().map(Some)
}

fn variable(service: &str, region: &str) -> String {
    let part = |text: &str| text.to_ascii_uppercase().replace('-', "_");
    format!("HUAWEICLOUD_SDK_REGION_{}_{}", part(service), part(region))
}

/// The same endpoints with a bucket or a store in front of the host.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the label could make another host of it, or the host is an
/// address, in front of which nothing can stand.
pub(crate) fn with_label(endpoints: &[Endpoint], label: &str) -> Result<Arc<[Endpoint]>> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if label.is_empty() || !label.chars().all(allowed) {
        return Err(Error::input(format!("`{label}` cannot stand in front of a host name")));
    }
    if let Some(address) = endpoints.iter().find(|endpoint| endpoint.is_ip()) {
        return Err(Error::input(format!("`{label}` cannot stand in front of the address {}", address.host())));
    }
    Ok(endpoints.iter().map(|endpoint| endpoint.with_label(label)).collect())
}

/// What a client was told in code about where services answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// By service, in the order of preference.
    pub(crate) services: Vec<(String, Arc<[Endpoint]>)>,
    /// The domain of a private cloud, without a dot in front.
    pub(crate) suffix: Option<String>,
}

impl Given {
    /// Reads what a builder was told.
    pub(crate) fn read(services: &[(String, String)], suffix: Option<&str>) -> Result<Self> {
        let mut given = Self::default();
        for (service, text) in services {
            let endpoint = parse(text)?;
            match given.services.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(service)) {
                Some((_, known)) => *known = known.iter().cloned().chain([endpoint]).collect(),
                None => given.services.push((service.clone(), Arc::from([endpoint]))),
            }
        }
        let suffix = suffix.map(|suffix| suffix.trim_matches('.')).filter(|suffix| !suffix.is_empty());
        // A suffix that makes no host is told when the client is built, not at the first call.
        suffix.map_or(Ok(()), |suffix| parse(&format!("https://service.region.{suffix}")).map(drop))?;
        given.suffix = suffix.map(str::to_owned);
        Ok(given)
    }
}

/// Finds endpoints, and remembers what it found: variables and files are read once.
pub(crate) struct Resolver {
    given: Given,
    env: Arc<dyn Env>,
    files: Arc<dyn Files>,
    /// The text of an error, because every call that needs the file fails of it.
    file: OnceLock<Result<RegionsFile, String>>,
    known: RwLock<Vec<Known>>,
}

/// An empty version is `None`, not an empty text: comparing two of those is slow where `memcmp` uses masked loads.
struct Known {
    service: String,
    version: Option<String>,
    region: Option<String>,
    endpoints: Arc<[Endpoint]>,
}

impl Resolver {
    pub(crate) fn new(given: Given, env: Arc<dyn Env>, files: Arc<dyn Files>) -> Self {
        Self { given, env, files, file: OnceLock::new(), known: RwLock::default() }
    }

    /// The endpoints that code names for a service.
    pub(crate) fn given(&self, service: &str) -> Option<&Arc<[Endpoint]>> {
        let mut known = self.given.services.iter();
        known.find(|(known, _)| known.eq_ignore_ascii_case(service)).map(|(_, endpoints)| endpoints)
    }

    /// The endpoints of a service version in a region. An empty version means any.
    pub(crate) fn endpoints(&self, service: &str, version: &str, region: Option<&str>) -> Result<Arc<[Endpoint]>> {
        let version = Some(version).filter(|version| !version.is_empty());
        self.remembered(service, version, region, |region| from_catalog(service, version, region))
    }

    /// The endpoints of a service whose regions generated code brought along: the catalog is not asked.
    pub(crate) fn endpoints_of(&self, table: &ServiceTable, region: Option<&str>) -> Result<Arc<[Endpoint]>> {
        self.remembered(table.name, Some(table.version), region, |region| from_table(table, region))
    }

    fn remembered(
        &self,
        service: &str,
        version: Option<&str>,
        region: Option<&str>,
        table: impl FnOnce(&str) -> Result<Option<Arc<[Endpoint]>>>,
    ) -> Result<Arc<[Endpoint]>> {
        // Every call comes here; the programs that use more than a few services are few.
        let fits = |known: &&Known| {
            known.service == service && known.version.as_deref() == version && known.region.as_deref() == region
        };
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).iter().find(fits) {
            return Ok(Arc::clone(&known.endpoints));
        }
        let endpoints = match region {
            Some(region) => self.resolve(service, region, table)?,
            None => self.without_region(service)?,
        };
        let found = Known {
            service: service.to_owned(),
            version: version.map(str::to_owned),
            region: region.map(str::to_owned),
            endpoints: Arc::clone(&endpoints),
        };
        self.known.write().unwrap_or_else(PoisonError::into_inner).push(found);
        Ok(endpoints)
    }

    fn resolve(
        &self,
        service: &str,
        region: &str,
        table: impl FnOnce(&str) -> Result<Option<Arc<[Endpoint]>>>,
    ) -> Result<Arc<[Endpoint]>> {
        if let Some(endpoints) = from_environment(&*self.env, service, region)? {
            return Ok(endpoints);
        }
        if let Some(endpoints) = self.file()?.endpoints(service, region) {
            return Ok(endpoints);
        }
        if let Some(suffix) = &self.given.suffix {
            return parse(&format!("https://{service}.{region}.{suffix}")).map(|endpoint| Arc::from([endpoint]));
        }
        match table(region)? {
            Some(endpoints) => Ok(endpoints),
            None => by_rule(service, region),
        }
    }
}

impl Resolver {
    /// IAM is the one service that answers without a region.
    fn without_region(&self, service: &str) -> Result<Arc<[Endpoint]>> {
        if service.eq_ignore_ascii_case("iam")
            && let Some(iam) = self.authority(Authority::Iam, None, None, false)?
        {
            return Ok(iam.endpoints);
        }
        Err(Error::config(format!("no region and no endpoint are set for {service}")).with_hint(
            "name the region: `.region(\"cn-north-4\")` in code, `--region` or HUAWEICLOUD_SDK_REGION on the command line",
        ))
    }

    fn file(&self) -> Result<&RegionsFile> {
        let read = || RegionsFile::read(&*self.env, &*self.files).map_err(|error| error.to_string());
        self.file.get_or_init(read).as_ref().map_err(|why| Error::config(why.as_str()))
    }
}

/// The table of generated code; `None` if it has none.
fn from_table(table: &ServiceTable, region: &str) -> Result<Option<Arc<[Endpoint]>>> {
    if let Some(row) = table.regions().find(|row| row.id == region) {
        return row.endpoints().map(parse).collect::<Result<Arc<[_]>>>().map(Some);
    }
    let known: Vec<_> = table.regions().map(|row| row.id).collect();
    if known.is_empty() { Ok(None) } else { Err(unknown_region(table.name, &known, region)) }
}

/// The catalog's table; `None` if the catalog has none for this service.
fn from_catalog(service: &str, version: Option<&str>, region: &str) -> Result<Option<Arc<[Endpoint]>>> {
    let Ok(catalog) = Catalog::of(Cloud::Huawei) else { return Ok(None) };
    let found = match catalog.service(service, version) {
        Ok(found) => found,
        // What the catalog does not know may exist all the same.
        Err(LookupError::UnknownService { .. } | LookupError::UnknownVersion { .. }) => return Ok(None),
        Err(error) => return Err(Error::config(error.to_string())),
    };
    if let Some(texts) = found.endpoints(region) {
        return texts.into_iter().map(parse).collect::<Result<Arc<[_]>>>().map(Some);
    }
    match found.regions().next() {
        None => Ok(None),
        Some(_) => {
            let known: Vec<_> = found.regions().map(|row| row.id).collect();
            Err(unknown_region(found.name(), &known, region))
        }
    }
}

fn unknown_region(service: &str, known: &[&str], region: &str) -> Error {
    let message = format!("{service} has no endpoint in region `{region}`{}", did_you_mean(region, known));
    Error::config(message).with_hint(name_the_endpoint(service, region))
}

fn name_the_endpoint(service: &str, region: &str) -> String {
    format!(
        "regions are written like cn-north-4; if this one is new, name the endpoint: `.service_endpoint(…)` or `.endpoint(…)` \
         in code, `--endpoint` on the command line, the variable {}, or the file ~/.huaweicloud/regions.yaml",
        variable(service, region)
    )
}

/// `https://<service>.<region>.myhuaweicloud.com`, the form of most endpoints.
fn by_rule(service: &str, region: &str) -> Result<Arc<[Endpoint]>> {
    if !REGIONS.contains(&region) {
        let message = format!("Huawei Cloud has no region `{region}`{}", did_you_mean(region, &REGIONS));
        return Err(Error::config(message).with_hint(name_the_endpoint(service, region)));
    }
    parse(&format!("{service}.{region}.myhuaweicloud.com")).map(|endpoint| Arc::from([endpoint]))
}

#[cfg(test)]
mod tests;
