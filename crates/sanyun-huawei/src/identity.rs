//! For which project and which account a call is made, where nobody said it: IAM knows.
//!
//! Services of a region want the id of a project, those of the whole account the id of the account. Where neither the
//! client, nor a parameter of the call, nor the credential tells it, IAM is asked before the first call: which project has
//! the region's name, to which account the credential belongs. The answer is remembered for an hour, for all clones of a
//! client; while IAM cannot be asked again an old answer is used.
//!
//! A client that was given an endpoint for all services makes no call to another place, so that it asks only if an
//! endpoint of IAM was named, too.

mod ask;
mod memory;

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::{BoxFuture, CallOptions, Credential, Material, Pipeline, Result, hash};

use crate::credentials::{DOMAIN_ID, IAM_ENDPOINT, PROJECT_ID, STS_ENDPOINT};
use crate::endpoint::{Answering, Authority};
use crate::protocol::Huawei;
use crate::shape::{Account, Input};
use ask::Question;
use memory::{Key, Memory};

/// What a client was told about its project besides an id, and the ids that it found.
#[derive(Default)]
pub(crate) struct Identity {
    /// The name of a project, such as `cn-north-4_team`; the region's own project if unset.
    pub(crate) project_name: Option<String>,
    memory: Memory,
}

impl Identity {
    pub(crate) fn new(project_name: Option<String>) -> Self {
        Self { project_name, memory: Memory::default() }
    }
}

/// The credential with the ids that the call wants and nobody said. `None` if nothing is missing, or nobody may be asked.
pub(crate) fn complete<'a>(
    client: &'a Arc<Huawei>,
    input: &'a Input,
    options: &'a CallOptions,
    credential: &'a Arc<Credential>,
    pipeline: &'a Pipeline,
) -> Option<BoxFuture<'a, Result<Arc<Credential>>>> {
    let caller = Caller { client, input, options, credential, pipeline };
    let (project, domain) = (caller.misses_project(), caller.misses_domain());
    if !project && !domain {
        return None;
    }
    Some(Box::pin(async move {
        let mut completed = Arc::clone(credential);
        if project && let Some(question) = caller.which_project()? {
            completed = caller.answered(completed, question, PROJECT_ID).await?;
        }
        if domain && let Some(question) = caller.which_domain()? {
            completed = caller.answered(completed, question, DOMAIN_ID).await?;
        }
        Ok(completed)
    }))
}

/// One attempt of a call before it is shaped.
#[derive(Clone, Copy)]
struct Caller<'a> {
    client: &'a Arc<Huawei>,
    input: &'a Input,
    options: &'a CallOptions,
    credential: &'a Arc<Credential>,
    pipeline: &'a Pipeline,
}

impl Caller<'_> {
    fn misses_project(&self) -> bool {
        let (known, _) = self.client.ids.of(self.credential);
        let is_said = match self.client.ids.project_id {
            // A name in code counts more than an id from outside, but a token acts for its own project only.
            None if self.client.identity.project_name.is_some() && self.signs() => {
                known.is_some() && self.credential.source() == "static"
            }
            _ => known.is_some(),
        };
        !is_said && self.needs(Account::Project, PROJECT_ID)
    }

    fn misses_domain(&self) -> bool {
        let (_, known) = self.client.ids.of(self.credential);
        known.is_none() && self.needs(Account::Domain, DOMAIN_ID)
    }

    /// Whether the id stands in the path, or in the header with which signed calls say for whom they are made.
    fn needs(&self, account: Account, name: &str) -> bool {
        let may_be_asked_for =
            self.input.signed && !self.input.is_look_up() && !matches!(self.credential.material(), Material::Anonymous);
        // A call that names a project of its own is made for that one, whatever the region's is.
        let by_header = self.input.account == Some(account) && self.signs() && self.input.given(name).is_none();
        may_be_asked_for && (by_header || self.input.wants(name))
    }

    fn signs(&self) -> bool {
        matches!(self.credential.material(), Material::Keys(_))
    }

    fn region(&self) -> Option<&str> {
        self.options.region().or(self.client.region.as_deref())
    }

    fn authority(&self, authority: Authority, attribute: &str) -> Result<Option<Answering>> {
        let isolated = self.options.endpoint().is_some() || self.client.endpoints.is_some();
        self.client.resolver.authority(authority, self.region(), self.credential.attribute(attribute), isolated)
    }

    fn which_project(&self) -> Result<Option<Question>> {
        let Some(name) = self.client.identity.project_name.as_deref().or(self.region()) else { return Ok(None) };
        let iam = self.authority(Authority::Iam, IAM_ENDPOINT)?;
        Ok(iam.map(|iam| Question::Project { name: name.to_owned(), iam: iam.endpoints }))
    }

    fn which_domain(&self) -> Result<Option<Question>> {
        let Some(iam) = self.authority(Authority::Iam, IAM_ENDPOINT)? else { return Ok(None) };
        // As the vendor's SDKs have it, calls without a region do without the header.
        if !iam.named && self.region().is_none() && !self.input.wants(DOMAIN_ID) {
            return Ok(None);
        }
        let sts = self.authority(Authority::Sts, STS_ENDPOINT)?.map(|sts| sts.endpoints);
        Ok(Some(Question::Domain { iam: iam.endpoints, sts }))
    }

    /// The credential with the answer, remembered or asked for.
    async fn answered(
        &self,
        credential: Arc<Credential>,
        question: Question,
        attribute: &'static str,
    ) -> Result<Arc<Credential>> {
        let key = Key {
            attribute,
            caller: self.name(),
            region: self.region().map(Cow::Borrowed),
            endpoints: Cow::Borrowed(question.iam()),
        };
        let slot = self.client.identity.memory.slot(&key);
        let clock = &*self.pipeline.context().clock;
        let id = slot.id(clock, || question.ask(self.client, self.input, self.options, self.pipeline)).await?;
        Ok(slot.completed(credential, attribute, &id))
    }

    /// What stays the same about who calls. Temporary keys change, but the one source of a client goes on to speak for
    /// the same account; keys of a single call are told apart by their ids.
    fn name(&self) -> Cow<'_, str> {
        if self.credential.expires_at().is_some() && !self.options.has_own_credentials() {
            return Cow::Borrowed(self.credential.source());
        }
        match self.credential.material() {
            Material::Keys(keys) => Cow::Borrowed(&keys.id),
            Material::Bearer(token) => Cow::Owned(hash::sha256_hex(token.expose().as_bytes())),
            Material::Anonymous => Cow::Borrowed(""),
        }
    }
}
