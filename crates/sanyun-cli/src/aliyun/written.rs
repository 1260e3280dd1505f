//! Calls by method and path, `cs GET /clusters`, and calls that the catalog does not know.

use std::collections::BTreeSet;

use sanyun_alibaba::endpoint::{Place, Rule};
use sanyun_alibaba::sign::{SignatureVersion, decoded_pairs};
use sanyun_alibaba::{Input, Method};
use sanyun_catalog::{CallStyle, Catalog, Operation, ParamStyle};
use sanyun_core::{Error, Result, encode};
use serde_json::{Map, Value};

const METHODS: [Method; 6] = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD];

/// A method and a path in place of a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ByPath<'a> {
    method: Method,
    path: &'a str,
}

impl<'a> ByPath<'a> {
    /// Reads the word in the place of the operation and the one behind it; `None` if they are no method and path.
    pub(crate) fn read(operation: &str, next: Option<&'a str>) -> Option<Self> {
        let method = METHODS.into_iter().find(|method| method.as_str() == operation)?;
        let path = next.filter(|path| path.starts_with('/'))?;
        Some(Self { method, path })
    }

    /// The operation of that method and path, and what stands in the path: of several the one with most names in common.
    ///
    /// # Errors
    /// The catalog has no such product, or the product has no such path.
    pub(crate) fn find(
        &self,
        service: &str,
        version: Option<&str>,
    ) -> Result<(Operation<'static>, Map<String, Value>)> {
        let service = Catalog::alibaba().service(service, version).map_err(crate::api::refused)?;
        let path = self.path.split('?').next().unwrap_or_default();
        let fitting =
            service.all_operations().filter(|it| it.style == Some(CallStyle::Roa) && self.method == it.method);
        let found = fitting.filter_map(|operation| Some((matching(&operation, path)?, operation)));
        let found = found.min_by_key(|(parts, _)| parts.len());
        let (parts, operation) = found.ok_or_else(|| self.unknown(service.all_operations()))?;
        let query = decoded_pairs(self.path.split_once('?').map_or("", |(_, query)| query));
        let params = parts.into_iter().chain(query).map(|(name, text)| (name, Value::String(text)));
        Ok((operation, params.collect()))
    }

    /// The error for a path that is not there, with those that begin alike.
    fn unknown<'o>(&self, operations: impl Iterator<Item = Operation<'o>>) -> Error {
        let first = |path: &str| path.split(['/', '?']).nth(1).unwrap_or_default().to_owned();
        let beginning = first(self.path);
        let known = operations.filter(|it| it.style == Some(CallStyle::Roa) && first(it.path) == beginning);
        let known: BTreeSet<String> = known.map(|it| format!("{} {}", it.method, it.path)).collect();
        let known: Vec<String> = known.into_iter().take(5).collect();
        let error = Error::input(format!("the catalog has no `{} {}` of this product", self.method, self.path));
        let force = "--force --version VERSION sends it as it is";
        match known.is_empty() {
            true => error.with_hint(force),
            false => error.with_hint(format!("there are {}; {force}", known.join(", "))),
        }
    }
}

/// What the placeholders of an operation's path stand for in a path; `None` if it is another one.
fn matching(operation: &Operation<'_>, path: &str) -> Option<Vec<(String, String)>> {
    let template = operation.path.split('?').next().unwrap_or_default();
    let mut parts = Vec::new();
    let mut given = path.trim_end_matches('/').split('/').peekable();
    for wanted in template.trim_end_matches('/').split('/') {
        let Some(name) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            if given.next()? != wanted {
                return None;
            }
            continue;
        };
        let mut text = given.next().filter(|text| !text.is_empty())?.to_owned();
        // Some parameters have several segments.
        if operation.param(name).and_then(|param| param.style) == Some(ParamStyle::Raw) {
            for more in given.by_ref() {
                text = format!("{text}/{more}");
            }
        }
        parts.push((name.to_owned(), encode::percent_decode(&text).into_owned()));
    }
    given.peek().is_none().then_some(parts)
}

