//! Which operation a request means: found in the tables that the client of OSS has, by method, target and query.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use http::Method;
use sanyun_core::encode;
use sanyun_oss::operation::{self, Param, Place, RequestBody, Target};

use super::address::Address;
use super::refusal::Refusal;
use crate::arrival::Head;

/// The upload of a form, which is no operation of the tables: a browser sends it.
pub(super) const POST_OBJECT: &str = "PostObject";
/// The question of a browser before it sends something, whatever it is about.
pub(super) const OPTION_OBJECT: &str = "OptionObject";

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// The operation's name.
    pub(super) name: &'static str,
    /// The query parameters that signature V1 covers beyond those it always covers.
    pub(super) sub_resources: &'static [&'static str],
    /// What its body is made of.
    pub(super) body: RequestBody,
}

/// Query parameters that change what a request means and are in no table.
const UNKNOWN: [&str; 9] =
    ["asyncFetch", "dataProcess", "img", "live", "qos", "qosInfo", "resourcePool", "vod", "inventoryTable"];

/// Finds the operation of a request.
///
/// # Errors
/// `NotImplemented` if a query parameter says that something else is meant than any operation, so that
/// `PUT /bucket?something` never makes a bucket; `MethodNotAllowed`.
pub(super) fn find(head: &Head, address: &Address) -> Result<Route, Refusal> {
    let target = match (&address.bucket, &address.key) {
        (None, _) => Target::Service,
        (Some(_), None) => Target::Bucket,
        (Some(_), Some(_)) => Target::Object,
    };
    if head.method == Method::OPTIONS {
        return Ok(Route { name: OPTION_OBJECT, sub_resources: &[], body: RequestBody::None });
    }
    let pairs = encode::pairs(&head.query);
    let query: Query<'_> =
        pairs.map(|(name, value)| (encode::percent_decode(name), encode::percent_decode(value))).collect();
    let here = operation::all().filter(|known| Method::from(known.method) == head.method && known.target == target);
    // The first of equals: `max_by_key` would take the last.
    let mut best: Option<(usize, &operation::Operation)> = None;
    for (fit, known) in here.filter_map(|known| Some((fit(known, &query, head)?, known))) {
        if best.is_none_or(|(most, _)| fit > most) {
            best = Some((fit, known));
        }
    }
    let served = |name: &str| {
        best.is_some_and(|(_, known)| {
            known.query.iter().any(|(fixed, _)| *fixed == name)
                || known.params().any(|param| param.place == Place::Query && param.wire == name)
        })
    };
    if query.iter().any(|(name, _)| !served(name) && changes_meaning(name)) {
        return Err(Refusal::not_implemented());
    }
    match best {
        Some((_, known)) => Ok(Route { name: known.name, sub_resources: known.sub_resources, body: known.body }),
        None if head.method == Method::POST && target == Target::Bucket => {
            Ok(Route { name: POST_OBJECT, sub_resources: &[], body: RequestBody::Raw })
        }
        None => Err(Refusal::method_not_allowed(head.method.as_str())),
    }
}

type Query<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// How well an operation fits, `None` if it does not. One that says more of the request fits better; one whose own
/// sub-resource is there fits although a parameter is missing, which it then complains of.
fn fit(known: &operation::Operation, query: &Query<'_>, head: &Head) -> Option<usize> {
    let has = |name: &str| query.iter().any(|(known, _)| known == name);
    let mut named = 0;
    for (name, value) in own_query(known) {
        let (_, given) = query.iter().find(|(known, _)| known == name)?;
        // A flag may have a value that nobody looks at, but `x-oss-process` says with its value what is meant.
        if given != value && (!value.is_empty() || name.starts_with("x-oss-")) {
            return None;
        }
        named += 1;
    }
    let needed = known.params().filter(|param| param.required);
    let present = |param: &&'static Param| match param.place {
        Place::Query => has(param.wire),
        Place::CopySource => head.headers.contains_key("x-oss-copy-source"),
        Place::Header => head.headers.contains_key(param.wire),
        _ => true,
    };
    let (there, missing): (Vec<&Param>, Vec<&Param>) = needed.partition(present);
    let is_identified = named > 0 && !missing.iter().any(|param| param.place == Place::CopySource);
    match missing.is_empty() {
        true => Some(2 * (named + there.len()) + 1),
        false if is_identified => Some(2 * named),
        false => None,
    }
}

fn own_query(known: &operation::Operation) -> impl Iterator<Item = &(&'static str, &'static str)> {
    known.query.iter().filter(|(name, _)| *name != "encoding-type")
}

/// Whether a query parameter says what a request means, not only how.
fn changes_meaning(name: &str) -> bool {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let needed = |known: &'static operation::Operation| {
            known.params().filter(|param| param.required && param.place == Place::Query).map(|param| param.wire)
        };
        let fixed = operation::all().flat_map(|known| own_query(known).map(|(name, _)| *name).chain(needed(known)));
        fixed.chain(UNKNOWN).collect()
    });
    names.contains(name)
}

