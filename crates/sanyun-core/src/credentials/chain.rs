//! Several sources in order.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Credential, CredentialSource, SourceError};
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::error::{Error, Result};

/// Asks its sources in order; the first that has a credential wins. When none has, the error lists every source and
/// why it had nothing. A source that is broken, rather than empty, stops the search.
pub struct Chain {
    sources: Vec<Arc<dyn CredentialSource>>,
    hint: Cow<'static, str>,
}

impl Chain {
    /// An empty chain.
    pub fn new() -> Self {
        Self {
            sources: Vec::new(),
            hint: Cow::Borrowed("set the environment variables of the first source, or give the keys in code"),
        }
    }

    /// Adds a source at the end.
    #[must_use]
    pub fn then(mut self, source: impl CredentialSource) -> Self {
        self.sources.push(Arc::new(source));
        self
    }

    /// What a person is told to do when no source has a credential.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds all sources of another chain at the end, in their order, and takes its hint.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.sources.extend(other.sources);
        self.hint = other.hint;
        self
    }

    /// Asks every source, also behind the one that would win: what a person wants to see when the wrong key is used.
    pub async fn explain(&self, context: &Context) -> Vec<(String, Result<Credential, SourceError>)> {
        let mut answers = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            answers.push((source.name().into_owned(), source.load(context).await));
        }
        answers
    }

    async fn first(&self, context: &Context) -> Result<Credential, SourceError> {
        let mut reasons = String::new();
        for source in &self.sources {
            match source.load(context).await {
                Ok(credential) => return Ok(credential),
                Err(SourceError::Failed(error)) => return Err(SourceError::Failed(error)),
                Err(SourceError::Absent(reason)) => reasons.push_str(&format!("\n  {}: {reason}", source.name())),
            }
        }
        Err(SourceError::Failed(
            Error::credentials(format!("no credential found; tried in order:{reasons}")).with_hint(self.hint.clone()),
        ))
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl CredentialSource for Chain {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("chain")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.first(context))
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.sources.iter().map(|source| source.name())).finish()
    }
}
