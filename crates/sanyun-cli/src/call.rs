//! `sanyun <cloud> <service> <Operation> [--Param value …]`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use sanyun_catalog::check::check;
use sanyun_catalog::{Catalog, Cloud, Operation};
use sanyun_core::paging::Named;
use sanyun_core::{Call, Error, ErrorKind, Result};
use serde_json::{Map, Value};

use crate::clouds::{self, Account, Request};
use crate::dryrun::Shown;
use crate::options::Options;
use crate::pages::Pages;
use crate::place::Place;
use crate::tccli::{self, Asked};
use crate::terminal::Activity;
use crate::wait::Wait;
use crate::{aliyun, api, args, params, runtime, skeleton, terminal};

/// The words behind the cloud.
pub(crate) struct Words<'a> {
    pub(crate) service: &'a str,
    /// Empty for the newest.
    pub(crate) version: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) params: &'a [String],
}

/// Makes the call, or prints the help that was asked for.
///
/// # Errors
/// Whatever keeps the call from being made or the answer from being printed.
pub(crate) fn run(cloud: Cloud, matches: &ArgMatches, options: &Options) -> Result<()> {
    let all: Vec<String> = matches.get_many::<String>("call").unwrap_or_default().cloned().collect();
    let version = matches.get_one::<String>("api-version").map(String::as_str);
    let leading = leading(&all);
    if let Some(words) = help_wanted(&all, &leading) {
        let page = api::help(cloud, words, version)?;
        return terminal::print(&page).map_err(|error| Error::io("writing the help", error));
    }
    leading.first().map_or(Ok(()), |word| tccli::refuse_command(cloud, word))?;
    let words = words(cloud, &all, &leading, version)?;
    if cloud == Cloud::Alibaba {
        return aliyun::call::run(&words, matches, options);
    }
    let unchecked = matches.get_flag("unchecked");
    let operation = find(cloud, &words, unchecked)?;
    if matches.get_flag("generate-cli-skeleton") {
        return options.print(&skeleton::of(operation.as_ref().ok_or_else(no_skeleton)?));
    }
    let asked = Asked::read(cloud, matches, options)?;
    let options = &asked.options(options);
    let configured = operation.as_ref().filter(|_| words.version.is_empty()).and_then(|it| asked.version(it));
    let words = Words { version: configured.as_deref().unwrap_or(words.version), ..words };
    let operation = if configured.is_some() { find(cloud, &words, unchecked)? } else { operation };
    let mut given = given(matches)?;
    params::merge(&mut given, params::to_json(operation.as_ref(), words.params)?);
    let params = Value::Object(given);
    let wait = Wait::asked(matches, asked.waiter(cloud, matches)?)?;
    let bytes = tccli::upload::asked(matches, operation.as_ref())?;
    let manner = Manner { pages: Pages::asked(matches, operation.as_ref())?, wait, bytes };
    let request = Request {
        cloud,
        service: words.service,
        version: words.version,
        operation: words.operation,
        params: params.clone(),
        unchecked,
        asked: &asked,
    };
    let endpoint = asked.endpoint(words.service, operation.as_ref());
    let result = runtime::block_on(send(request, endpoint, manner, options)).map_err(|error| match error.kind() {
        ErrorKind::Input if error.operation().is_some() && error.hint().is_none() => {
            error.with_hint(hint_at_parameters(cloud, &words, operation.as_ref(), unchecked))
        }
        _ => error,
    });
    if result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Service) {
        note_warnings(operation.as_ref(), &params);
    }
    result
}

/// The words in front of the parameters.
fn leading(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).take_while(|word| !word.starts_with('-')).take(3).collect()
}

/// What help is wanted on: `cvm DescribeZones --help`, or as others have it `cvm DescribeZones help`.
fn help_wanted<'l, 'a>(all: &[String], leading: &'l [&'a str]) -> Option<&'l [&'a str]> {
    let (before, last) = leading.split_last().map_or((leading, ""), |(last, before)| (before, *last));
    let found = all.iter().any(|word| word == "--help" || word == "-h");
    if last == "help" { Some(before) } else { found.then_some(leading) }
}

