//! One version of one service.

use crate::Cloud;
use crate::archive::{ArchiveError, Entry, Head, Kind};
use crate::catalog::Catalog;
use crate::lookup::{self, LookupError};
use crate::operation::Operation;
use crate::record;
use crate::types::{Type, TypeDef};

/// One version of one service: a handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Service<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) entry: &'a Entry,
    pub(crate) head: &'a Head,
}

impl<'a> Service<'a> {
    /// The cloud.
    pub fn cloud(&self) -> Cloud {
        self.catalog.cloud()
    }

    /// The service's name in the catalog: `vpc`, `cvm`, `ocr_api`.
    pub fn name(&self) -> &'a str {
        self.entry.service()
    }

    /// The version as the catalog writes it: `v2`, `v20170312`, `20140526`.
    pub fn version(&self) -> &'a str {
        self.entry.version()
    }

    /// The catalog it was found in.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// Facts about the service version as a whole.
    pub fn meta(&self) -> Meta<'a> {
        record::parse_meta(self.cloud(), self.head.lines())
    }

    /// The names of the operations, sorted. Empty if the archive is damaged.
    pub fn operations(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.catalog.archive.operation_names(self.entry).unwrap_or_default().lines()
    }

    /// Finds an operation by name; a name that differs in case only is accepted if one operation has it.
    ///
    /// # Errors
    /// [`LookupError::UnknownOperation`] with the nearest names and the other places where the name exists.
    pub fn operation(&self, name: &str) -> Result<Operation<'a>, LookupError> {
        if let Some(operation) = self.exact_operation(name)? {
            return Ok(operation);
        }
        let found = lookup::operation_name(*self, name)?;
        self.exact_operation(found)?.ok_or_else(|| ArchiveError::Damaged("operation without a record").into())
    }

    fn exact_operation(&self, name: &str) -> Result<Option<Operation<'a>>, ArchiveError> {
        let lines = self.catalog.archive.record(self.head, Kind::Operation, name)?;
        lines.map(|lines| record::parse_operation(*self, lines)).transpose()
    }

    /// What a name stands for. `None` for plain types and lists, and for names the service version does not have.
    /// An archive is checked as a whole when it is opened, so that it cannot fail here.
    pub fn resolve(&self, ty: &Type<'_>) -> Option<TypeDef<'a>> {
        match ty {
            Type::Named(name) => self.type_def(name),
            _ => None,
        }
    }

    /// The structure or enumeration of that exact name.
    pub fn type_def(&self, name: &str) -> Option<TypeDef<'a>> {
        let lines = self.catalog.archive.record(self.head, Kind::Type, name).ok()??;
        record::parse_type_def(lines).ok()
    }

    /// All structures and enumerations, sorted by name. Unpacks the service version's types.
    pub fn types(&self) -> impl Iterator<Item = TypeDef<'a>> + use<'a> {
        let records = self.catalog.archive.records(self.head, Kind::Type);
        records.filter_map(|lines| record::parse_type_def(lines).ok())
    }

    /// All operations, sorted by name: [`Service::operation`] for each, without looking for them. Unpacks the service
    /// version's operations; records that cannot be read are left out.
    pub fn all_operations(&self) -> impl Iterator<Item = Operation<'a>> + use<'a> {
        let service = *self;
        let records = self.catalog.archive.records(self.head, Kind::Operation);
        records.filter_map(move |lines| record::parse_operation(service, lines).ok())
    }

    /// The regions with their endpoints (hosts or URLs, to be tried in order). `default` is the one for all others.
    pub fn regions(&self) -> impl Iterator<Item = Region<'a>> + use<'a> {
        self.head.lines().filter(|line| line.starts_with('R')).map(record::parse_region)
    }

    /// The endpoints of a region, `None` if the table does not name it.
    pub fn endpoints(&self, region: &str) -> Option<Vec<&'a str>> {
        self.regions().find(|row| row.id == region).map(|row| row.endpoints)
    }

    /// The error codes that the vendor lists (Tencent Cloud only).
    pub fn error_codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let records = self.catalog.archive.records(self.head, Kind::Error);
        records.filter_map(|mut lines| lines.next()?.strip_prefix('X'))
    }
}

impl std::fmt::Debug for Service<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({} {} {})", self.cloud(), self.name(), self.version())
    }
}

/// Facts about a service version as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta<'a> {
    /// The cloud.
    pub cloud: Cloud,
    /// The service's name in the catalog.
    pub service: &'a str,
    /// The version in the catalog.
    pub version: &'a str,
    /// The version as the wire wants it: `2017-03-12`; the same as `version` for Huawei Cloud.
    pub api_version: &'a str,
    /// The product id (Alibaba Cloud: `Ecs`) or the name used when signing (Tencent Cloud: `cvm`).
    pub product: Option<&'a str>,
    /// `rest`, `tc3` or `acs3`.
    pub protocol: &'a str,
    /// `regional` or `central` (Alibaba Cloud).
    pub endpoint_rule: Option<&'a str>,
    /// Kinds of credential that are accepted, the first is the usual one (Huawei Cloud).
    pub credentials: Vec<&'a str>,
    /// The name of the service for the derived signature (Huawei Cloud IoTDA only).
    pub derived_auth: Option<&'a str>,
    /// The product-specific gateway all or some requests go through (Alibaba Cloud).
    pub gateway: Option<&'a str>,
    /// Other settings of the vendor's client, `key=value` separated by commas (Alibaba Cloud).
    pub settings: Option<&'a str>,
    /// The packages that the facts come from.
    pub sources: Vec<Source<'a>>,
}

impl Meta<'_> {
    pub(crate) fn empty(cloud: Cloud) -> Self {
        Meta {
            cloud,
            service: "",
            version: "",
            api_version: "",
            product: None,
            protocol: "",
            endpoint_rule: None,
            credentials: Vec::new(),
            derived_auth: None,
            gateway: None,
            settings: None,
            sources: Vec::new(),
        }
    }
}

/// A package that facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its name on the Python Package Index.
    pub package: &'a str,
    /// Its release.
    pub release: &'a str,
    /// Its licence.
    pub license: &'a str,
}

/// A region and its endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The region's id, or `default`.
    pub id: &'a str,
    /// Hosts or URLs, to be tried in order.
    pub endpoints: Vec<&'a str>,
}
