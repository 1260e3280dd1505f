//! `sanyun api` and the help of calls: what the catalog knows.

mod command;
mod example;
mod operation;
mod rust;
mod tree;

use std::fmt::Write as _;

use clap::ArgMatches;
use sanyun_catalog::{Catalog, Cloud, LookupError, Operation, Service, ServiceEntry, search};
use sanyun_core::{Error, Result};
use serde_json::{Value, json};

pub(crate) use operation::option;

use crate::options::Options;
use crate::{args, clouds, terminal};

/// The command that only Huawei Cloud has.
const TOKEN_COMMAND: &str = "A command of its own:\n  token                         logs in with user and password and prints the token; `sanyun huawei token --help`\n\n";

/// The grammar of parameters.
const PARAMETERS: &str = "\
Parameters:
  --Name VALUE                  by the name of the wire; case, - and _ do not matter
  --Ids A B C, --Ids A --Ids B  lists
  --Filters.0.Name VALUE        parts of structures; items of lists are numbered from 0 or from 1, without gaps
  --Filters Name=zone,Values=[a,b]
                                the same in short; a Name that comes again begins the next item of a list
  --Filters '[{\"Name\": ...}]'   the same as JSON
  --Name @FILE, file://FILE     what is in a file, @- for standard input; fileb://FILE for its bytes in Base64;
                                a text that begins with @ is written @@
  --body '{...}'                the whole body, where there is one
  --Timeout VALUE               a parameter that is called like an option of sanyun begins with a capital letter
";

/// The options that only calls have.
const CALL_OPTIONS: &str = "\
Options (further ones: sanyun --help):
  --api-version VERSION         the version of the service's API; by default the newest
  --params-file FILE            parameters as a JSON object, - for standard input; those written out go over it
  --unchecked                   send although the parameters do not fit what the catalog knows
  --all, --max-items N          follow the pages of a list, up to the end or to so many items; the answer is the first
                                page with the items of all
  --generate-cli-skeleton       print the request as JSON with types as values, and send nothing
  --wait CONDITION              call again until the condition holds, such as 'Instances[].State==RUNNING': JMESPath, and
                                of a list all items must fit; words right of == are texts
  --wait-interval SECONDS       how long to wait between calls (default 5)
  --wait-timeout SECONDS        when to give up, with exit code 5 (default 600)
";

const SHOW_USAGE: &str =
    "sanyun api show [CLOUD] SERVICE [VERSION] OPERATION, such as: sanyun api show huawei vpc CreateVpc";

/// Runs `sanyun api …`.
///
/// # Errors
/// A name that is not in the catalog; standard output cannot be written.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, arguments)) = matches.subcommand() else { return Err(args::no_command("sanyun api")) };
    let options = Options::new(arguments)?;
    let words: Vec<&str> = arguments.get_many::<String>("words").unwrap_or_default().map(String::as_str).collect();
    let page = match name {
        "search" => found(&words, arguments)?,
        "show" => {
            let levels = arguments.get_one::<u32>("depth").map(|levels| *levels as usize);
            operation::page(&shown(&words)?, levels)
        }
        _ => listed(&words)?,
    };
    page.print(&options)
}

/// What `[CLOUD [SERVICE [VERSION]]]` names.
fn listed(words: &[&str]) -> Result<Page> {
    let slashed: Vec<&str> = words.iter().flat_map(|word| word.split('/')).collect();
    let words = slashed.as_slice();
    let Some((cloud, words)) = words.split_first() else { return all_clouds() };
    let catalog = catalog(args::cloud_word(cloud).map_err(Error::input)?)?;
    match *words {
        [] => Ok(services(catalog)),
        [service] => Ok(operations(catalog.service(service, None).map_err(refused)?)),
        [service, version, ..] => Ok(operations(catalog.service(service, Some(version)).map_err(refused)?)),
    }
}

