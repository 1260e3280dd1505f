//! `sanyun oss cp` and `sanyun oss mv`.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use sanyun_core::{Error, Result};
use sanyun_oss::sync::{Compare, Entry, Filter, Glob, Names, Place, Plan, Spot, Sync};

use super::session::{Session, flag, values};
use super::url::{Url, escaped, split_pattern};
use super::{carry, stream, ways};
use crate::runtime;

/// Copies between files and objects, or moves them.
///
/// # Errors
/// Addresses that do not fit each other; what the copies fail with.
pub(super) async fn run(session: &Session, arguments: &ArgMatches, moves: bool) -> Result<()> {
    let mut paths: Vec<&str> = values(arguments, "PATH").collect();
    let target = paths.pop().unwrap_or_default();
    if paths.is_empty() {
        return Err(Error::input("the target is missing").with_hint("SOURCE... TARGET are wanted"));
    }
    if let [source] = paths[..] {
        if (source == "-" || target == "-") && moves {
            return Err(Error::input("standard input and output cannot be moved"));
        }
        if source == "-" {
            return runtime::until_interrupted(stream::up(session, arguments, &Url::parse(target)?)).await;
        }
        if is_stream(target) && Url::is_one(source) && !moves {
            let source = Url::parse(source)?;
            let out = std::fs::File::options().write(true).open(target);
            let out = out.map_err(|error| Error::io(format!("opening {target}"), error))?;
            return runtime::until_interrupted(stream::down(session, arguments, &source, out)).await;
        }
        if target == "-" {
            return runtime::until_interrupted(down(session, arguments, source)).await;
        }
    }
    let copy = Copy {
        session,
        arguments,
        target: Target::new(target, paths.len() > 1)?,
        recursive: flag(arguments, "recursive"),
        compare: ways::compare(arguments, Compare::Always),
        names: ways::names(arguments),
        filter: ways::filter(arguments)?,
        several: paths.len() > 1,
    };
    let plan = runtime::until_interrupted(copy.plan(&paths)).await.map_err(Session::advised)?;
    carry::carry_out(session, arguments, plan, moves).await
}

/// Whether a path is that of a device or a pipe, which no file may take the place of.
fn is_stream(path: &str) -> bool {
    !Url::is_one(path) && std::fs::metadata(path).is_ok_and(|facts| !facts.is_file() && !facts.is_dir())
}

async fn down(session: &Session, arguments: &ArgMatches, source: &str) -> Result<()> {
    let source = Url::parse(source)?;
    if flag(arguments, "recursive") {
        return Err(Error::input("many objects cannot go to standard output"));
    }
    stream::down(session, arguments, &source, std::io::stdout()).await
}

/// Where the copies go.
enum Target {
    File(PathBuf, bool),
    Object(Url),
}

impl Target {
    fn new(text: &str, several: bool) -> Result<Self> {
        if Url::is_one(text) {
            let url = Url::parse(text)?;
            return Ok(Self::Object(if several { url.as_folder() } else { url }));
        }
        let path = PathBuf::from(text);
        let is_folder = several || path.is_dir() || text.ends_with(['/', std::path::MAIN_SEPARATOR]);
        Ok(Self::File(path, is_folder))
    }

    /// The target as a folder; `below` is a folder in it.
    fn folder(&self, session: &Session, below: &str) -> Place {
        match self {
            Self::File(path, _) => Place::folder(if below.is_empty() { path.clone() } else { path.join(below) }),
            Self::Object(url) => {
                let url = url.as_folder();
                let slash = if below.is_empty() { "" } else { "/" };
                Place::objects(&session.bucket(&url.bucket), format!("{}{below}{slash}", url.key))
            }
        }
    }

    /// What one file or object of this name becomes: in a folder, it keeps its name.
    fn one(&self, session: &Session, name: &str, names: Names) -> Result<Spot> {
        match self {
            Self::File(path, false) => Ok(Spot::File(path.clone())),
            Self::File(path, true) => Ok(Spot::File(path.join(names.to_path(name)?))),
            Self::Object(url) => {
                let is_folder = url.key.is_empty() || url.key.ends_with('/');
                let key = if is_folder { format!("{}{name}", url.key) } else { url.key.clone() };
                Ok(Spot::Object { bucket: session.bucket(&url.bucket), key })
            }
        }
    }

    fn is_local(&self) -> bool {
        matches!(self, Self::File(..))
    }
}

