//! Operations found by method and path, as a gateway does: an index over a catalog's path templates, made at the first
//! request that needs it.

use std::collections::HashMap;

use http::Method;
use sanyun_catalog::{CallStyle, Catalog, Operation};
use sanyun_core::encode;

/// Path templates of a whole cloud, by method and number of segments.
#[derive(Debug)]
pub(crate) struct Paths(HashMap<(Method, usize), Vec<Template>>);

#[derive(Debug)]
struct Template {
    segments: Vec<Segment>,
    service: &'static str,
    version: &'static str,
    operation: &'static str,
}

/// One part of a path: literal, or a placeholder between two literals (mostly empty ones).
#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    Placeholder { before: &'static str, name: &'static str, after: &'static str },
}

/// An operation and what stood in its path.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) operation: Operation<'static>,
    /// Names and decoded values of the placeholders.
    pub(crate) arguments: Vec<(&'static str, String)>,
}

impl Paths {
    /// The templates of all operations that are addressed by their path.
    pub(crate) fn of(catalog: &'static Catalog) -> Self {
        let mut index: HashMap<_, Vec<Template>> = HashMap::new();
        for service in catalog.services().filter_map(|entry| entry.open().ok()) {
            for operation in service.operations().filter_map(|name| service.operation(name).ok()) {
                let Ok(method) = Method::from_bytes(operation.method.as_bytes()) else { continue };
                if operation.style != Some(CallStyle::Rpc) {
                    let template = Template::of(&operation);
                    index.entry((method, template.segments.len())).or_default().push(template);
                }
            }
        }
        Self(index)
    }

    /// The operation of a request. Where several templates fit, those of the service that the host names come first,
    /// then the ones with more literal segments.
    pub(crate) fn find(&self, catalog: &'static Catalog, method: &Method, path: &str, host: &str) -> Option<Found> {
        let parts: Vec<_> = segments(path).collect();
        let candidates = self.0.get(&(method.clone(), parts.len()))?;
        let named = host.split('.').next().unwrap_or_default();
        let fitting = candidates.iter().filter_map(|template| Some((template, template.arguments(&parts)?)));
        // Of equals the first in the catalog's order, so that an answer does not depend on chance.
        let (template, arguments) =
            fitting.min_by_key(|(template, arguments)| (template.service != named, arguments.len()))?;
        let operation = catalog.operation(template.service, Some(template.version), template.operation).ok()?;
        Some(Found { operation, arguments })
    }
}

impl Template {
    fn of(operation: &Operation<'static>) -> Self {
        let path = operation.path.split('?').next().unwrap_or_default();
        Self {
            segments: segments(path).map(Segment::of).collect(),
            service: operation.service.name(),
            version: operation.service.version(),
            operation: operation.name,
        }
    }

    /// The values of the placeholders, if the path fits.
    fn arguments(&self, parts: &[&str]) -> Option<Vec<(&'static str, String)>> {
        let mut arguments = Vec::new();
        for (segment, part) in self.segments.iter().zip(parts) {
            match segment {
                Segment::Literal(text) if text == part => {}
                Segment::Literal(_) => return None,
                Segment::Placeholder { before, name, after } => {
                    let value = part.strip_prefix(before)?.strip_suffix(after)?;
                    if value.is_empty() {
                        return None;
                    }
                    arguments.push((*name, encode::percent_decode(value).into_owned()));
                }
            }
        }
        Some(arguments)
    }
}

impl Segment {
    fn of(text: &'static str) -> Self {
        let placeholder = || {
            let (before, rest) = text.split_once('{')?;
            let (name, after) = rest.split_once('}')?;
            Some(Self::Placeholder { before, name, after })
        };
        placeholder().unwrap_or(Self::Literal(text))
    }
}

/// The parts of a path; a slash at the end counts for nothing.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_suffix('/').unwrap_or(path).split('/').skip(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: Method, path: &str, host: &str) -> Option<(String, Vec<(&'static str, String)>)> {
        let catalog = Catalog::huawei();
        let found = Paths::of(catalog).find(catalog, &method, path, host)?;
        let service = found.operation.service;
        Some((format!("{} {} {}", service.name(), service.version(), found.operation.name), found.arguments))
    }

    #[test]
    fn operations_are_found_by_method_and_path() {
        let (name, arguments) = find(Method::GET, "/v1/p1/vpcs/a%2Fb", "127.0.0.1").unwrap();
        assert_eq!(name, "vpc v2 ShowVpc");
        assert_eq!(arguments, [("project_id", "p1".to_owned()), ("vpc_id", "a/b".to_owned())]);
        assert_eq!(find(Method::GET, "/v3/projects", "127.0.0.1").unwrap().0, "iam v3 KeystoneListProjects");
        assert_eq!(find(Method::GET, "/v3/p1/vpc/vpcs/", "127.0.0.1").unwrap().0, "vpc v3 ListVpcs");
    }

    #[test]
    fn other_paths_are_not_found() {
        for (method, path) in [
            (Method::GET, "/a/b/c/d/e/f/g/h"),
            (Method::GET, "/v1/p1/vpcs/x/y/z"),
            (Method::PATCH, "/v1/p1/vpcs"),
            (Method::GET, "/v1//vpcs"),
        ] {
            assert!(find(method, path, "vpc.cn-north-4.myhuaweicloud.com").is_none(), "{path}");
        }
    }

    #[test]
    fn placeholders_may_have_neighbours() {
        let segment = Segment::of("images:{id}.json");
        assert_eq!(segment, Segment::Placeholder { before: "images:", name: "id", after: ".json" });
        assert_eq!(Segment::of("images"), Segment::Literal("images"));
    }
}