pub(crate) fn no_skeleton() -> Error {
    Error::input("--generate-cli-skeleton shows what the catalog knows, and it does not have this operation")
}

fn words<'a>(cloud: Cloud, all: &'a [String], leading: &[&'a str], version: Option<&'a str>) -> Result<Words<'a>> {
    let (service, operation) = match leading {
        [service, operation, ..] => (*service, *operation),
        [_] => return Err(Error::input("the operation is missing").with_hint(hint_at_help(cloud, leading))),
        _ => return Err(Error::input("the service is missing").with_hint(hint_at_help(cloud, leading))),
    };
    let (service, own_version) =
        service.split_once('/').map_or((service, None), |(name, version)| (name, Some(version)));
    let version = match (own_version, version) {
        (Some(own), Some(other)) if own != other => {
            return Err(Error::input(format!("two versions are given: `{own}` and `{other}`")));
        }
        (own, other) => own.or(other).unwrap_or_default(),
    };
    Ok(Words { service, version, operation, params: all.get(2..).unwrap_or_default() })
}

fn hint_at_help(cloud: Cloud, leading: &[&str]) -> String {
    let words: Vec<&str> = ["sanyun", cloud.as_str()].into_iter().chain(leading.iter().copied()).collect();
    format!("`{} --help` lists what there is", words.join(" "))
}

pub(crate) fn hint_at_parameters(
    cloud: Cloud,
    words: &Words<'_>,
    operation: Option<&Operation<'_>>,
    unchecked: bool,
) -> String {
    let names = words.params.iter().filter_map(|word| word.strip_prefix("--")).map(|name| name.split('=').next());
    let mut unknown = names.flatten().filter(|name| operation.is_some_and(|it| it.targets(name).is_empty()));
    if let Some(option) = unknown.find_map(|name| args::nearly_own_option(cloud, name)) {
        return format!("did you mean the option --{option}?");
    }
    let help = format!("`sanyun {cloud} {} {} --help` lists the parameters", words.service, words.operation);
    if unchecked { help } else { format!("{help}; --unchecked sends them as they are") }
}