/// The operation that `[CLOUD] SERVICE [VERSION] OPERATION` names; without a cloud it must be on one alone.
fn shown(words: &[&str]) -> Result<Operation<'static>> {
    // `huawei/vpc/v2/ListVpcs` means the same as four words.
    let slashed: Vec<&str> = words.iter().flat_map(|word| word.split('/')).collect();
    let words = slashed.as_slice();
    let (cloud, words) = match words {
        [first, rest @ ..] if args::cloud_word(first).is_ok() => (args::cloud_word(first).ok(), rest),
        _ => (None, words),
    };
    let (service, version, name) = match *words {
        [service, version, name] => (service, Some(version), name),
        [service, name] => (service, None, name),
        _ => return Err(Error::input("a service and an operation are wanted").with_hint(SHOW_USAGE)),
    };
    let catalogs = cloud.map_or(Cloud::ALL.to_vec(), |cloud| vec![cloud]);
    let found = catalogs.into_iter().map(|cloud| Ok(catalog(cloud)?.operation(service, version, name)));
    let found = found.collect::<Result<Vec<_>>>()?;
    let clouds: Vec<&str> = found.iter().flatten().map(|operation| operation.service.cloud().as_str()).collect();
    if clouds.len() > 1 {
        return Err(Error::input(format!("`{service} {name}` is on several clouds: {}", clouds.join(", ")))
            .with_hint(SHOW_USAGE));
    }
    // Of several refusals the one of a cloud that has the service tells most.
    let refusal = |error: &LookupError| matches!(error, LookupError::UnknownService { .. });
    let best =
        found.into_iter().min_by_key(|found| found.as_ref().map_or_else(|error| 1 + u8::from(refusal(error)), |_| 0));
    match best {
        Some(Err(LookupError::UnknownService { .. })) if cloud.is_none() => Err(no_service(service)),
        Some(found) => found.map_err(refused),
        None => Err(no_service(service)),
    }
}

fn no_service(service: &str) -> Error {
    Error::input(format!("no cloud has a service `{service}` in the catalog"))
        .with_hint("`sanyun api list CLOUD` lists the services")
}

/// The help of a call, as far as it has been typed.
///
/// # Errors
/// A name that is not in the catalog.
pub(crate) fn help(cloud: Cloud, words: &[&str], version: Option<&str>) -> Result<String> {
    let command = format!("sanyun {cloud}");
    let Some((service, operation)) = words.split_first() else {
        return Ok(format!(
            "Call an operation of {title}.\n\n\
             Usage: {command} [OPTIONS] <SERVICE>[/VERSION] <OPERATION> [--Param VALUE]...\n       \
             {command} <SERVICE> --help              lists the operations of a service\n       \
             {command} <SERVICE> <OPERATION> --help  lists the parameters of an operation\n\n\
             {own}{PARAMETERS}\n{CALL_OPTIONS}\n{guest}Services:\n{services}",
            own = if cloud == Cloud::Huawei { TOKEN_COMMAND } else { "" },
            guest = guest(cloud),
            title = clouds::title(cloud),
            services = services(catalog(cloud)?).text
        ));
    };
    let (service, own_version) = split(service);
    let version = own_version.or(version);
    let Some(operation) = operation.first() else {
        let service = catalog(cloud)?.service(service, version).map_err(refused)?;
        return Ok(format!(
            "Usage: {command} {name}/{version} <OPERATION> [--Param VALUE]...\n\nOperations:\n{list}",
            name = service.name(),
            version = service.meta().api_version,
            list = operations(service).text
        ));
    };
    let operation = catalog(cloud)?.operation(service, version, operation).map_err(refused)?;
    Ok(operation::page(&operation, None).text)
}

/// The part of the help for users of the vendor's own command line.
fn guest(cloud: Cloud) -> String {
    match cloud {
        Cloud::Huawei => String::new(),
        Cloud::Tencent => format!("{}\n", crate::tccli::HELP),
        Cloud::Alibaba => format!("{}\n", crate::aliyun::HELP),
    }
}

/// The same for people and for programs.
struct Page {
    text: String,
    value: Value,
}

impl Page {
    fn print(&self, options: &Options) -> Result<()> {
        if options.asks_format() {
            return options.print(&self.value);
        }
        terminal::print(&self.text).map_err(|error| Error::io("writing", error))
    }
}

fn catalog(cloud: Cloud) -> Result<&'static Catalog> {
    Catalog::of(cloud).map_err(|error| Error::config(error.to_string()))
}

/// What is not in the catalog, with versions as the vendor writes them.
pub(crate) fn refused(mut error: LookupError) -> Error {
    match &mut error {
        LookupError::UnknownVersion { known, .. } => known.iter_mut().for_each(|version| *version = dashed(version)),
        LookupError::UnknownOperation { version, elsewhere, .. } => {
            *version = dashed(version).into();
            elsewhere.iter_mut().for_each(|(_, version)| *version = dashed(version));
        }
        _ => {}
    }
    Error::input(error.to_string())
}

/// The catalog's `v20170312` or `20170312` as the vendor's `2017-03-12`; other versions stay as they are.
fn dashed(version: &str) -> String {
    let digits = version.strip_prefix('v').unwrap_or(version);
    match (digits.get(..4), digits.get(4..6), digits.get(6..)) {
        (Some(year), Some(month), Some(day)) if day.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => version.to_owned(),
    }
}

