//! What the commands of OSS share: the client, and what was asked for.

use std::sync::Arc;

use clap::ArgMatches;
use sanyun_core::{Chain, Error, Response, Result};
use sanyun_oss::operation::Product;
use sanyun_oss::{Action, Bucket, Builder, Client, FromReply, Transfers};
use serde_json::Value;

use crate::clouds::{advise, no_profile};
use crate::dryrun::{Seen, Shown};
use crate::options::Options;
use crate::place::{Party, Place, variable};
use crate::terminal;

const KEY_VARIABLES: (&str, &str) = ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET");

/// A client and where it calls.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) options: Options,
    place: Place,
    seen: Seen,
}

impl Session {
    /// Starts the local cloud if it is asked for, and builds the client.
    ///
    /// # Errors
    /// A setting is wrong.
    pub(super) async fn new(options: Options, arguments: &ArgMatches) -> Result<Self> {
        let place = Place::new(&options).await?;
        let profile = options.profile.as_deref().filter(|_| !options.local);
        let (account, seen) = place.account(party(profile)?, &options)?;
        let mut builder = Client::builder().settings(account.settings);
        builder = account.region.into_iter().fold(builder, Builder::region);
        builder = account.endpoint.into_iter().fold(builder, Builder::endpoint);
        if let Some(rate) = given::<u64>(arguments, "limit-rate") {
            builder = builder.transfers(Transfers::new().bandwidth(*rate));
        }
        if let Some(product) = given::<String>(arguments, "product") {
            builder = builder.product(product_of(product));
        }
        builder = given::<String>(arguments, "account-id").cloned().into_iter().fold(builder, Builder::account_id);
        let client = builder.build()?;
        Ok(Self { client, options, place, seen })
    }

    pub(super) fn bucket(&self, name: &str) -> Bucket {
        self.client.bucket(name)
    }

    /// The action with the headers that were asked for.
    pub(super) fn prepared<T>(&self, action: Action<T>) -> Action<T> {
        self.options.headers.iter().fold(action, |action, (name, value)| action.header(name, value))
    }

    /// Makes a call; `None` for a dry run, which is printed.
    ///
    /// # Errors
    /// As the call.
    pub(super) async fn call<T: FromReply>(&self, action: Action<T>) -> Result<Option<Response<T>>> {
        let action = self.prepared(action);
        if self.options.dry_run {
            let preview = action.preview().await.map_err(Self::advised)?;
            return Shown::new(&preview, &self.seen).print(&self.options).map(|()| None);
        }
        action.await.map(Some).map_err(Self::advised)
    }

    /// The error with advice for somebody at a shell.
    pub(super) fn advised(error: Error) -> Error {
        advise(error, KEY_VARIABLES)
    }

    /// Tells the result: as text for people, or in the format that was asked for.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn tell(&self, text: &str, value: impl FnOnce() -> Value) -> Result<()> {
        if self.options.asks_format() {
            return self.options.print_answer(&value());
        }
        terminal::print(text).map_err(|error| Error::io("writing", error))
    }

    /// Stops the local cloud.
    pub(super) async fn leave(self) {
        self.place.leave().await;
    }
}

/// An argument that not every command has.
pub(super) fn given<'a, T: Clone + Send + Sync + 'static>(arguments: &'a ArgMatches, name: &str) -> Option<&'a T> {
    arguments.try_get_one::<T>(name).ok().flatten()
}

/// A switch that not every command has.
pub(super) fn flag(arguments: &ArgMatches, name: &str) -> bool {
    given::<bool>(arguments, name) == Some(&true)
}

/// The values of an argument that not every command has.
pub(super) fn values<'a>(arguments: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    arguments.try_get_many::<String>(name).ok().flatten().into_iter().flatten().map(String::as_str)
}

/// The product that a word names.
pub(super) fn product_of(word: &str) -> Product {
    match word {
        "vectors" => Product::Vectors,
        "tables" => Product::Tables,
        "data-process" => Product::DataProcess,
        "agentic" => Product::Agentic,
        _ => Product::Oss,
    }
}

fn party(profile: Option<&str>) -> Result<Party> {
    if let Some(name) = profile {
        return Err(no_profile("OSS", name, KEY_VARIABLES));
    }
    let chain = Chain::new().then(sanyun_oss::credentials::Environment).then(sanyun_alibaba::credentials::Environment);
    Ok(Party {
        region: variable("OSS_REGION").or_else(|| variable("ALIBABA_CLOUD_REGION_ID")),
        some_region: "cn-hangzhou",
        credentials: Arc::new(chain),
    })
}
