//! The options that every command has.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;
use sanyun_core::{AccessLog, Error, ErrorKind, Http, Result, Retry, Settings};
use serde_json::Value;

use crate::args;
use crate::debug::Debug;
use crate::output::Format;
use crate::query::Query;
use crate::terminal;

/// What was asked for, whatever the command.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) local: bool,
    pub(crate) local_data: Option<PathBuf>,
    pub(crate) dry_run: bool,
    pub(crate) headers: Vec<(String, String)>,
    query: Option<Query>,
    /// `None` if none was asked for.
    format: Option<Format>,
    /// That of answers if none was asked for.
    usual_format: Format,
    debug: bool,
    timeout: Option<Duration>,
    retries: Option<u32>,
    proxy: Option<String>,
    no_proxy: bool,
    ca_file: Option<PathBuf>,
    access_log: Option<PathBuf>,
    tuning: Tuning,
}

/// What else a cloud's users can say of connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tuning {
    /// The longest silence.
    pub(crate) read_timeout: Option<Duration>,
    /// The longest that a connection may take to open.
    pub(crate) connect_timeout: Option<Duration>,
    /// How often to try again, unless an option says it.
    pub(crate) retries: Option<u32>,
    /// Whether certificates are not looked at.
    pub(crate) is_unverified: bool,
    /// A text behind our own in `User-Agent`.
    pub(crate) user_agent: Option<String>,
    /// Further headers.
    pub(crate) headers: Vec<(String, String)>,
}

impl Options {
    /// Reads the options; `matches` are those of any command.
    ///
    /// # Errors
    /// A query that cannot be understood, a header without `=`, options that exclude each other.
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let headers = matches.get_many::<String>("header").unwrap_or_default();
        let no_proxy = matches.get_flag("no-proxy");
        let local = matches.get_flag("local") || matches.contains_id("local-data");
        // clap would overlook one in front of the command and the other behind it.
        for (first, second) in [("endpoint", local.then_some("local")), ("proxy", no_proxy.then_some("no-proxy"))] {
            if let Some(second) = second.filter(|_| matches.contains_id(first)) {
                return Err(Error::input(format!("--{first} and --{second} exclude each other")));
            }
        }
        Ok(Self {
            region: text("region"),
            endpoint: text("endpoint"),
            profile: text("profile"),
            local,
            local_data: path("local-data"),
            dry_run: matches.get_flag("dry-run"),
            headers: headers.map(|header| split_header(header)).collect::<Result<_>>()?,
            query: text("query").as_deref().map(parse_query).transpose()?,
            format: asked_format(matches),
            usual_format: Format::default(),
            debug: matches.get_flag("debug"),
            timeout: matches.get_one("timeout").copied(),
            retries: matches.get_one("retries").copied(),
            proxy: text("proxy"),
            no_proxy,
            ca_file: path("ca-file"),
            access_log: path("access-log"),
            tuning: Tuning::default(),
        })
    }

    /// The same, with the embedded local cloud.
    pub(crate) fn at_local_cloud(self) -> Self {
        Self { local: true, ..self }
    }

    /// The same, with answers in this format if none was asked for.
    pub(crate) fn with_usual_format(self, format: Option<Format>) -> Self {
        Self { usual_format: format.unwrap_or(self.usual_format), ..self }
    }

    /// The same with these connections. Headers that the options name go over those.
    pub(crate) fn tuned(mut self, tuning: &Tuning) -> Self {
        let is_given = |name: &str| self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let further: Vec<_> = tuning.headers.iter().filter(|(name, _)| !is_given(name)).cloned().collect();
        self.headers.extend(further);
        Self { retries: self.retries.or(tuning.retries), tuning: tuning.clone(), ..self }
    }

    /// The settings of a client.
    ///
    /// # Errors
    /// The access log cannot be opened.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let mut settings = Settings { http: self.http(), timeout: self.timeout, ..Settings::default() };
        let name = concat!("sanyun-cli/", env!("CARGO_PKG_VERSION"));
        let own = self.tuning.user_agent.as_ref();
        settings.user_agent = Some(own.map_or_else(|| name.to_owned(), |own| format!("{name} {own}")));
        if let Some(retries) = self.retries {
            settings.retry = Retry::standard().attempts(retries.saturating_add(1));
        }
        if self.debug {
            settings.hooks.push(Arc::new(Debug));
        }
        if let Some(path) = &self.access_log {
            settings.hooks.push(Arc::new(access_log(path)?));
        }
        Ok(settings)
    }

    fn http(&self) -> Http {
        let mut http = Http::default();
        // A proxy does not reach this machine's own addresses.
        if self.no_proxy || self.local {
            http = http.without_proxy();
        } else if let Some(proxy) = &self.proxy {
            http = http.proxy(proxy.as_str());
        }
        let tuning = &self.tuning;
        http = tuning.read_timeout.into_iter().fold(http, Http::read_timeout);
        http = tuning.connect_timeout.into_iter().fold(http, Http::connect_timeout);
        if tuning.is_unverified {
            http = http.danger_accept_invalid_certificates();
        }
        match &self.ca_file {
            Some(path) => http.ca_file(path),
            None => http,
        }
    }

    /// Whether some format was asked for, where the default is a text for people.
    pub(crate) fn asks_format(&self) -> bool {
        self.format.is_some() || self.query.is_some()
    }

    /// Whether errors are told as JSON: then nothing else goes to standard error.
    pub(crate) fn is_for_programs(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// Prints what a call answered. Whoever reads an error of this should not make the call again.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub(crate) fn print_answer(&self, value: &Value) -> Result<()> {
        let made = "the call was made all the same: only its answer could not be printed";
        self.print(value).map_err(|error| error.with_hint(made))
    }

    /// Prints a value, or the part of it that was asked for.
    ///
    /// # Errors
    /// The query does not fit the answer; standard output cannot be written.
    pub(crate) fn print(&self, value: &Value) -> Result<()> {
        let chosen = self.chosen(value)?;
        let (value, format) = (chosen.as_ref().unwrap_or(value), self.format.unwrap_or(self.usual_format));
        let colours = format == Format::Json && terminal::colours();
        let columns = self.query.as_ref().map(Query::columns).unwrap_or_default();
        let text = format.render(value, &columns, colours);
        let printed = if colours { terminal::print_coloured(&text) } else { terminal::print(&text) };
        printed.map_err(|error| Error::io("writing the answer", error))
    }

    /// The part of a value that was asked for; `None` if no part was.
    ///
    /// # Errors
    /// The query does not fit the value.
    pub(crate) fn chosen(&self, value: &Value) -> Result<Option<Value>> {
        let chosen = self.query.as_ref().map(|query| query.apply(value)).transpose();
        // No wrong usage: that would mean that nothing was sent.
        chosen.map_err(|why| Error::new(ErrorKind::Io, format!("--query: {why}")))
    }
}

