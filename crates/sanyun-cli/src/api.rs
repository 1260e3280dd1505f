//! `sanyun api` and the help of calls: what the catalog knows.

mod operation;

use std::fmt::Write as _;

use clap::ArgMatches;
use sanyun_catalog::{Catalog, Cloud, LookupError, Service, ServiceEntry, search};
use sanyun_core::{Error, Result};
use serde_json::{Value, json};

use crate::options::Options;
use crate::{args, clouds, terminal};

/// The grammar of parameters.
const PARAMETERS: &str = "\
Parameters:
  --Name VALUE                  by the name of the wire; case, - and _ do not matter
  --Ids A B C, --Ids A --Ids B  lists
  --Filters.0.Name VALUE        parts of structures; items of lists are numbered from 0 or from 1, without gaps
  --Filters '[{\"Name\": ...}]'   the same as JSON
  --body '{...}'                the whole body, where there is one
  --Timeout VALUE               a parameter that is called like an option of sanyun begins with a capital letter
";

/// The options that only calls have.
const CALL_OPTIONS: &str = "\
Options (further ones: sanyun --help):
  --api-version VERSION         the version of the service's API; by default the newest
  --params-file FILE            parameters as a JSON object, - for standard input; those written out go over it
  --unchecked                   send although the parameters do not fit what the catalog knows
";

/// Runs `sanyun api …`.
///
/// # Errors
/// A name that is not in the catalog; standard output cannot be written.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, arguments)) = matches.subcommand() else { return Err(args::no_command("sanyun api")) };
    let options = Options::new(arguments)?;
    let word = |name: &str| arguments.get_one::<String>(name).map(String::as_str);
    let cloud = arguments.get_one::<Cloud>("cloud").copied();
    let page = match (name, cloud, word("service")) {
        ("search", ..) => found(cloud, arguments)?,
        ("show", Some(cloud), Some(service)) => {
            let (service, version) = split(service);
            let operation = catalog(cloud)?.operation(service, version, word("operation").unwrap_or_default());
            operation::page(&operation.map_err(refused)?)
        }
        (_, Some(cloud), Some(service)) => {
            let (service, version) = split(service);
            operations(catalog(cloud)?.service(service, version).map_err(refused)?)
        }
        (_, Some(cloud), None) => services(catalog(cloud)?),
        _ => all_clouds()?,
    };
    page.print(&options)
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
             {PARAMETERS}\n{CALL_OPTIONS}\nServices:\n{services}",
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
    Ok(operation::page(&operation).text)
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

fn found(cloud: Option<Cloud>, arguments: &ArgMatches) -> Result<Page> {
    let words: Vec<&str> = arguments.get_many::<String>("words").unwrap_or_default().map(String::as_str).collect();
    let mut query = search::Query::new(&words.join(" "));
    if let Some(service) = arguments.get_one::<String>("service") {
        query = query.service(service);
    }
    if let Some(limit) = arguments.get_one::<u32>("limit") {
        query = query.limit(*limit as usize);
    }
    if arguments.get_flag("parameters") {
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
            .with_hint("fewer or shorter words find more; --parameters looks into names of parameters too"));
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
        Some(Err(_)) => Err(Error::input(format!("no cloud has a service `{service}` in the catalog"))
            .with_hint("`sanyun api list CLOUD` lists the services")),
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
mod tests {
    use super::*;

    #[test]
    fn help_goes_as_deep_as_the_words() {
        let cloud = help(Cloud::Tencent, &[], None).unwrap();
        assert!(cloud.contains("\n  cvm/2017-03-12 "), "{cloud}");
        let service = help(Cloud::Huawei, &["vpc"], Some("v2")).unwrap();
        assert!(service.starts_with("Usage: sanyun huawei vpc/v2 <OPERATION>") && service.contains("\n  ListVpcs\n"));
        let operation = help(Cloud::Huawei, &["vpc/v2", "createvpc"], None).unwrap();
        assert!(operation.contains("--vpc"), "{operation}");
        assert!(help(Cloud::Alibaba, &["ecs", "Nope"], None).is_err());
    }

    #[test]
    fn versions_are_written_as_the_vendors_do() {
        for (version, shown) in
            [("v20170312", "2017-03-12"), ("20140526", "2014-05-26"), ("v2", "v2"), ("v3.1", "v3.1")]
        {
            assert_eq!(dashed(version), shown);
        }
        let refused = help(Cloud::Tencent, &["cvm", "Nope"], None).unwrap_err().to_string();
        assert!(refused.contains("cvm 2017-03-12 has no operation"), "{refused}");
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(columns([["a", "bb", ""], ["ccc", "d", "e"]].into_iter()), "  a    bb\n  ccc  d   e\n");
    }
}
