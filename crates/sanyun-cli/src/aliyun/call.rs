//! `sanyun alibaba <product> <Action> [--Param value …]`, and calls by path.

use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use sanyun_alibaba::Method;
use sanyun_catalog::check::check;
use sanyun_catalog::{CallStyle, Cloud, Operation};
use sanyun_core::{Call, Error, ErrorKind, Result};
use serde_json::{Map, Value};

use super::columns::{self, Columns};
use super::pager::{self, Pager};
use super::pairs::Pairs;
use super::parameters::Parameters;
use super::written::{ByPath, Written};
use super::{Asked, waiter};
use crate::call::{Words, find, given, hint_at_parameters, no_skeleton, note_warnings};
use crate::clouds::{self, Account};
use crate::dryrun::Shown;
use crate::options::Options;
use crate::pages::Pages;
use crate::place::{Party, Place};
use crate::terminal::Activity;
use crate::wait::Wait;
use crate::{params, runtime, skeleton, terminal};

const CLOUD: Cloud = Cloud::Alibaba;
/// The parameter that names the region of a call.
const REGION: &str = "RegionId";

/// Makes the call.
///
/// # Errors
/// Whatever keeps the call from being made or the answer from being printed.
pub(crate) fn run(words: &Words<'_>, matches: &ArgMatches, options: &Options) -> Result<()> {
    let unchecked = matches.get_flag("unchecked");
    let by_path = ByPath::read(words.operation, words.params.first().map(String::as_str));
    let (operation, in_path) = look_up(words, by_path.as_ref(), unchecked)?;
    if matches.get_flag("generate-cli-skeleton") {
        return options.print(&skeleton::of(operation.as_ref().ok_or_else(no_skeleton)?));
    }
    let rest = words.params.get(usize::from(by_path.is_some())..).unwrap_or_default();
    let body_file = matches.get_one::<String>("body-file").map(Path::new);
    let read = Parameters::read(operation.as_ref(), rest, body_file)?;
    let asked = Asked::read(matches, options)?;
    let options = &asked.options(options);
    let mut all = given(matches)?;
    for over in [in_path, read.members, params::to_json(operation.as_ref(), &read.words)?] {
        params::merge(&mut all, over);
    }
    let region = options.region.clone().or(read.region).or_else(|| asked.region());
    fill_region(&mut all, operation.as_ref(), region.as_deref(), options.local);
    let written = match (&operation, by_path) {
        (None, Some(path)) => Some(Written::by_path(words.service, words.version, &path, read.body)),
        (None, None) => Some(unknown(words, matches, read.body)),
        (Some(operation), _) => by_method(operation, matches, &mut all, unchecked)?,
    };
    let request = Request {
        words,
        way: Way::read(matches, operation.as_ref())?,
        written: written.map(|written| written.typed_by(&options.headers)),
        // The version in which it was found, which a path needs.
        name: operation.as_ref().map_or(words.operation, |it| it.name),
        version: operation.as_ref().map_or(words.version, |it| it.service.meta().api_version),
        params: all.clone(),
        unchecked,
        region,
    };
    let table = columns(matches)?;
    let result = runtime::block_on(request.send(asked, options)).map_err(|error| match error.kind() {
        ErrorKind::Input if error.hint().is_none() => {
            error.with_hint(hint_at_parameters(CLOUD, words, operation.as_ref(), unchecked))
        }
        _ => error,
    });
    if result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Service) {
        note_warnings(operation.as_ref(), &Value::Object(all));
    }
    match result? {
        Some(answer) if !matches.get_flag("quiet") => print(&answer, table.as_ref(), options),
        _ => Ok(()),
    }
}

/// The operation of a name or a path, and what stands in the path. One that the catalog does not have can be called all
/// the same if its version is given.
fn look_up(
    words: &Words<'_>,
    by_path: Option<&ByPath<'_>>,
    unchecked: bool,
) -> Result<(Option<Operation<'static>>, Map<String, Value>)> {
    let Some(path) = by_path else { return Ok((find(CLOUD, words, unchecked)?, Map::new())) };
    let version = Some(words.version).filter(|version| !version.is_empty());
    match path.find(words.service, version) {
        Ok((operation, params)) => Ok((Some(operation), params)),
        Err(_) if unchecked && version.is_some() => Ok((None, Map::new())),
        Err(error) => Err(error),
    }
}

/// The call of an action that the catalog does not know.
fn unknown(words: &Words<'_>, matches: &ArgMatches, body: Option<String>) -> Written {
    Written::named(words.service, words.version, words.operation, method(matches).unwrap_or(Method::POST), body)
}

fn method(matches: &ArgMatches) -> Option<Method> {
    matches.get_one::<String>("method").and_then(|word| word.parse().ok())
}

