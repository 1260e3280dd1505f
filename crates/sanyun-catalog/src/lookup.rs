//! Finding things by names that people type.

use std::fmt;

use crate::archive::{ArchiveError, Entry};
use crate::nearest::nearest;
use crate::{Cloud, Service};

/// Why a look-up found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupError {
    /// No service of that name.
    UnknownService {
        /// The cloud.
        cloud: Cloud,
        /// The name that was asked for.
        name: String,
        /// The nearest names, best first.
        nearest: Vec<String>,
    },
    /// The name fits several services.
    AmbiguousService {
        /// The cloud.
        cloud: Cloud,
        /// The name that was asked for.
        name: String,
        /// The services it fits.
        services: Vec<String>,
    },
    /// The service has no such version.
    UnknownVersion {
        /// The cloud.
        cloud: Cloud,
        /// The service.
        service: String,
        /// The version that was asked for.
        version: String,
        /// The versions it has, as the wire writes them (`2017-03-12`).
        known: Vec<String>,
    },
    /// The service version has no such operation.
    UnknownOperation {
        /// The cloud.
        cloud: Cloud,
        /// The service.
        service: Box<str>,
        /// The version, as the wire writes it.
        version: Box<str>,
        /// The name that was asked for.
        name: Box<str>,
        /// The nearest names in this service version, best first.
        nearest: Vec<String>,
        /// Other service versions (service, version as the wire writes it) that have an operation of exactly this name.
        elsewhere: Vec<(String, String)>,
    },
    /// The archive is damaged.
    Archive(ArchiveError),
}

impl From<ArchiveError> for LookupError {
    fn from(error: ArchiveError) -> LookupError {
        LookupError::Archive(error)
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LookupError::UnknownService { cloud, name, nearest } => {
                write!(f, "{cloud} has no service `{name}` in the catalog")?;
                did_you_mean(f, nearest)
            }
            LookupError::AmbiguousService { cloud, name, services } => {
                write!(f, "{cloud}: `{name}` fits several services: {}", services.join(", "))
            }
            LookupError::UnknownVersion { cloud, service, version, known } => {
                write!(f, "{cloud} {service} has no version `{version}`; known: {}", known.join(", "))
            }
            LookupError::UnknownOperation { cloud, service, version, name, nearest, elsewhere } => {
                write!(f, "{cloud} {service} {version} has no operation `{name}`")?;
                did_you_mean(f, nearest)?;
                exists_in(f, elsewhere)
            }
            LookupError::Archive(error) => error.fmt(f),
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: &[String]) -> fmt::Result {
    match nearest {
        [] => Ok(()),
        names => write!(f, "; did you mean `{}`?", names.join("`, `")),
    }
}

fn exists_in(f: &mut fmt::Formatter<'_>, elsewhere: &[(String, String)]) -> fmt::Result {
    const SHOWN: usize = 5;
    if elsewhere.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = elsewhere.iter().take(SHOWN).map(|(service, version)| format!("{service} {version}")).collect();
    write!(f, "; {} has it", shown.join(", "))?;
    match elsewhere.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, " (and {more} more)"),
    }
}

impl std::error::Error for LookupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None
    }
}

/// The directory entry of a service version.
pub(crate) fn entry<'a>(
    entries: &'a [Entry],
    cloud: Cloud,
    name: &str,
    version: Option<&str>,
) -> Result<&'a Entry, LookupError> {
    let versions = service_versions(entries, cloud, name)?;
    let found = match version {
        None => main_version(&versions),
        Some(version) => versions.iter().find(|entry| same_version(entry, version)),
    };
    found.copied().ok_or_else(|| LookupError::UnknownVersion {
        cloud,
        service: versions.first().map(|entry| entry.service().to_owned()).unwrap_or_default(),
        version: version.unwrap_or_default().to_owned(),
        known: versions.iter().map(|entry| entry.api_version().to_owned()).collect(),
    })
}