/// The operation in the catalog; one that is not there can be called unchecked if its version is given.
///
/// # Errors
/// The catalog does not have it.
pub(crate) fn find(cloud: Cloud, words: &Words<'_>, unchecked: bool) -> Result<Option<Operation<'static>>> {
    let catalog = Catalog::of(cloud).map_err(|error| Error::config(error.to_string()))?;
    let version = Some(words.version).filter(|version| !version.is_empty());
    match catalog.operation(words.service, version, words.operation) {
        Ok(operation) => Ok(Some(operation)),
        Err(_) if unchecked && version.is_some() => Ok(None),
        Err(error) => Err(api::refused(error)
            .with_hint(format!("`sanyun api search --cloud {cloud} {}` looks for it", spaced(words.operation)))),
    }
}

/// `DescribeInstances` as the words `describe instances`.
fn spaced(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_capital = true;
    for c in name.chars().filter(char::is_ascii_alphanumeric) {
        if c.is_ascii_uppercase() && !after_capital {
            out.push(' ');
        }
        after_capital = c.is_ascii_uppercase();
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The parameters of the file that an option names.
///
/// # Errors
/// It cannot be read, or is no JSON object.
pub(crate) fn given(matches: &ArgMatches) -> Result<Map<String, Value>> {
    matches.get_one::<PathBuf>("params-file").map_or(Ok(Map::new()), |path| read_params(path))
}

fn read_params(path: &Path) -> Result<Map<String, Value>> {
    let content = match path.to_str().unwrap_or_default() {
        // As Tencent Cloud's command line has it.
        json if json.starts_with('{') => Ok(json.as_bytes().to_vec()),
        text => match text.strip_prefix("file://") {
            Some(path) => params::file(&params::expanded(path)),
            None => params::file(path),
        },
    };
    let content =
        content.map_err(|error| Error::io(format!("reading the parameters from {}", path.display()), error))?;
    match serde_json::from_slice(content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content)) {
        Ok(Value::Object(params)) => Ok(params),
        Ok(_) => Err(Error::input(format!("{}: parameters must be a JSON object", path.display()))),
        Err(error) => Err(Error::input(format!("{} is not JSON: {error}", path.display()))),
    }
}

/// How a call is made: once, for each page, or until something holds.
struct Manner {
    pages: Option<Pages>,
    wait: Option<Wait>,
    /// The body of an action that takes raw bytes.
    bytes: Option<Vec<u8>>,
}

impl Manner {
    async fn answer(self, call: Call<Value, Named>, options: &Options) -> Result<Value> {
        match self {
            Self { pages: Some(pages), .. } => pages.collect(call, &Activity::new(false)).await,
            Self { wait: Some(wait), .. } => {
                wait.answer(call, &Arc::new(Activity::new(!options.is_for_programs()))).await
            }
            _ => Ok(call.await?.into_inner()),
        }
    }
}

/// Makes the call. `usual_endpoint` counts where no option says another.
async fn send(request: Request<'_>, usual_endpoint: Option<String>, manner: Manner, options: &Options) -> Result<()> {
    let cloud = request.cloud;
    let place = Place::new(options).await?;
    let result = async {
        let profile = options.profile.as_deref().filter(|_| !options.local);
        let (account, seen) = place.account(clouds::party(cloud, profile, request.asked)?, options)?;
        let account = Account { endpoint: account.endpoint.or(usual_endpoint), ..account };
        if let Some(bytes) = manner.bytes {
            let call = with_headers(tccli::upload::call(request, account, bytes)?, options);
            return match options.dry_run {
                true => Shown::new(&call.preview().await?, &seen).print(options),
                false => options.print_answer(&call.await?.into_inner()),
            };
        }
        let call = with_headers(clouds::call(request, account)?, options);
        if options.dry_run {
            let shown = Shown::new(&call.preview().await?, &seen);
            return shown.print(options);
        }
        options.print_answer(&manner.answer(call, options).await?)
    };
    let result = result.await.map_err(clouds::advise_for(cloud));
    place.leave().await;
    result
}

fn with_headers<O: 'static>(call: Call<Value, O>, options: &Options) -> Call<Value, O> {
    options.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
}

/// What the check would have warned of: often what the service complains about.
pub(crate) fn note_warnings(operation: Option<&Operation<'_>>, params: &Value) {
    let Some(operation) = operation else { return };
    for problem in check(operation, params).warnings() {
        terminal::note(&format!("warning: {problem}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(spaced("DescribeInstances"), "describe instances");
        assert_eq!(spaced("ListVPCs;rm"), "list vpcsrm");
    }

    #[test]
    fn the_version_is_part_of_the_service_or_an_option() {
        let all: Vec<String> = ["vpc/v2", "ListVpcs", "--limit", "1"].map(str::to_owned).to_vec();
        let leading = ["vpc/v2", "ListVpcs"];
        let found = words(Cloud::Huawei, &all, &leading, None).unwrap();
        assert_eq!((found.service, found.version, found.operation), ("vpc", "v2", "ListVpcs"));
        assert_eq!(found.params, ["--limit", "1"]);
        assert!(words(Cloud::Huawei, &all, &leading, Some("v3")).is_err());
        assert!(words(Cloud::Huawei, &all, &leading, Some("v2")).is_ok());
        let missing = words(Cloud::Huawei, &all, &leading[..1], None).map(|_| ()).unwrap_err();
        assert_eq!(missing.hint(), Some("`sanyun huawei vpc/v2 --help` lists what there is"));
    }
}
