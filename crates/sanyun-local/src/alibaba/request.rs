//! What a request asks for, in whichever of the four forms it came: signature V3 in RPC or ROA style, or the signatures
//! 1.0 of either style.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use sanyun_alibaba::sign;
use sanyun_catalog::{Catalog, Operation};

use crate::arrival::Head;
use crate::paths::Paths;

/// Parameters of the RPC signature 1.0 that are no parameters of the operation.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Format",
    "AccessKeyId",
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

    /// The operation, with the arguments of its path.
    pub(super) fn find(&self, head: &Head) -> Option<(Operation<'static>, BTreeMap<String, String>)> {
        let catalog = Catalog::alibaba();
        let operation = self.by_name(catalog, &head.host_name());
        let by_path = || {
            static PATHS: OnceLock<Paths> = OnceLock::new();
            let paths = PATHS.get_or_init(|| Paths::of(Catalog::alibaba()));
            paths.find(catalog, &head.method, &head.path, &head.host_name())
        };
        if let Some(operation) = operation.filter(|operation| operation.placeholders().next().is_none()) {
            return Some((operation, BTreeMap::new()));
        }
        let found = by_path().filter(|found| self.action.is_empty() || found.operation.name == self.action)?;
        let arguments = found.arguments.into_iter().map(|(name, value)| (name.to_owned(), value));
        Some((found.operation, arguments.collect()))
    }

    /// The operation of this name and version: in the product that the host names, else in the first that has it.
    fn by_name(&self, catalog: &'static Catalog, host: &str) -> Option<Operation<'static>> {
        static SERVICES: OnceLock<Services> = OnceLock::new();
        let services =
            SERVICES.get_or_init(|| services(catalog)).get(&(self.action.as_str(), self.version.as_str()))?;
        let product = host.split(['.', '-']).next().unwrap_or_default();
        let service = services.iter().find(|service| **service == product).or(services.first())?;
        catalog.operation(service, Some(&self.version), &self.action).ok()
    }
}

/// The services that have an operation of a name in a version such as `2014-05-26`, in the catalog's order.
type Services = HashMap<(&'static str, &'static str), Vec<&'static str>>;

fn services(catalog: &'static Catalog) -> Services {
    let mut services = Services::new();
    for entry in catalog.services() {
        let names = entry.open().into_iter().flat_map(|service| service.operations());
        for name in names {
            services.entry((name, entry.api_version())).or_default().push(entry.name());
        }
    }
    services
}