/// The newest version that has at least half as many operations as the one that has most: beside the version that is
/// meant by a service's name stand newer ones of a few operations each (ECS 2016-03-14 beside 2014-05-26).
fn main_version<'v, 'a>(versions: &'v [&'a Entry]) -> Option<&'v &'a Entry> {
    let most = versions.iter().map(|entry| entry.operations()).max()?;
    let whole = versions.iter().filter(|entry| entry.operations() * 2 >= most);
    whole.max_by_key(|entry| digits(entry.version()))
}

/// All versions of the service that a name means, at least one.
fn service_versions<'a>(entries: &'a [Entry], cloud: Cloud, name: &str) -> Result<Vec<&'a Entry>, LookupError> {
    // The directory is sorted by service.
    let first = entries.partition_point(|entry| entry.service() < name);
    let exact: Vec<_> = entries.iter().skip(first).take_while(|entry| entry.service() == name).collect();
    if exact.is_empty() { forgiving(entries, cloud, name) } else { Ok(exact) }
}

/// All versions of the service whose name or product is written like this in some way.
fn forgiving<'a>(entries: &'a [Entry], cloud: Cloud, name: &str) -> Result<Vec<&'a Entry>, LookupError> {
    let plain = plain(name);
    let fits: [&dyn Fn(&Entry) -> bool; 2] =
        [&|entry| same(entry.service(), &plain), &|entry| same(entry.product(), &plain)];
    for fit in fits {
        let found: Vec<_> = entries.iter().filter(|entry| fit(entry)).collect();
        let mut services: Vec<String> = found.iter().map(|entry| entry.service().to_owned()).collect();
        services.dedup();
        match services.len() {
            0 => {}
            1 => return Ok(found),
            _ => return Err(LookupError::AmbiguousService { cloud, name: name.to_owned(), services }),
        }
    }
    let known = entries.iter().flat_map(|entry| [entry.service(), entry.product()]);
    Err(LookupError::UnknownService { cloud, name: name.to_owned(), nearest: nearest(name, known) })
}

/// A name without what people write in different ways: case, `-`, `_`, blanks.
fn plain(name: &str) -> String {
    significant(name).collect()
}

fn significant(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase())
}

fn same(name: &str, plain: &str) -> bool {
    !name.is_empty() && significant(name).eq(plain.chars())
}

/// `2017-03-12`, `20170312` and `v20170312` are one version, `v2` and `2` too.
fn same_version(entry: &Entry, version: &str) -> bool {
    bare(entry.version()).eq(bare(version))
}

fn bare(version: &str) -> impl Iterator<Item = char> + '_ {
    significant(version).skip_while(|c| *c == 'v').filter(|c| *c != '.')
}

/// The number in a version, by which versions are ordered.
fn digits(version: &str) -> u64 {
    let digits = version.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

/// The true name of an operation whose name was typed in another case.
pub(crate) fn operation_name<'a>(service: Service<'a>, name: &str) -> Result<&'a str, LookupError> {
    let mut fits = service.operations().filter(|known| known.eq_ignore_ascii_case(name));
    match (fits.next(), fits.next()) {
        (Some(found), None) => Ok(found),
        _ => Err(unknown_operation(service, name)),
    }
}

fn unknown_operation(service: Service<'_>, name: &str) -> LookupError {
    LookupError::UnknownOperation {
        cloud: service.cloud(),
        service: service.name().into(),
        version: service.entry.api_version().into(),
        name: name.into(),
        nearest: nearest(name, service.operations()),
        elsewhere: elsewhere(service, name),
    }
}

fn elsewhere(service: Service<'_>, name: &str) -> Vec<(String, String)> {
    let entries = service.catalog().entries_with(name);
    entries.map(|entry| (entry.service().to_owned(), entry.api_version().to_owned())).collect()
}

#[cfg(test)]
#[cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]
mod tests;
