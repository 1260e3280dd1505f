//! What a request asks for, in whichever of the four forms it came: signature V3 in RPC or ROA style, or the signatures
//! 1.0 of either style.

use std::collections::BTreeMap;

use sanyun_alibaba::sign;
use sanyun_catalog::{CallStyle, Catalog, Operation};

use super::given;
use super::refusal::Refusal;
use crate::arrival::Head;
use crate::given::Given;
use crate::{choice, template};

/// Parameters of the RPC signature 1.0 that are no parameters of the operation.
const COMMON: [&str; 12] = [
    "Action",
    "Version",
    "Format",
    "AccessKeyId",
    "BearerToken",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureType",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
];

/// What is asked for.
#[derive(Debug)]
pub(super) struct Request {
    /// Empty when only the path tells the operation.
    pub(super) action: String,
    pub(super) version: String,
    /// The operation's own parameters of query and form, decoded.
    pub(super) parameters: BTreeMap<String, String>,
    /// The common parameters of the RPC signature 1.0; empty for the other forms.
    pub(super) common: BTreeMap<String, String>,
    /// The body, if it is a form; empty otherwise.
    pub(super) form: String,
}

impl Request {
    /// Reads a request. Nothing in it can be wrong: what is missing is empty.
    pub(super) fn read(head: &Head, body: &[u8]) -> Self {
        let is_form = head.media_type() == "application/x-www-form-urlencoded";
        let form = if is_form { String::from_utf8_lossy(body).into_owned() } else { String::new() };
        let all = sign::decoded_pairs(&head.query).into_iter().chain(sign::decoded_pairs(&form));
        // In a V3 call these names are the operation's, if anybody's.
        let is_v1_rpc = head.header("authorization").is_empty();
        let (common, parameters): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.partition(|(name, _)| is_v1_rpc && COMMON.contains(&name.as_str()));
        let named = |header: &str, parameter: &str| match head.header(header) {
            "" => common.get(parameter).cloned().unwrap_or_default(),
            value => value.to_owned(),
        };
        Self {
            action: named("x-acs-action", "Action"),
            version: named("x-acs-version", "Version"),
            parameters,
            common,
            form,
        }
    }

    /// The operation. Several products may have one of this name in a version of this date: then the host decides, or
    /// what the request fits best.
    pub(super) fn find(&self, head: &Head, body: &[u8]) -> Option<Found> {
        let candidates = self.candidates(head, body);
        let misfit =
            |found: &Found| found.given.as_ref().map_or((usize::MAX, 0), |given| given.misfit(&found.operation));
        choice::best(candidates, &head.host_name(), |found| &found.operation, misfit)
    }

    /// Of the products with this version: by name where there is one, or by the path alone, as the oldest clients of ROA
    /// style call.
    fn candidates(&self, head: &Head, body: &[u8]) -> Vec<Found> {
        let entries = Catalog::alibaba().services().filter(|entry| entry.api_version() == self.version);
        let services =
            entries.filter(|entry| self.action.is_empty() || entry.operation_names().any(|name| name == self.action));
        let operations = services.filter_map(|entry| entry.open().ok()).flat_map(|service| {
            let named = (!self.action.is_empty()).then(|| service.operation(&self.action).ok()).flatten();
            let others = self.action.is_empty().then(|| service.all_operations());
            named.into_iter().chain(others.into_iter().flatten())
        });
        operations.filter_map(|operation| self.fitting(operation, head, body)).collect()
    }

    /// Of an operation in ROA style, method and path must fit.
    fn fitting(&self, operation: Operation<'static>, head: &Head, body: &[u8]) -> Option<Found> {
        let arguments = match operation.style {
            Some(CallStyle::Roa) => {
                template::arguments(&operation, &head.path).filter(|_| operation.method == head.method.as_str())?
            }
            _ if self.action.is_empty() => return None,
            _ => Vec::new(),
        };
        let given = given::read(&operation, head, self, &arguments, body);
        Some(Found { operation, given })
    }
}

/// An operation that a request may mean, and what it gives to it.
pub(super) struct Found {
    pub(super) operation: Operation<'static>,
    pub(super) given: Result<Given, Refusal>,
}