/// The call with the method that an option says, if it is another than the catalog's.
fn by_method(
    operation: &Operation<'_>,
    matches: &ArgMatches,
    params: &mut Map<String, Value>,
    unchecked: bool,
) -> Result<Option<Written>> {
    let Some(method) = method(matches).filter(|method| *method != operation.method) else { return Ok(None) };
    if operation.style == Some(CallStyle::Roa) {
        let why = format!("--method: {} is {} {}", operation.name, operation.method, operation.path);
        return Err(Error::input(why).with_hint("an operation that is called by its path has one method"));
    }
    let found = check(operation, &Value::Object(std::mem::take(params)));
    if !found.is_ok() && !unchecked {
        let problems: Vec<String> = found.errors().map(ToString::to_string).collect();
        return Err(Error::input(problems.join("; ")));
    }
    if let Value::Object(fit) = found.value {
        *params = fit;
    }
    let service = operation.service;
    Ok(Some(Written::named(service.name(), service.meta().api_version, operation.name, method, None)))
}

/// The region as a parameter, where the operation has one and it is not given.
fn fill_region(params: &mut Map<String, Value>, operation: Option<&Operation<'_>>, region: Option<&str>, local: bool) {
    let takes_region = operation.is_some_and(|it| !it.targets(REGION).is_empty());
    let region = region.or(local.then_some(clouds::some_region(CLOUD)));
    if let Some(region) = region.filter(|_| takes_region && !params.contains_key(REGION)) {
        params.insert(REGION.to_owned(), region.into());
    }
}

fn columns(matches: &ArgMatches) -> Result<Option<Columns>> {
    Pairs::read(matches, "columns", &columns::NAMES)?.map(|pairs| Columns::read(&pairs)).transpose()
}

/// How a call is made.
enum Way<'o> {
    Once,
    Pages(Pager<'o>),
    Wait(Wait),
}

impl<'o> Way<'o> {
    /// Reads the options.
    ///
    /// # Errors
    /// They cannot be understood, or exclude each other.
    fn read(matches: &ArgMatches, operation: Option<&'o Operation<'static>>) -> Result<Self> {
        let waiter = Pairs::read(matches, "waiter", &waiter::NAMES)?.map(|pairs| waiter::read(&pairs)).transpose()?;
        let wait = Wait::asked(matches, waiter)?;
        let pages = Pages::asked(matches, operation)?;
        let pager = Pairs::read(matches, "pager", &pager::NAMES)?;
        match (pager, pages, wait) {
            (Some(_), _, Some(_)) => Err(Error::input("--pager excludes --wait and --waiter")),
            (Some(pairs), pages, None) => {
                Pager::read(&pairs, operation, pages.and_then(|pages| pages.most())).map(Self::Pages)
            }
            (None, Some(pages), _) => Pager::read(&Pairs::default(), operation, pages.most()).map(Self::Pages),
            (None, None, Some(wait)) => Ok(Self::Wait(wait)),
            (None, None, None) => Ok(Self::Once),
        }
    }
}

/// What is called, and how.
struct Request<'a> {
    words: &'a Words<'a>,
    name: &'a str,
    version: &'a str,
    params: Map<String, Value>,
    /// For calls that are put together here.
    written: Option<Written>,
    unchecked: bool,
    way: Way<'a>,
    region: Option<String>,
}

impl Request<'_> {
    /// Makes the call; its answer, unless it was only shown.
    async fn send(self, asked: Asked, options: &Options) -> Result<Option<Value>> {
        let place = Place::new(options).await?;
        let result = self.send_to(&place, asked, options).await.map_err(clouds::advise_for(CLOUD));
        place.leave().await;
        result
    }

    async fn send_to(self, place: &Place, asked: Asked, options: &Options) -> Result<Option<Value>> {
        let (scheme, network, endpoint) = (asked.scheme, asked.network(), asked.endpoint());
        let some_region = clouds::some_region(CLOUD);
        let party = Party { region: self.region.clone(), some_region, credentials: asked.credentials() };
        let (account, seen) = place.account(party, options)?;
        let account = Account { endpoint: account.endpoint.or(endpoint), ..account };
        let client = clouds::alibaba_client(account, scheme, network)?;
        let call = |params: Value| -> Call<Value> {
            let call = match (&self.written, self.unchecked) {
                (Some(written), _) => client.send(written.input(params)),
                (None, false) => client.invoke(self.words.service, self.version, self.name, params).map(Ok),
                (None, true) => client.invoke_unchecked(self.words.service, self.version, self.name, params).map(Ok),
            };
            options.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
        };
        let params = Value::Object(self.params.clone());
        if options.dry_run {
            Shown::new(&call(params).preview().await?, &seen).print(options)?;
            return Ok(None);
        }
        let activity = Activity::new(false);
        let answer = match self.way {
            Way::Once => call(params).await?.into_inner(),
            Way::Pages(pager) => {
                let page = |params: Value| async { Ok(call(params).await?.into_inner()) };
                pager.collect(self.params.clone(), page, &activity).await?
            }
            Way::Wait(wait) => wait.answer(call(params), &Arc::new(Activity::new(!options.is_for_programs()))).await?,
        };
        Ok(Some(answer))
    }
}

/// Prints the answer, or the part of it that was asked for.
fn print(answer: &Value, table: Option<&Columns>, options: &Options) -> Result<()> {
    let Some(table) = table else { return options.print_answer(answer) };
    let chosen = options.chosen(answer)?;
    let text = table.table(chosen.as_ref().unwrap_or(answer))?;
    terminal::print(&text).map_err(|error| Error::io("writing the answer", error))
}