/// `vpc/v2` is a service and its version.
fn split(service: &str) -> (&str, Option<&str>) {
    service.split_once('/').map_or((service, None), |(service, version)| (service, Some(version)))
}

fn all_clouds() -> Result<Page> {
    let mut page = Page { text: String::new(), value: json!([]) };
    let mut rows = Vec::new();
    for cloud in Cloud::ALL {
        let entries: Vec<ServiceEntry<'_>> = catalog(cloud)?.services().collect();
        let operations: usize = entries.iter().map(ServiceEntry::operation_count).sum();
        let _ = writeln!(
            page.text,
            "  {:8} {:14} {:4} service versions {:6} operations",
            cloud.as_str(),
            clouds::title(cloud),
            entries.len(),
            operations
        );
        rows.push(json!({"cloud": cloud.as_str(), "service_versions": entries.len(), "operations": operations}));
    }
    page.value = rows.into();
    Ok(page)
}

fn services(catalog: &Catalog) -> Page {
    let rows: Vec<[String; 3]> = catalog
        .services()
        .map(|entry| {
            let name = format!("{}/{}", entry.name(), entry.api_version());
            let product = if entry.product() == entry.name() { "" } else { entry.product() };
            [name, product.to_owned(), format!("{} operations", entry.operation_count())]
        })
        .collect();
    let value = catalog.services().map(|entry| {
        json!({
            "service": entry.name(),
            "version": entry.api_version(),
            "product": entry.product(),
            "operations": entry.operation_count(),
        })
    });
    Page { value: value.collect(), text: columns(rows.iter().map(|row| row.each_ref().map(String::as_str))) }
}

fn operations(service: Service<'_>) -> Page {
    let text = service.operations().map(|name| format!("  {name}\n")).collect();
    Page { text, value: service.operations().collect() }
}

fn found(words: &[&str], arguments: &ArgMatches) -> Result<Page> {
    let cloud = arguments.get_one::<Cloud>("cloud").copied();
    let mut query = search::Query::new(&words.join(" "));
    if let Some(service) = arguments.get_one::<String>("service") {
        query = query.service(service);
    }
    if let Some(limit) = arguments.get_one::<u32>("limit") {
        query = query.limit(*limit as usize);
    }
    if !arguments.get_flag("operations") {
        query = query.parameters();
    }
    let clouds = cloud.map_or(Cloud::ALL.to_vec(), |cloud| vec![cloud]);
    let catalogs = clouds.into_iter().map(catalog).collect::<Result<Vec<_>>>()?;
    let hits = query.run(catalogs.iter().copied());
    if hits.is_empty() {
        if let Some(service) = arguments.get_one::<String>("service") {
            known_somewhere(&catalogs, service)?;
        }
        return Err(Error::input(format!("nothing in the catalog fits `{}`", words.join(" ")))
            .with_hint("fewer or shorter words find more: all of them must fit one operation"));
    }
    let versions: Vec<String> = hits.iter().map(|hit| dashed(hit.version)).collect();
    let rows = hits.iter().zip(&versions).map(|(hit, version)| {
        [hit.cloud.as_str(), hit.service, version, hit.operation.unwrap_or("(service)"), hit.parameter.unwrap_or("")]
    });
    let value = hits.iter().zip(&versions).map(|(hit, version)| {
        json!({
            "cloud": hit.cloud.as_str(),
            "service": hit.service,
            "version": version,
            "operation": hit.operation,
            "parameter": hit.parameter,
        })
    });
    Ok(Page { text: columns(rows), value: value.collect() })
}

/// Refuses a service that none of the catalogs has.
fn known_somewhere(catalogs: &[&Catalog], service: &str) -> Result<()> {
    let found = catalogs.iter().map(|catalog| catalog.service(service, None).map(drop));
    match found.reduce(|found, next| if found.is_ok() { found } else { next }) {
        Some(Err(error)) if catalogs.len() == 1 => Err(refused(error)),
        Some(Err(_)) => Err(no_service(service)),
        _ => Ok(()),
    }
}

/// Rows in columns, two blanks apart. Names of the catalog are ASCII.
fn columns<'a, const N: usize>(rows: impl Iterator<Item = [&'a str; N]> + Clone) -> String {
    let mut widths = [0; N];
    for row in rows.clone() {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.len().max(*width));
    }
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(out, "  {}", cells.join("  ").trim_end());
    }
    out
}

#[cfg(test)]
mod tests;
