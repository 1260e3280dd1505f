//! A call in the way of `tccli`: the profile, the environment and the options count as there, the request is what its own
//! would be, nothing is tried again.

use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use sanyun_catalog::{Catalog, Cloud, LookupError, Operation};
use sanyun_core::{Error, Retry};
use serde_json::{Map, Value};

use super::line::Line;
use super::output::render;
use super::{Stop, answer, params, print};
use crate::clouds::{self, Account, Request};
use crate::options::Options;
use crate::output::Format;
use crate::place::Place;
use crate::query::Query;
use crate::tccli::{Asked, configure, upload};
use crate::terminal::Activity;
use crate::wait::Wait;
use crate::{args, error, runtime, skeleton};

/// How long the service may be silent, in seconds.
const SILENCE: u64 = 60;
/// Where calls go if neither an option, the environment nor a profile says it: what a new profile of `tccli` has.
const REGION: &str = "ap-guangzhou";
/// Options that mean the same to `sanyun tencent`, with their names there.
const SHARED: [(&str, &str); 11] = [
    ("secretId", "secretId"),
    ("secretKey", "secretKey"),
    ("token", "token"),
    ("role-arn", "role-arn"),
    ("role-session-name", "role-session-name"),
    ("region", "region"),
    ("endpoint", "endpoint"),
    ("language", "language"),
    ("profile", "profile"),
    ("https-proxy", "proxy"),
    ("waiter", "waiter"),
];
const WIDTH: usize = 80;

/// Makes the call and prints its answer.
///
/// # Errors
/// Whatever keeps it from being made or its answer from being printed.
pub(super) fn run(service: &str, action: &str, line: &Line) -> Result<(), Stop> {
    let operation = find(service, line.option("version"), action)?;
    if line.has("generate-cli-skeleton") {
        params::refuse_all(&line.rest)?;
        return print(&render(&skeleton::of(&operation), Format::Json, WIDTH).map_err(Stop::failed)?);
    }
    let matches = shared(line)?;
    let options = Options::new(&matches)?;
    let asked = Asked::read(Cloud::Tencent, &matches, &options)?.standing_in(line.option("request-client"));
    let operation = match asked.version(&operation).filter(|_| !line.has("version")) {
        Some(version) => find(service, Some(&version), action)?,
        None => operation,
    };
    let filter = line.option("filter").filter(|text| !text.is_empty()).map(Query::parse).transpose();
    let filter = filter.map_err(|why| Stop::failed(format!("--filter: {why}")))?;
    let call = Call {
        params: params::read(&operation, line)?,
        wait: Wait::asked(&matches, asked.waiter(Cloud::Tencent, &matches)?)?,
        silence: silence(line.option("timeout"))?,
        operation,
        asked: &asked,
        options: &options,
    };
    let answer = call.answer()?;
    let chosen = filter.map_or(Ok(answer.clone()), |filter| filter.apply(&answer));
    let chosen = chosen.map_err(|why| Stop::failed(format!("--filter: {why}")))?;
    let format = line.option("output").and_then(Format::from_word).or(asked.profile.output()).unwrap_or_default();
    print(&render(&chosen, format, terminal_width()).map_err(Stop::failed)?)
}

/// The action in the catalog: in the newest version of the service if it is there and no version is asked for.
fn find(service: &str, version: Option<&str>, action: &str) -> Result<Operation<'static>, Stop> {
    let catalog = Catalog::tencent();
    let newest = || configure::newest(catalog.service(service, None).ok()?.name());
    let in_newest = newest().filter(|_| version.is_none());
    let found = in_newest.and_then(|version| catalog.operation(service, Some(version), action).ok());
    found.map_or_else(|| catalog.operation(service, version, action), Ok).map_err(|failure| {
        let is_version = matches!(failure, LookupError::UnknownVersion { .. });
        let text = error::for_people(&crate::api::refused(failure));
        if is_version { Stop::failed(text) } else { Stop::syntax(text) }
    })
}

/// The options that `sanyun tencent` has, too, as it reads them. The format is that of programs: warnings are left out.
fn shared(line: &Line) -> Result<ArgMatches, Stop> {
    let given = SHARED.iter().filter_map(|(theirs, ours)| Some(format!("--{ours}={}", line.option(theirs)?)));
    let words = ["sanyun", "tencent", "--output=json"].map(str::to_owned).into_iter();
    let switch = line.has("use-cvm-role").then(|| "--use-cvm-role".to_owned());
    let mut matches = args::command()
        .try_get_matches_from(words.chain(given).chain(switch))
        .map_err(|stop| Stop::failed(error::for_people(&args::refusal(&stop))))?;
    matches
        .remove_subcommand()
        .map(|(_, matches)| matches)
        .ok_or_else(|| Stop::failed("the options are not understood"))
}

fn silence(word: Option<&str>) -> Result<Duration, Stop> {
    let seconds = word.map_or(Ok(SILENCE), |word| word.trim().parse().map_err(|_| word));
    match seconds {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err(Stop::failed("--timeout: a whole number of seconds is wanted, more than 0")),
    }
}

/// The columns of the terminal, where it tells them; whoever reads a pipe gets those of an old one.
fn terminal_width() -> usize {
    use std::io::IsTerminal as _;
    let told = crate::place::variable("COLUMNS").and_then(|columns| columns.parse().ok());
    told.filter(|_| std::io::stdout().is_terminal()).unwrap_or(WIDTH)
}

/// What is called, and how.
struct Call<'a> {
    operation: Operation<'static>,
    params: Map<String, Value>,
    wait: Option<Wait>,
    silence: Duration,
    asked: &'a Asked,
    options: &'a Options,
}

impl Call<'_> {
    /// The answer, with all its members.
    fn answer(self) -> Result<Value, Stop> {
        let operation = self.operation.clone();
        let body = match operation.flags.octet_stream {
            true if self.wait.is_some() => {
                return Err(Stop::failed("--waiter would send the same bytes again and again"));
            }
            true => Some(upload::standard_input()?),
            false => None,
        };
        let answer = runtime::block_on(self.send(body)).map_err(clouds::advise_for(Cloud::Tencent))?;
        Ok(answer::completed(&operation, answer))
    }

    async fn send(self, body: Option<Vec<u8>>) -> sanyun_core::Result<Value> {
        let Self { operation, params, wait, silence, asked, options } = self;
        let service = operation.service;
        let (account, _) = Place::new(options).await?.account(clouds::party(Cloud::Tencent, None, asked)?, options)?;
        let mut account = Account {
            endpoint: account.endpoint.or(asked.endpoint(service.name(), Some(&operation))),
            region: account.region.or((!asked.profile.exists()).then(|| REGION.to_owned())),
            ..account
        };
        if account.region.is_none() {
            let hint = "give --region, or write one: `tccli configure set region ap-guangzhou`";
            return Err(Error::config("the profile names no region").with_hint(hint));
        }
        account.settings.retry = Retry::standard().attempts(1);
        account.settings.http = account.settings.http.connect_timeout(silence).read_timeout(silence);
        let request = Request {
            cloud: Cloud::Tencent,
            service: service.name(),
            version: service.meta().api_version,
            operation: operation.name,
            params: Value::Object(params),
            // The service says what is wrong with it.
            unchecked: true,
            asked,
        };
        match (body, wait) {
            (Some(body), _) => Ok(upload::call(request, account, body)?.await?.into_inner()),
            (None, Some(wait)) => wait.answer(clouds::call(request, account)?, &Arc::new(Activity::new(true))).await,
            (None, None) => Ok(clouds::call(request, account)?.await?.into_inner()),
        }
    }
}
