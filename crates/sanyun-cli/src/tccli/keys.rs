//! Who calls: what `tccli`'s options, its environment and its profiles say.

use std::sync::Arc;

use clap::ArgMatches;
use sanyun_core::{Chain, Credential, CredentialSource, Error, Result};
use sanyun_tencent::credentials::{self, AssumeRole, CvmRole, Environment, TccliProfile, TkeOidc};

use super::profile::Profile;
use crate::options::Options;
use crate::{place, terminal};

const ROLE_VARIABLE: &str = "TENCENTCLOUD_ROLE_ARN";
const SESSION_VARIABLE: &str = "TENCENTCLOUD_ROLE_SESSION_NAME";

/// What the options say.
#[derive(Default)]
pub(super) struct Keys {
    given: Option<Credential>,
    /// A role and the name of the session.
    role: Option<(String, String)>,
    of_machine: bool,
}

impl Keys {
    /// Reads the options. A secret among them gets a warning.
    ///
    /// # Errors
    /// Half of two options that belong together, or keys of two kinds.
    pub(super) fn read(matches: &ArgMatches, options: &Options) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let pair = |first: &str, second: &str| match (text(first), text(second)) {
            (Some(first), Some(second)) => Ok(Some((first, second))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Error::input(format!("--{first} is given without --{second}"))),
            (None, Some(_)) => Err(Error::input(format!("--{second} is given without --{first}"))),
        };
        let (keys, role) = (pair("secretId", "secretKey")?, pair("role-arn", "role-session-name")?);
        let of_machine = matches.get_flag("use-cvm-role");
        if of_machine && (keys.is_some() || role.is_some()) {
            let other = if keys.is_some() { "secretId" } else { "role-arn" };
            return Err(Error::input(format!("--use-cvm-role and --{other} exclude each other")));
        }
        if keys.is_none() && matches.contains_id("token") {
            return Err(Error::input("--token is given without --secretId and --secretKey")
                .with_hint("a parameter of this name is written --Token"));
        }
        if keys.is_some() && !options.is_for_programs() {
            terminal::note(
                "warning: --secretKey is seen by whoever lists processes, and shells remember it; set \
                 TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY instead, or use --profile",
            );
        }
        let given = keys.map(|(id, secret)| match text("token") {
            Some(token) => Credential::session(id, secret, token),
            None => Credential::keys(id, secret),
        });
        let given = given.map(|keys| keys.from_source("the command line"));
        Ok(Self { given, role, of_machine })
    }

    /// Where credentials come from.
    pub(super) fn source(&self, profile: &Profile) -> Arc<dyn CredentialSource> {
        if self.of_machine {
            return Arc::new(CvmRole::new());
        }
        let base = match (&self.given, profile.name()) {
            (Some(keys), _) => Chain::new().then(keys.clone()),
            (None, Some(name)) => of_profile(name),
            (None, None) => usual(),
        };
        match self.role(profile) {
            Some((arn, session)) => {
                let sts = profile.of_service("sts", "endpoint").unwrap_or_default();
                Arc::new(AssumeRole::new(base, arn, session).sts_endpoint(sts))
            }
            None => Arc::new(base),
        }
    }

    /// The role of the options; that of the environment if no profile is named.
    fn role(&self, profile: &Profile) -> Option<(String, String)> {
        let of_environment = || Some((place::variable(ROLE_VARIABLE)?, place::variable(SESSION_VARIABLE)?));
        self.role.clone().or_else(|| of_environment().filter(|_| !profile.is_asked_for()))
    }
}

/// A profile of `tccli`, else a section of the file that the SDKs read.
fn of_profile(name: &str) -> Chain {
    Chain::new().then(TccliProfile::named(name)).then(credentials::Profile::named(name))
}

/// The SDK's usual sources, with the profile of `tccli` behind the environment.
fn usual() -> Chain {
    let chain = Chain::new().then(Environment).then(TccliProfile::new()).then(credentials::Profile::default());
    chain.then(CvmRole::probing()).then(TkeOidc::new()).keeping()
}
