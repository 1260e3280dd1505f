//! How Huawei Cloud's gateway wants to be called: the parts of this crate as one [`Protocol`].

use std::sync::Arc;

use http::HeaderName;
use http::header::AUTHORIZATION;
use sanyun_core::{
    Attempt, CallInfo, CallOptions, Endpoint, Material, Protocol, Reply, Request, Result, ServiceError, Signature,
    Verdict,
};

use crate::credentials::Ids;
use crate::endpoint::{self, Resolver};
use crate::shape::{self, Account, Input, Places};
use crate::sign::{self, Algorithm, Scope, Signer};
use crate::{error, sign::set_secret};

const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Headers of Huawei Cloud that tell nothing about keys.
pub(crate) const SHOWN_HEADERS: &[&str] = &[
    "x-domain-id",
    "x-iam-trace-id",
    "x-obs-request-id",
    "x-openstack-request-id",
    "x-project-id",
    "x-sdk-content-sha256",
    "x-sdk-content-sm3",
    "x-sdk-date",
];

/// What a client was told, and what it remembers.
pub(crate) struct Huawei {
    pub(crate) region: Option<String>,
    /// Given in code; used for every service.
    pub(crate) endpoints: Option<Arc<[Endpoint]>>,
    pub(crate) resolver: Resolver,
    pub(crate) ids: Ids,
    pub(crate) algorithm: Algorithm,
    pub(crate) signer: Signer,
    pub(crate) omit_content_type_on_get: bool,
}

impl Protocol for Huawei {
    type Input = Input;

    fn info<'a>(&'a self, input: &'a Input) -> CallInfo<'a> {
        CallInfo {
            cloud: "huawei",
            service: &input.service,
            operation: &input.operation,
            idempotent: input.is_idempotent(),
            signed: input.signed,
            credential_kind: input.credential_kind(),
            accepts_gzip: true,
            shown_headers: SHOWN_HEADERS,
        }
    }

    fn endpoints(&self, input: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        let endpoints = match (options.endpoint(), &self.endpoints) {
            (Some(own), _) => Arc::from([own.clone()]),
            // Whoever named an endpoint wants no call to go elsewhere, not even one with a region of its own.
            (None, Some(given)) => Arc::clone(given),
            (None, None) => {
                let region = options.region().or(self.region.as_deref());
                match input.places {
                    Places::Table(table) => self.resolver.endpoints_of(table, region)?,
                    Places::Found(find) => find(&self.resolver, &input.service, &input.version, region)?,
                }
            }
        };
        match &input.host_label {
            Some(label) => endpoint::with_label(&endpoints, label),
            None => Ok(endpoints),
        }
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
        shape::request(self, input, attempt)
    }

    fn sign(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        match attempt.credential.material() {
            Material::Anonymous => Ok(Signature::default()),
            Material::Bearer(token) => {
                if !request.headers.contains_key(AUTHORIZATION) && !request.headers.contains_key(X_AUTH_TOKEN) {
                    set_secret(request, X_AUTH_TOKEN, token)?;
                }
                Ok(Signature::default())
            }
            Material::Keys(_) => {
                let keys = attempt.credential.signing_keys()?;
                let (algorithm, scope) = (self.algorithm(input, request), self.scope(input, attempt));
                self.signer.sign(request, keys, algorithm, scope, attempt.now)
            }
        }
    }

    fn judge(&self, _: &Input, reply: &Reply) -> Verdict {
        error::parse(reply).map_or(Verdict::Success, Verdict::from)
    }

    fn streams(&self, input: &Input, _: &Reply) -> bool {
        input.streamed
    }

    fn request_id(&self, _: &Input, reply: &Reply) -> Option<String> {
        error::request_id(reply).map(str::to_owned)
    }

    fn hint(&self, _: &Input, error: &ServiceError, signature: &Signature) -> Option<String> {
        error::hint(error, signature)
    }
}

impl Huawei {
    /// The client's algorithm, unless the service derives its keys outside the regional gateways.
    fn algorithm(&self, input: &Input, request: &Request) -> Algorithm {
        let derives = !input.signing_name.is_empty() && !sign::is_standard_host(request.host());
        if derives { Algorithm::V11HmacSha256 } else { self.algorithm }
    }

    fn scope<'a>(&'a self, input: &'a Input, attempt: &Attempt<'a>) -> Scope<'a> {
        let region = match input.account {
            Some(Account::Domain) => Some(Scope::GLOBE),
            Some(Account::Project) | None => attempt.options.region().or(self.region.as_deref()),
        };
        Scope { region: region.unwrap_or_default(), service: &input.signing_name }
    }
}
