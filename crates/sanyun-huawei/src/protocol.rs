//! How Huawei Cloud's gateway wants to be called: the parts of this crate as one [`Protocol`].

use std::sync::Arc;

use http::HeaderName;
use http::header::AUTHORIZATION;
use sanyun_core::{
    Attempt, BoxFuture, CallInfo, CallOptions, Credential, Endpoint, Material, Pipeline, Protocol, Reply, Request,
    Result, ServiceError, Signature, Verdict,
};

use crate::credentials::{self, Ids};
use crate::endpoint::{self, Resolver};
use crate::identity::{self, Identity};
use crate::shape::{self, Input, Places};
use crate::sign::{self, Algorithm, Scope, Signer};
use crate::{error, sign::set_secret};

const X_ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-access-token");
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

/// Which requests are signed with a derived key.
pub(crate) type DerivedWhen = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// What a client was told, and what it remembers.
pub(crate) struct Huawei {
    pub(crate) region: Option<String>,
    /// Given in code; used for every service.
    pub(crate) endpoints: Option<Arc<[Endpoint]>>,
    pub(crate) resolver: Resolver,
    pub(crate) ids: Ids,
    pub(crate) identity: Identity,
    pub(crate) algorithm: Algorithm,
    pub(crate) derived: Option<DerivedWhen>,
    /// For services that have none of their own.
    pub(crate) signing_name: String,
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
            // What is streamed is not unpacked.
            accepts_gzip: !input.streamed,
            shown_headers: SHOWN_HEADERS,
        }
    }

    fn endpoints(&self, input: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        // What is named for this service alone counts more than what is named for all.
        let given = self.resolver.given(&input.service).or(self.endpoints.as_ref());
        let region = options.region().or(self.region.as_deref());
        let endpoints = match (&input.places, options.endpoint(), given) {
            (Places::At(endpoints), ..) => Arc::clone(endpoints),
            (_, Some(own), _) => Arc::from([own.clone()]),
            // Whoever named an endpoint wants no call to go elsewhere, not even one with a region of its own.
            (_, None, Some(given)) => Arc::clone(given),
            (Places::Table(table), ..) => self.resolver.endpoints_of(table, region)?,
            (Places::Found(find), ..) => find(&self.resolver, &input.service, &input.version, region)?,
        };
        match &input.host_label {
            Some(label) => endpoint::with_label(&endpoints, label),
            None => Ok(endpoints),
        }
    }

    fn complete<'a>(
        self: &'a Arc<Self>,
        input: &'a Input,
        options: &'a CallOptions,
        credential: &'a Arc<Credential>,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<Arc<Credential>>>> {
        identity::complete(self, input, options, credential, pipeline)
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
        shape::request(self, input, attempt)
    }

    fn sign(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        match attempt.credential.material() {
            Material::Anonymous => Ok(Signature::default()),
            Material::Bearer(token) => {
                let header = token_header(input);
                if !request.headers.contains_key(AUTHORIZATION) && !request.headers.contains_key(&header) {
                    set_secret(request, header, token)?;
                }
                Ok(Signature::default())
            }
            Material::Keys(_) => {
                let keys = attempt.credential.signing_keys()?;
                let (algorithm, scope) = (self.algorithm(input, request, attempt), self.scope(input, attempt));
                self.signer.sign(request, keys, algorithm, scope, attempt.now)
            }
        }
    }

    fn judge(&self, input: &Input, reply: &Reply) -> Verdict {
        error::parse_of(&input.service, reply).map_or(Verdict::Success, Verdict::from)
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

/// Where a token goes: Huawei Cloud Meeting has users and tokens of its own.
fn token_header(input: &Input) -> HeaderName {
    if input.service == "meeting" { X_ACCESS_TOKEN } else { X_AUTH_TOKEN }
}

impl Huawei {
    /// The client's algorithm, unless the request is signed with a derived key: those the client was told, or else those
    /// of a service with a signing name (IoTDA) to any other endpoint than the region's.
    fn algorithm(&self, input: &Input, request: &Request, attempt: &Attempt<'_>) -> Algorithm {
        // IAM knows no derived keys.
        if input.is_look_up() {
            return if self.algorithm == Algorithm::V11HmacSha256 { Algorithm::HmacSha256 } else { self.algorithm };
        }
        let derives = match &self.derived {
            Some(derived) => derived(request),
            None => {
                let region = attempt.options.region().or(self.region.as_deref());
                !input.signing_name.is_empty() && !sign::is_built_in_host(request.host(), &input.service, region)
            }
        };
        if derives { Algorithm::V11HmacSha256 } else { self.algorithm }
    }

    fn scope<'a>(&'a self, input: &'a Input, attempt: &Attempt<'a>) -> Scope<'a> {
        let region = match input.credential_kind() {
            credentials::GLOBAL => Some(Scope::GLOBE),
            _ => attempt.options.region().or(self.region.as_deref()),
        };
        let service = Some(&input.signing_name).filter(|name| !name.is_empty()).unwrap_or(&self.signing_name);
        Scope { region: region.unwrap_or_default(), service }
    }
}
