//! The catalog of one cloud.

use std::borrow::Cow;
use std::path::Path;

use crate::archive::{Archive, ArchiveError, Entry};
use crate::lookup::{self, LookupError};
use crate::{Cloud, Operation, Service};

/// The facts about every API of one cloud.
///
/// Opening reads a directory; a look-up unpacks a few kilobytes and keeps them.
pub struct Catalog {
    pub(crate) archive: Archive,
}

impl Catalog {
    /// Opens the bytes of an archive. Only its directory is read and checked; see [`Catalog::verify`].
    ///
    /// # Errors
    /// [`ArchiveError`] if it is no archive, of another schema, or damaged.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Catalog, ArchiveError> {
        Ok(Catalog { archive: Archive::open(bytes.into())? })
    }

    /// Opens the archive of a cloud in a directory (`huawei.catalog`, `tencent.catalog`, `alibaba.catalog`)
    /// and checks every byte of it: a newer catalog than the one in the program.
    ///
    /// # Errors
    /// [`ArchiveError`] if the file is missing, of another cloud or schema, or damaged.
    pub fn open_dir(directory: impl AsRef<Path>, cloud: Cloud) -> Result<Catalog, ArchiveError> {
        let path = directory.as_ref().join(format!("{cloud}.catalog"));
        let bytes = std::fs::read(&path).map_err(|error| ArchiveError::Io { path, reason: error.to_string() })?;
        let catalog = Catalog::open(bytes)?;
        if catalog.cloud() != cloud {
            return Err(ArchiveError::WrongCloud { wanted: cloud, found: catalog.cloud() });
        }
        catalog.verify()?;
        Ok(catalog)
    }

    /// Checks every byte against the checksums.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`].
    pub fn verify(&self) -> Result<(), ArchiveError> {
        self.archive.verify()
    }

    /// The cloud.
    pub fn cloud(&self) -> Cloud {
        self.archive.cloud
    }

    /// All service versions, sorted by service and version. Nothing is unpacked.
    pub fn services(&self) -> impl Iterator<Item = ServiceEntry<'_>> {
        self.archive.entries.iter().map(|entry| ServiceEntry { catalog: self, entry })
    }

    /// Finds a service version. Without a version: the main one, which is the newest that has at least half as many
    /// operations as the one that has most.
    ///
    /// Case, `-` and `_` do not matter; product ids (`Ecs`) are accepted, and versions as the wire writes them
    /// (`2017-03-12`) as well as the catalog does (`v20170312`).
    ///
    /// # Errors
    /// [`LookupError::UnknownService`] with the nearest names, [`LookupError::UnknownVersion`] with the known ones.
    pub fn service(&self, name: &str, version: Option<&str>) -> Result<Service<'_>, LookupError> {
        self.open_entry(lookup::entry(&self.archive.entries, self.cloud(), name, version)?)
    }

    /// Finds an operation. Without a version: in the main version, or else the newest that has it.
    ///
    /// # Errors
    /// Those of [`Catalog::service`] and [`Service::operation`].
    pub fn operation(&self, service: &str, version: Option<&str>, name: &str) -> Result<Operation<'_>, LookupError> {
        let main = self.service(service, version)?;
        let found = main.operation(name);
        if version.is_some() || !matches!(found, Err(LookupError::UnknownOperation { .. })) {
            return found;
        }
        let older = self.archive.entries.iter().rev().filter(|entry| entry.service() == main.name());
        older.filter_map(|entry| self.open_entry(entry).ok()?.operation(name).ok()).next().map_or(found, Ok)
    }

    /// The service versions (service, version) that have an operation of exactly this name.
    pub fn versions_with(&self, operation: &str) -> Vec<(String, String)> {
        let found = self.entries_with(operation);
        found.map(|entry| (entry.service().to_owned(), entry.version().to_owned())).collect()
    }

    pub(crate) fn entries_with(&self, operation: &str) -> impl Iterator<Item = &Entry> {
        let has = move |entry: &&Entry| {
            let names = self.archive.operation_names(entry).unwrap_or_default();
            names.lines().any(|name| name == operation)
        };
        self.archive.entries.iter().filter(has)
    }

    fn open_entry<'a>(&'a self, entry: &'a Entry) -> Result<Service<'a>, LookupError> {
        Ok(Service { catalog: self, entry, head: self.archive.head(entry)? })
    }
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalog({}, {} service versions)", self.cloud(), self.archive.entries.len())
    }
}

/// One line of the directory: a service version of which nothing is unpacked yet.
#[derive(Clone, Copy)]
pub struct ServiceEntry<'a> {
    catalog: &'a Catalog,
    entry: &'a Entry,
}

impl<'a> ServiceEntry<'a> {
    /// The cloud.
    pub fn cloud(&self) -> Cloud {
        self.catalog.cloud()
    }

    /// The service's name in the catalog.
    pub fn name(&self) -> &'a str {
        self.entry.service()
    }

    /// The version in the catalog.
    pub fn version(&self) -> &'a str {
        self.entry.version()
    }

    /// The version as the wire wants it.
    pub fn api_version(&self) -> &'a str {
        self.entry.api_version()
    }

    /// The product id or signing name; empty for Huawei Cloud.
    pub fn product(&self) -> &'a str {
        self.entry.product()
    }

    /// How many operations it has.
    pub fn operation_count(&self) -> usize {
        self.entry.operations()
    }

    /// How many structures and enumerations it has.
    pub fn type_count(&self) -> usize {
        self.entry.types()
    }

    /// The names of its operations, sorted. Empty if the archive is damaged.
    pub fn operation_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.names_text().lines()
    }

    /// The names of its operations, one a line.
    pub(crate) fn names_text(&self) -> &'a str {
        self.catalog.archive.operation_names(self.entry).unwrap_or_default()
    }

    /// Unpacks its head.
    ///
    /// # Errors
    /// [`LookupError::Archive`] if the archive is damaged.
    pub fn open(&self) -> Result<Service<'a>, LookupError> {
        self.catalog.open_entry(self.entry)
    }
}

impl std::fmt::Debug for ServiceEntry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServiceEntry({} {})", self.name(), self.version())
    }
}