struct Copy<'a> {
    session: &'a Session,
    arguments: &'a ArgMatches,
    target: Target,
    recursive: bool,
    compare: Compare,
    names: Names,
    filter: Filter,
    several: bool,
}

impl Copy<'_> {
    async fn plan(&self, sources: &[&str]) -> Result<Plan> {
        let mut plan = Plan::default();
        for source in sources {
            plan = plan.and(match (Url::is_one(source), self.target.is_local()) {
                (false, true) => return Err(Error::input("neither address begins with oss://")),
                (false, false) => self.files(source).await?,
                (true, _) => self.objects(&Url::parse(source)?).await?,
            });
        }
        Ok(plan)
    }

    async fn files(&self, source: &str) -> Result<Plan> {
        let path = Path::new(source);
        let exists = std::fs::symlink_metadata(path).is_ok();
        if ways::is_pattern(self.arguments, source).unwrap_or(!exists) {
            let (base, pattern) = split_pattern(source);
            let base = if base.is_empty() { "." } else { base };
            let filter = self.filter.clone().only(Glob::anchored(pattern)?, self.recursive);
            return self.many(Place::folder(base), self.target.folder(self.session, ""), filter).await;
        }
        if path.is_dir() {
            return self.folder(path).await;
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::input(format!("{source} has no name that can be a key")))?;
        let name = self.names.from_path(name).into_owned();
        let to = self.target.one(self.session, &name, self.names)?;
        self.compare.plan(Entry::file(name, path.to_owned())?, to).await
    }

    async fn folder(&self, path: &Path) -> Result<Plan> {
        if !self.recursive {
            let error = Error::input(format!("{} is a folder", path.display()));
            return Err(error.with_hint("-r copies folders"));
        }
        // One folder becomes the target; of several, each keeps its name.
        let below = if self.several { path.file_name().and_then(|name| name.to_str()).unwrap_or_default() } else { "" };
        self.many(Place::folder(path), self.target.folder(self.session, below), self.filter.clone()).await
    }

    async fn objects(&self, source: &Url) -> Result<Plan> {
        let bucket = self.session.bucket(&source.bucket);
        let known = ways::is_pattern(self.arguments, &source.key);
        if self.recursive && known != Some(true) {
            // What stands before the last slash is where the folder begins.
            let (base, begin) = source.split();
            let filter = self.filter.clone().only(Glob::anchored(&format!("{}**", escaped(begin)))?, false);
            return self.many(Place::objects(&bucket, base), self.target.folder(self.session, ""), filter).await;
        }
        if source.key.is_empty() {
            return Err(Error::input(format!("`{source}` names no object")).with_hint("-r copies all objects below"));
        }
        let spot = Spot::Object { bucket: bucket.clone(), key: source.key.clone() };
        let found = if known == Some(true) { None } else { self.look(source, &spot).await? };
        match found {
            Some(entry) => {
                let to = self.target.one(self.session, &entry.name, self.names)?;
                self.compare.plan(entry, to).await
            }
            None if known == Some(false) => Err(missing(source)),
            None => {
                let (base, pattern) = split_pattern(&source.key);
                let filter = self.filter.clone().only(Glob::anchored(pattern)?, self.recursive);
                self.many(Place::objects(&bucket, base), self.target.folder(self.session, ""), filter).await
            }
        }
    }

    async fn look(&self, source: &Url, spot: &Spot) -> Result<Option<Entry>> {
        let (_, name) = source.split();
        match super::session::given::<String>(self.arguments, "version-id") {
            // What HEAD says of the newest version is not said of another one.
            Some(_) => {
                Ok(Some(Entry { name: name.to_owned(), spot: spot.clone(), size: 0, modified: None, etag: None }))
            }
            None => spot.look(name).await,
        }
    }

    async fn many(&self, source: Place, target: Place, filter: Filter) -> Result<Plan> {
        Sync::new(source, target).filter(filter).compare(self.compare).names(self.names).plan().await
    }
}

fn missing(source: &Url) -> Error {
    let error = Error::new(sanyun_core::ErrorKind::Io, format!("there is no object {source}"));
    if source.key.ends_with('/') { error.with_hint("-r copies all objects below") } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_take_the_name_of_what_is_copied() {
        assert_eq!(split_pattern("a/*.txt"), ("a/", "*.txt"));
        assert!(missing(&Url::parse("oss://b/p/").unwrap()).hint().is_some());
    }
}
