//! Operations of Huawei Cloud found by method and path, as its gateway does it. The index is made when this crate is
//! built: one row an operation with a key made of method and literal segments. A request's path has one key for every
//! form that templates of its length have; what the rows of these keys name is compared with the path itself.

pub(crate) mod key;

use http::Method;
use sanyun_catalog::{Catalog, Operation};

use crate::template;

/// Forms, then rows: see `build.rs`.
const INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/huawei.paths"));
const ROW_BYTES: usize = 8;

/// An operation and what stood in its path.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) operation: Operation<'static>,
    /// Names and decoded values of the placeholders.
    pub(crate) arguments: Vec<(&'static str, String)>,
}

/// The operations that a method and a path may mean, those with more literal segments first, otherwise in the catalog's
/// order.
pub(crate) fn find(method: &Method, path: &str) -> Vec<Found> {
    let (forms, rows) = parts();
    let segments = u32::try_from(key::segments(path).count()).unwrap_or(u32::MAX);
    let fitting = forms.chunks_exact(ROW_BYTES).map(words).filter(|(count, _)| *count == segments);
    let keys = fitting.map(|(_, placeholders)| key::hash(method.as_str(), path, placeholders));
    let mut found: Vec<_> = keys.flat_map(|key| rows_of(rows, key)).filter_map(|row| open(row, method, path)).collect();
    found.sort_by_key(|found| found.arguments.len());
    found
}

fn parts() -> (&'static [u8], &'static [u8]) {
    let (count, rest) = INDEX.split_first_chunk().unwrap_or((&[0; 4], &[]));
    rest.split_at_checked(u32::from_le_bytes(*count) as usize * ROW_BYTES).unwrap_or_default()
}

fn words(row: &[u8]) -> (u32, u32) {
    let word = |at: usize| row.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    (word(0), word(4))
}

/// The second words of all rows with this key. Rows are sorted.
fn rows_of(rows: &'static [u8], key: u32) -> impl Iterator<Item = u32> {
    let at = |number: usize| rows.get(number * ROW_BYTES..).map_or((u32::MAX, 0), words);
    let (mut low, mut high) = (0, rows.len() / ROW_BYTES);
    while low < high {
        let middle = usize::midpoint(low, high);
        if at(middle).0 < key { low = middle + 1 } else { high = middle }
    }
    let behind = rows.get(low * ROW_BYTES..).unwrap_or_default().chunks_exact(ROW_BYTES).map(words);
    behind.take_while(move |(known, _)| *known == key).map(|(_, row)| row)
}

fn open(row: u32, method: &Method, path: &str) -> Option<Found> {
    let (service, number) = ((row & 0xffff) as usize, (row >> 16) as usize);
    let entry = Catalog::huawei().services().nth(service)?;
    let operation = entry.open().ok()?.operation(entry.operation_names().nth(number)?).ok()?;
    let arguments = template::arguments(&operation, path).filter(|_| operation.method == method.as_str())?;
    Some(Found { operation, arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(method: Method, path: &str) -> Vec<String> {
        let name = |found: &Found| {
            let service = found.operation.service;
            format!("{} {} {}", service.name(), service.version(), found.operation.name)
        };
        find(&method, path).iter().map(name).collect()
    }

    #[test]
    fn operations_are_found_by_method_and_path() {
        let found = find(&Method::GET, "/v1/p1/vpcs/a%2Fb");
        assert_eq!(found[0].operation.name, "ShowVpc");
        assert_eq!(found[0].arguments, [("project_id", "p1".to_owned()), ("vpc_id", "a/b".to_owned())]);
        assert!(names(Method::GET, "/v3/projects").contains(&"iam v3 KeystoneListProjects".to_owned()));
        assert!(names(Method::GET, "/v3/p1/vpc/vpcs/").contains(&"vpc v3 ListVpcs".to_owned()));
    }

    #[test]
    fn other_paths_are_not_found() {
        for (method, path) in [
            (Method::GET, "/a/b/c/d/e/f/g/h"),
            (Method::GET, "/v1/p1/vpcs/x/y/z"),
            (Method::PATCH, "/v1/p1/vpcs"),
            (Method::GET, "/v1//vpcs"),
            (Method::GET, "*"),
        ] {
            assert!(names(method, path).is_empty(), "{path}");
        }
    }

    #[test]
    fn the_index_knows_every_operation() {
        let operations: usize = Catalog::huawei().services().map(|entry| entry.operation_count()).sum();
        assert_eq!(parts().1.len() / ROW_BYTES, operations);
    }
}
