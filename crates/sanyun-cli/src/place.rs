//! Where calls go: the cloud itself, an endpoint, or the embedded local cloud.

use std::sync::Arc;

use sanyun_core::{Credential, CredentialSource, Error, Result, Settings};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};

use crate::clouds::Account;
use crate::dryrun::{Seen, Witness};
use crate::options::Options;

/// The project of calls to the local cloud, where any will do.
const LOCAL_PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// What one cloud wants to know before it can be called.
pub(crate) struct Party {
    /// The region that the environment or a profile names.
    pub(crate) region: Option<String>,
    /// A region for the local cloud, where any will do.
    pub(crate) some_region: &'static str,
    /// Where credentials come from.
    pub(crate) credentials: Arc<dyn CredentialSource>,
}

/// Where calls go.
pub(crate) struct Place {
    local: Option<Local>,
}

impl Place {
    /// Starts the local cloud if it is asked for.
    ///
    /// # Errors
    /// The local cloud cannot start.
    pub(crate) async fn new(options: &Options) -> Result<Self> {
        if !options.local {
            return Ok(Self { local: None });
        }
        let mut builder = Local::builder();
        if let Some(folder) = &options.local_data {
            builder = builder.data_dir(folder);
        }
        let local = builder.start().await.map_err(|error| Error::io("starting the local cloud", error))?;
        Ok(Self { local: Some(local) })
    }

    /// The address of the local cloud.
    pub(crate) fn local_url(&self) -> Option<String> {
        self.local.as_ref().map(Local::url)
    }

    /// Who calls, and where. The secrets that a dry run has to mask are remembered.
    ///
    /// # Errors
    /// The access log cannot be opened.
    pub(crate) fn account(&self, party: Party, options: &Options) -> Result<(Account, Seen)> {
        let region = options.region.clone().or(party.region);
        let source = if self.local.is_some() { Arc::new(local_key()) } else { party.credentials };
        let seen = Seen::default();
        let settings = Settings { credentials: Some(Arc::new(Witness::new(source, &seen))), ..options.settings()? };
        let account = match self.local_url() {
            Some(url) => Account {
                settings,
                region: region.or_else(|| Some(party.some_region.to_owned())),
                endpoint: Some(url.clone()),
                project_id: Some(LOCAL_PROJECT.to_owned()),
                iam_endpoint: Some(url),
            },
            None => {
                Account { settings, region, endpoint: options.endpoint.clone(), project_id: None, iam_endpoint: None }
            }
        };
        Ok((account, seen))
    }

    /// Stops the local cloud.
    pub(crate) async fn leave(self) {
        if let Some(local) = self.local {
            local.shutdown().await;
        }
    }
}

/// The key that the local cloud always knows.
pub(crate) fn local_key() -> Credential {
    Credential::keys(ACCESS_KEY, SECRET_KEY)
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
