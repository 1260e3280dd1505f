//! A program that prints keys, or a profile.

use std::borrow::Cow;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Result, SourceError};

use super::config::Place;
use super::modes;
use crate::credentials::ExternalProcess;

const NAME: &str = "external";

/// The program of a profile.
pub(super) struct External {
    process: ExternalProcess,
    place: Place,
    /// The profiles that lead here, itself the last.
    asked: Vec<String>,
}

impl External {
    pub(super) fn new(command: &str, place: Place, asked: &[&str]) -> Self {
        let asked = asked.iter().map(|name| (*name).to_owned()).collect();
        Self { process: ExternalProcess::new(command), place, asked }
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let printed = self.process.run(context).await?;
        if printed.is_keys() {
            let credential = printed.credential(context)?;
            // The keys are good even where the file cannot be written.
            let _ = self.place.write(context, NAME, printed.members());
            return Ok(credential);
        }
        let config = self.place.with(context, &printed.0)?;
        let mut asked = self.asked.iter().map(String::as_str).collect();
        let profile = config.profile(&self.place.profile).filter(|profile| {
            // It would run for ever.
            profile.get("mode").is_some_and(|mode| !mode.eq_ignore_ascii_case(NAME))
        });
        let profile = profile.ok_or_else(|| Error::credentials(format!("{NAME}: the program printed its own mode")))?;
        modes::source(context, &config, profile, &mut asked)?.load(context).await
    }
}

impl CredentialSource for External {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
