//! How copies are made, as the command line says it.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use sanyun_core::{Error, Result, encode};
use sanyun_oss::sync::{Compare, Execution, Filter, Glob, Names};
use sanyun_oss::transfer::{Cancel, Download, ObjectCopy, PART_BYTES, Upload};

use super::session::{Session, flag, given, values};
use crate::place::variable;

/// What is said of all copies of a command.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    /// Headers of every call.
    headers: Vec<(String, String)>,
    /// Headers that make an object what it is.
    object: Vec<(String, String)>,
    tags: Option<String>,
    replaces_metadata: bool,
    part_size: u64,
    parallel: Option<usize>,
    jobs: Option<usize>,
    version: Option<String>,
    checkpoint: Option<PathBuf>,
}

impl Ways {
    /// Reads the options.
    ///
    /// # Errors
    /// `--meta` or `--tag` without an equals sign.
    pub(super) fn new(session: &Session, arguments: &ArgMatches) -> Result<Self> {
        let text = |name: &str| given::<String>(arguments, name).cloned();
        let number = |name: &str| given::<u16>(arguments, name).copied().map(usize::from);
        let mut object = Vec::new();
        for (option, header) in [("storage-class", "x-oss-storage-class"), ("acl", "x-oss-object-acl")] {
            object.extend(text(option).map(|value| (header.to_owned(), value)));
        }
        let plain = object.len();
        object.extend(text("content-type").map(|value| ("content-type".to_owned(), value)));
        for pair in values(arguments, "meta") {
            let (name, value) = split("meta", pair)?;
            object.push((format!("x-oss-meta-{name}"), value.to_owned()));
        }
        Ok(Self {
            headers: session.options.headers.clone(),
            replaces_metadata: object.len() > plain,
            object,
            tags: tags(arguments)?,
            part_size: given::<u64>(arguments, "part-size").copied().unwrap_or_default(),
            parallel: number("parallel"),
            jobs: number("jobs"),
            version: text("version-id"),
            checkpoint: if flag(arguments, "no-resume") { None } else { checkpoint_folder(arguments) },
        })
    }

    /// Where it is written down how far copies have come; `None` if those that are interrupted do not go on later.
    pub(super) fn checkpoint(&self) -> Option<&Path> {
        self.checkpoint.as_deref()
    }

    /// The length of a part of an upload, in bytes.
    pub(super) fn part_size(&self) -> u64 {
        if self.part_size == 0 { PART_BYTES } else { self.part_size }
    }

    /// How a plan is carried out.
    pub(super) fn execution(&self, cancel: &Cancel) -> Execution {
        let (up, down, over) = (self.clone(), self.clone(), self.clone());
        let execution = Execution::new()
            .cancel_with(cancel)
            .upload(move |upload| up.upload(upload))
            .download(move |download| down.download(download))
            .copy(move |copy| over.copy(copy));
        let execution = self.jobs.into_iter().fold(execution, Execution::parallel);
        self.checkpoint.iter().fold(execution, Execution::checkpoint)
    }

    /// An upload with what was said of it.
    pub(super) fn upload(&self, upload: Upload) -> Upload {
        let upload = self.parallel.into_iter().fold(upload.part_size(self.part_size), Upload::parallel);
        let upload = self.tags.iter().fold(upload, |upload, tags| upload.header("x-oss-tagging", tags));
        let headers = self.headers.iter().chain(&self.object);
        headers.fold(upload, |upload, (name, value)| upload.header(name, value))
    }

    fn download(&self, download: Download) -> Download {
        let download = self.parallel.into_iter().fold(download.part_size(self.part_size), Download::parallel);
        let download = self.version.iter().fold(download, |download, id| download.version(&**id));
        self.headers.iter().fold(download, |download, (name, value)| download.header(name, value))
    }

    fn copy(&self, copy: ObjectCopy) -> ObjectCopy {
        let copy = self.parallel.into_iter().fold(copy.part_size(self.part_size), ObjectCopy::parallel);
        let copy = self.version.iter().fold(copy, |copy, id| copy.source_version(&**id));
        let copy = self.tags.iter().fold(copy, |copy, tags| copy.replace_tags(tags));
        let copy = if self.replaces_metadata { copy.replace_metadata() } else { copy };
        let headers = self.headers.iter().chain(&self.object);
        headers.fold(copy, |copy, (name, value)| copy.header(name, value))
    }
}

/// Takes `NAME=VALUE` apart.
///
/// # Errors
/// There is no equals sign.
pub(super) fn split<'a>(option: &str, pair: &'a str) -> Result<(&'a str, &'a str)> {
    pair.split_once('=').ok_or_else(|| Error::input(format!("`{pair}`: {option} is written NAME=VALUE")))
}

fn tags(arguments: &ArgMatches) -> Result<Option<String>> {
    let mut out = String::new();
    for pair in values(arguments, "tag") {
        let (name, value) = split("tag", pair)?;
        out.push_str(if out.is_empty() { "" } else { "&" });
        encode::push_percent(&mut out, name);
        out.push('=');
        encode::push_percent(&mut out, value);
    }
    Ok(Some(out).filter(|tags| !tags.is_empty()))
}

/// Where checkpoints are: the folder that was given, else one in the user's cache; `None` if nobody knows where that is.
fn checkpoint_folder(arguments: &ArgMatches) -> Option<PathBuf> {
    if let Some(folder) = given::<PathBuf>(arguments, "checkpoint-dir") {
        return Some(folder.clone());
    }
    let home = |below: &str| variable("HOME").map(|home| PathBuf::from(home).join(below));
    let cache = if cfg!(windows) {
        variable("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home("Library/Caches")
    } else {
        variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(|| home(".cache"))
    };
    cache.map(|cache| cache.join("sanyun/oss"))
}

/// Which names count, as `--include` and `--exclude` say.
///
/// # Errors
/// A pattern is none.
pub(super) fn filter(arguments: &ArgMatches) -> Result<Filter> {
    let included = values(arguments, "include").try_fold(Filter::new(), Filter::include)?;
    values(arguments, "exclude").try_fold(included, Filter::exclude)
}

/// How keys become names of files.
pub(super) fn names(arguments: &ArgMatches) -> Names {
    if flag(arguments, "encode-names") { Names::Encoded } else { Names::Plain }
}

/// What is copied where both sides have something; `usual` if nothing is said.
pub(super) fn compare(arguments: &ArgMatches, usual: Compare) -> Compare {
    let choices = [
        ("update", Compare::Newer),
        ("no-clobber", Compare::Missing),
        ("checksum", Compare::Checksum),
        ("size-only", Compare::Size),
    ];
    choices.into_iter().find(|(name, _)| flag(arguments, name)).map_or(usual, |(_, compare)| compare)
}

/// Whether a text is a pattern, as far as the command line decides; `None` if what is there decides.
pub(super) fn is_pattern(arguments: &ArgMatches, text: &str) -> Option<bool> {
    if flag(arguments, "glob") {
        return Some(true);
    }
    if flag(arguments, "literal") || !Glob::is_pattern(text) { Some(false) } else { None }
}