/// All query parameters that signature V1 may cover.
pub(super) fn all_sub_resources() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let declared = operation::all().flat_map(|known| known.sub_resources.iter().copied());
        let fixed = operation::all().flat_map(|known| own_query(known).map(|(name, _)| *name));
        let names: BTreeSet<_> = declared.chain(fixed).filter(|name| *name != "list-type").collect();
        names.into_iter().collect()
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn name(method: Method, target: &str, headers: &[(&'static str, &'static str)]) -> Result<&'static str, u16> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut map = HeaderMap::new();
        map.insert("host", "127.0.0.1:1".parse().unwrap());
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let head = Head { method, path: path.to_owned(), query: query.to_owned(), headers: map, authority: None };
        let address = Address::of(&head).unwrap();
        find(&head, &address).map(|route| route.name).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn requests_are_recognised() {
        for (method, target, expected) in [
            (Method::GET, "/", Ok("ListBuckets")),
            (Method::GET, "/?regions", Ok("DescribeRegions")),
            (Method::PUT, "/b", Ok("PutBucket")),
            (Method::PUT, "/b/", Ok("PutBucket")),
            (Method::PUT, "/b/?acl", Ok("PutBucketAcl")),
            (Method::GET, "/b/?list-type=2&encoding-type=url", Ok("ListObjectsV2")),
            (Method::GET, "/b/?encoding-type=url", Ok("ListObjects")),
            (Method::GET, "/b/?bucketInfo=", Ok("GetBucketInfo")),
            (Method::POST, "/b/?delete&encoding-type=url", Ok("DeleteMultipleObjects")),
            (Method::POST, "/b/", Ok("PostObject")),
            (Method::PUT, "/b/k", Ok("PutObject")),
            (Method::HEAD, "/b/k?objectMeta", Ok("GetObjectMeta")),
            (Method::GET, "/b/k?x-oss-signature-version=OSS4-HMAC-SHA256", Ok("GetObject")),
            (Method::GET, "/b/k?versionId=1", Ok("GetObject")),
            (Method::GET, "/b/k?x-oss-process=image%2Fresize", Ok("GetObject")),
            (Method::PUT, "/b/k?uploadId=1&partNumber=1", Ok("UploadPart")),
            (Method::POST, "/b/k?uploads", Ok("InitiateMultipartUpload")),
            (Method::POST, "/b/k?uploadId=1", Ok("CompleteMultipartUpload")),
            (Method::DELETE, "/b/k?uploadId=1", Ok("AbortMultipartUpload")),
            (Method::GET, "/b/k?uploadId=1", Ok("ListParts")),
            (Method::GET, "/b/?uploads", Ok("ListMultipartUploads")),
            (Method::POST, "/b/k?append", Ok("AppendObject")),
            (Method::POST, "/b/k?x-oss-process=csv%2Fselect", Ok("SelectObject")),
            (Method::POST, "/b/k?x-oss-process", Ok("ProcessObject")),
            (Method::GET, "/b/?versions", Ok("ListObjectVersions")),
            (Method::PUT, "/b/?lifecycle", Ok("PutBucketLifecycle")),
            (Method::GET, "/b/?inventory", Ok("ListBucketInventory")),
            (Method::GET, "/b/?inventory&inventoryId=a", Ok("GetBucketInventory")),
            (Method::PUT, "/b/?inventory", Ok("PutBucketInventory")),
            (Method::POST, "/b/?cname&comp=delete", Ok("DeleteCname")),
            (Method::GET, "/b/?cname=d&comp=token", Ok("GetCnameToken")),
            (Method::OPTIONS, "/b/k", Ok("OptionObject")),
            (Method::PUT, "/b/?qosInfo", Err(501)),
            (Method::PUT, "/b/k?partNumber=1", Err(501)),
            (Method::POST, "/b/k", Err(405)),
            (Method::PATCH, "/b", Err(405)),
        ] {
            assert_eq!(name(method.clone(), target, &[]), expected, "{method} {target}");
        }
        let source = [("x-oss-copy-source", "/b/l")];
        assert_eq!(name(Method::PUT, "/b/k", &source), Ok("CopyObject"));
        assert_eq!(name(Method::PUT, "/b/k?uploadId=1&partNumber=1", &source), Ok("UploadPartCopy"));
        let access_point = [("x-oss-access-point-name", "ap")];
        assert_eq!(name(Method::GET, "/b/?accessPoint", &access_point), Ok("GetAccessPoint"));
        assert_eq!(name(Method::GET, "/b/?accessPoint", &[]), Ok("ListAccessPoints"));
    }
}