/// A call that is put together without the catalog.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    service: String,
    version: String,
    /// Empty for a call by path.
    action: String,
    method: Method,
    path: Option<String>,
    body: Option<String>,
    /// Whether the caller says what the body is.
    has_content_type: bool,
}

impl Written {
    /// A call by name.
    pub(crate) fn named(service: &str, version: &str, action: &str, method: Method, body: Option<String>) -> Self {
        let (service, version, action) = (service.to_owned(), version.to_owned(), action.to_owned());
        Self { service, version, action, method, path: None, body, has_content_type: false }
    }

    /// A call by path.
    pub(crate) fn by_path(service: &str, version: &str, path: &ByPath<'_>, body: Option<String>) -> Self {
        let method = path.method.clone();
        Self { path: Some(path.path.to_owned()), ..Self::named(service, version, "", method, body) }
    }

    /// The same, with a body of the type that a header of the call says.
    pub(crate) fn typed_by(self, headers: &[(String, String)]) -> Self {
        Self { has_content_type: headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")), ..self }
    }

    /// The call with these parameters in its query.
    pub(crate) fn input(&self, params: Value) -> Input {
        let service = self.service.clone();
        let input = match &self.path {
            // The signature that needs no name of the operation.
            Some(path) => Input::roa(service, &self.version, &self.action, self.method.clone(), path)
                .signature(SignatureVersion::V1),
            None => Input::rpc(service, &self.version, &self.action).method(self.method.clone()),
        };
        let input = input.query(params).place(self.place());
        match &self.body {
            Some(body) if self.has_content_type => input.bytes(body.clone()),
            Some(body) => input.json_text(body),
            None => input,
        }
    }

    /// Where the product is: of another version if need be.
    fn place(&self) -> Place {
        let found = Place::in_catalog(&self.service, &self.version).or_else(|_| Place::in_catalog(&self.service, ""));
        found.unwrap_or_else(|_| Place::new(self.service.clone(), Rule::Regional))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &str, path: &str) -> Result<(String, Value), (String, String)> {
        let found = ByPath::read(method, Some(path)).unwrap().find("cs", None);
        let told = |error: Error| (error.message().to_owned(), error.hint().unwrap_or_default().to_owned());
        found.map(|(operation, params)| (operation.name.to_owned(), Value::Object(params))).map_err(told)
    }

    #[test]
    fn a_method_and_a_path_name_an_operation() {
        use serde_json::json;
        for (method, path, name, params) in [
            ("GET", "/clusters/c%2d1/nodepools", "DescribeClusterNodePools", json!({"cluster_id": "c-1"})),
            (
                "GET",
                "/clusters/c1/nodepools/?NodepoolName=a+b",
                "DescribeClusterNodePools",
                json!({"cluster_id": "c1", "NodepoolName": "a b"}),
            ),
            ("POST", "/clusters", "CreateCluster", json!({})),
            ("DELETE", "/clusters/c1", "DeleteCluster", json!({"cluster_id": "c1"})),
        ] {
            assert_eq!(find(method, path), Ok((name.to_owned(), params)), "{method} {path}");
        }
    }

    #[test]
    fn a_path_that_is_not_there_is_told() {
        let (message, hint) = find("PUT", "/clusters").unwrap_err();
        assert_eq!(message, "the catalog has no `PUT /clusters` of this product");
        assert!(hint.starts_with("there are DELETE /clusters/{"), "{hint}");
        let (_, hint) = find("GET", "/nope").unwrap_err();
        assert_eq!(hint, "--force --version VERSION sends it as it is");
        let told = ByPath::read("GET", Some("/")).unwrap().find("nope", None).unwrap_err();
        assert!(told.message().contains("nope"), "{told}");
    }

    #[test]
    fn other_words_are_names() {
        assert_eq!(ByPath::read("GET", Some("--x")), None);
        assert_eq!(ByPath::read("GET", None), None);
        assert_eq!(ByPath::read("Get", Some("/x")), None);
    }
}