/// Refuses options that mean nothing to a command, which would seem to have been obeyed.
///
/// # Errors
/// There is one.
pub(crate) fn refuse_meaningless(command: &str, matches: &ArgMatches) -> Result<()> {
    let meant: &[&str] = match command {
        "api" => &["query", "output"],
        // The format is that of errors, too.
        "generate" | "local" | "completion" => &["output"],
        "huawei token" => &["region", "local", "local-data", "query", "output", "proxy", "no-proxy", "ca-file"],
        "alibaba configure" => &["profile", "region", "endpoint", "query", "output"],
        "tour" => &["local", "local-data", "debug", "timeout", "retries", "access-log", "output"],
        _ => return Ok(()),
    };
    let is_given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    let Some(odd) = args::common_names().into_iter().find(|name| is_given(name) && !meant.contains(&name.as_str()))
    else {
        return Ok(());
    };
    let hint = match (command, odd.as_str()) {
        ("local", "local-data") => "did you mean --data?".to_owned(),
        _ => format!("of the common options it takes only --{}", meant.join(", --")),
    };
    Err(Error::input(format!("--{odd} means nothing to `sanyun {command}`")).with_hint(hint))
}

/// The format that was asked for. Read without anything that can fail, because errors are printed in it.
pub(crate) fn asked_format(matches: &ArgMatches) -> Option<Format> {
    let asked = matches.value_source("output") == Some(ValueSource::CommandLine);
    matches.get_one::<String>("output").filter(|_| asked).and_then(|word| Format::from_word(word))
}

fn parse_query(text: &str) -> Result<Query> {
    Query::parse(text).map_err(|why| {
        Error::input(format!("--query: {why}"))
            .with_hint("the language is JMESPath: https://jmespath.org/tutorial.html")
    })
}

fn split_header(header: &str) -> Result<(String, String)> {
    let parts = header.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    parts.ok_or_else(|| Error::input("--header is written NAME=VALUE"))
}

fn access_log(path: &Path) -> Result<AccessLog> {
    if path == Path::new("-") {
        return Ok(AccessLog::stderr());
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.map(AccessLog::new).map_err(|error| Error::io(format!("opening the access log {}", path.display()), error))
}
