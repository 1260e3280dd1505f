//! The file of regions: endpoints by service and region, for those that no table knows yet.
//!
//! ```yaml
//! ECS:
//!   - id: cn-north-1
//!     endpoint: https://ecs.cn-north-1.myhuaweicloud.com
//!   - id: cn-north-9
//!     endpoints:
//!       - https://ecs.cn-north-9.myhuaweicloud.com
//!       - https://ecs.cn-north-9.myhuaweicloud.cn
//! ```

mod yaml;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sanyun_core::{Endpoint, Env, Error, Files, Result};

use super::parse;
use yaml::{Located, Node};

/// The variable that names the file.
const FILE: &str = "HUAWEICLOUD_SDK_REGIONS_FILE";

/// What the file says, in its order.
#[derive(Debug, Default)]
pub(super) struct RegionsFile(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    service: String,
    region: String,
    endpoints: Arc<[Endpoint]>,
}

/// The endpoints that a file of regions names for a service in a region; `None` if it names none. The names of services
/// are compared without case, of several entries for a region the last counts, and an entry without `id` or without an
/// endpoint counts for nothing, all as the vendor's SDKs have it. `endpoints` come before `endpoint`.
///
/// The file is read as YAML in the form that the vendor documents: maps, lists in lines or in brackets, plain and quoted
/// texts, comments. An empty file names nothing.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config), with the line, if it is anything else, or an endpoint is none.
pub fn from_regions_file(text: &str, service: &str, region: &str) -> Result<Option<Arc<[Endpoint]>>> {
    let file = RegionsFile::parse(text).map_err(|(line, why)| refusal("the regions file", line, &why))?;
    Ok(file.endpoints(service, region))
}

fn refusal(file: &str, line: usize, why: &str) -> Error {
    Error::config(format!("{file}, line {line}: {why}")).with_hint(
        "the file maps services to lists of regions: `ECS:`, below it `- id: cn-north-9` and `endpoint: https://…`",
    )
}

impl RegionsFile {
    /// Reads the file that `HUAWEICLOUD_SDK_REGIONS_FILE` names, else `.huaweicloud/regions.yaml` in the home folder. A
    /// file that is not there says nothing.
    pub(super) fn read(env: &dyn Env, files: &dyn Files) -> Result<Self> {
        let Some(path) = path(env) else { return Ok(Self::default()) };
        let shown = path.display().to_string();
        let bytes = match files.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::config(format!("reading the regions file {shown}: {error}"))),
        };
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
            .map_err(|_| Error::config(format!("the regions file {shown} is not UTF-8")))?;
        Self::parse(text).map_err(|(line, why)| refusal(&shown, line, &why))
    }

    /// The endpoints of a service in a region.
    pub(super) fn endpoints(&self, service: &str, region: &str) -> Option<Arc<[Endpoint]>> {
        let fits = |entry: &&Entry| entry.service.eq_ignore_ascii_case(service) && entry.region == region;
        self.0.iter().rev().find(fits).map(|entry| Arc::clone(&entry.endpoints))
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut entries = Vec::new();
        let root = yaml::parse(text)?;
        let services = map(&root, "the file")?;
        for (at, (service, regions)) in services.iter().enumerate() {
            // As with any map, the last of several members of one name counts.
            if services.iter().skip(at + 1).any(|(later, _)| later == service) {
                continue;
            }
            for region in list(regions, service)? {
                entries.extend(entry(service, region)?);
            }
        }
        Ok(Self(entries))
    }
}

fn path(env: &dyn Env) -> Option<PathBuf> {
    let var = |name| env.get(name).filter(|text| !text.is_empty());
    if let Some(given) = var(FILE) {
        return Some(given.into());
    }
    let home = var(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?;
    Some(PathBuf::from(home).join(".huaweicloud").join("regions.yaml"))
}

fn entry(service: &str, region: &Located) -> Result<Option<Entry>, (usize, String)> {
    let members = map(region, &format!("a region of {service}"))?;
    let member = |name| members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
    let mut endpoints = Vec::new();
    for value in member("endpoints").map_or(Ok(&[][..]), |value| list(value, "endpoints"))? {
        endpoints.extend(endpoint(value)?);
    }
    if let Some(value) = member("endpoint") {
        endpoints.extend(endpoint(value)?);
    }
    let id = member("id").map_or(Ok(None), |value| text(value, "id"))?;
    Ok(id.filter(|_| !endpoints.is_empty()).map(|id| Entry {
        service: service.to_owned(),
        region: id.to_owned(),
        endpoints: endpoints.into(),
    }))
}

fn endpoint(value: &Located) -> Result<Option<Endpoint>, (usize, String)> {
    let given = text(value, "endpoint")?;
    given.map(|text| parse(text).map_err(|error| (value.line, error.to_string()))).transpose()
}

fn map<'a>(value: &'a Located, what: &str) -> Result<&'a [(String, Located)], (usize, String)> {
    match &value.node {
        Node::Map(members) => Ok(members),
        Node::Nothing => Ok(&[]),
        _ => Err((value.line, format!("{what} is not made of `name: value`"))),
    }
}

fn list<'a>(value: &'a Located, what: &str) -> Result<&'a [Located], (usize, String)> {
    match &value.node {
        Node::List(items) => Ok(items),
        Node::Nothing => Ok(&[]),
        _ => Err((value.line, format!("{what} is no list"))),
    }
}

/// A text that is there and not empty.
fn text<'a>(value: &'a Located, what: &str) -> Result<Option<&'a str>, (usize, String)> {
    match &value.node {
        Node::Text(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Node::Nothing => Ok(None),
        _ => Err((value.line, format!("{what} is no text"))),
    }
}

#[cfg(test)]
mod tests;
