//! `sanyun oss cp`.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use sanyun_core::{Error, Result};

use super::progress::Progress;
use super::session::Session;
use super::transfer::{self, Job};
use super::url::Url;
use super::{download, upload, walk};

/// Copies between files and objects.
///
/// # Errors
/// Addresses that do not fit each other; what the transfers fail with.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let word = |name: &str| arguments.get_one::<String>(name).map_or("", String::as_str);
    let (source, target) = (word("SOURCE"), word("TARGET"));
    let copy = Copy {
        session,
        progress: Progress::new(!arguments.get_flag("no-progress") && !session.options.asks_format()),
        content_type: arguments.get_one::<String>("content-type").map(String::as_str),
    };
    match (Url::is_one(source), Url::is_one(target)) {
        (false, true) if arguments.get_flag("recursive") => copy.folder_up(source, &Url::parse(target)?).await,
        (false, true) => copy.up(source, &Url::parse(target)?).await,
        (true, false) if arguments.get_flag("recursive") => copy.folder_down(&Url::parse(source)?, target).await,
        (true, false) => copy.down(&Url::parse(source)?, target).await,
        (true, true) => Err(Error::input("copying from OSS to OSS is not supported yet")
            .with_hint("`sanyun oss cat oss://A/B | sanyun oss cp - oss://C/D` copies through this machine")),
        (false, false) => Err(Error::input("neither address begins with oss://")),
    }
}

struct Copy<'a> {
    session: &'a Session,
    progress: Progress,
    content_type: Option<&'a str>,
}

impl Copy<'_> {
    async fn run(&self, jobs: Vec<Job>) -> Result<()> {
        transfer::run(self.session, &self.progress, "copied", jobs).await
    }

    async fn up(&self, source: &str, target: &Url) -> Result<()> {
        // The file that keeps standard input has to live until it is sent.
        let (spool, path, target) = match source {
            "-" => {
                let spool = upload::standard_input()?;
                let path = spool.path().to_owned();
                (Some(spool), path, named_for_input(target)?)
            }
            _ => (None, PathBuf::from(source), named(target, Path::new(source))?),
        };
        let upload = upload::Upload { source: source.to_owned(), path, target, content_type: self.content_type };
        let result = match self.session.options.dry_run {
            true => self.session.call(upload.action(self.session, &self.progress)?.0).await.map(drop),
            false => self.run(vec![upload.job(self.session, &self.progress)]).await,
        };
        drop(spool);
        result
    }

    async fn folder_up(&self, source: &str, target: &Url) -> Result<()> {
        self.session.no_dry_run()?;
        let slash = if target.key.is_empty() || target.key.ends_with('/') { "" } else { "/" };
        let job = |file: walk::Found| {
            let target = target.with_key(format!("{}{slash}{}", target.key, file.name));
            let source = file.path.display().to_string();
            let upload = upload::Upload { source, path: file.path, target, content_type: self.content_type };
            upload.job(self.session, &self.progress)
        };
        self.run(walk::files(Path::new(source))?.into_iter().map(job).collect()).await
    }

    async fn down(&self, source: &Url, target: &str) -> Result<()> {
        if source.key.is_empty() {
            return Err(Error::input(format!("`{source}` names no object")).with_hint("-r copies all objects below"));
        }
        if target == "-" {
            return download::cat(self.session, source).await;
        }
        let path = place_of(target, &source.key)?;
        match self.session.options.dry_run {
            true => self.session.call(self.session.bucket(&source.bucket).get(&source.key)).await.map(drop),
            false => self.run(vec![Ok(download::job(self.session, source, None, path, &self.progress))]).await,
        }
    }

    async fn folder_down(&self, source: &Url, target: &str) -> Result<()> {
        self.session.no_dry_run()?;
        if target == "-" {
            return Err(Error::input("many objects cannot go to standard output"));
        }
        // What stands before the last slash is where the folder begins.
        let base = source.key.rfind('/').map_or(0, |slash| slash + 1);
        let mut jobs: Vec<Job> = Vec::new();
        let mut objects = self.session.prepared(self.session.bucket(&source.bucket).list().prefix(&source.key)).items();
        while let Some(object) = objects.next().await {
            let object = object.map_err(Session::advised)?;
            // The consoles make such objects as folders.
            if object.key.ends_with('/') && object.size == 0 {
                continue;
            }
            let path = walk::below(Path::new(target), object.key.get(base..).unwrap_or_default());
            self.progress.expect(object.size);
            jobs.push(path.map(|path| {
                download::job(self.session, &source.with_key(object.key), Some(object.size), path, &self.progress)
            }));
        }
        self.run(jobs).await
    }
}

/// The object that a file becomes: behind a key that is empty or ends with a slash comes the file's name.
fn named(target: &Url, path: &Path) -> Result<Url> {
    if path.is_dir() {
        return Err(Error::input(format!("{} is a folder", path.display())).with_hint("-r copies folders"));
    }
    if !target.key.is_empty() && !target.key.ends_with('/') {
        return Ok(target.clone());
    }
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Error::input(format!("{} has no name that can be a key", path.display())))?;
    Ok(target.with_key(format!("{}{name}", target.key)))
}

fn named_for_input(target: &Url) -> Result<Url> {
    if target.key.is_empty() {
        return Err(Error::input(format!("`{target}` names no object to copy standard input to")));
    }
    Ok(target.clone())
}

/// The file that an object becomes: in a folder, the last part of the key.
fn place_of(target: &str, key: &str) -> Result<PathBuf> {
    let path = Path::new(target);
    if !path.is_dir() && !target.ends_with(['/', std::path::MAIN_SEPARATOR]) {
        return Ok(path.to_owned());
    }
    walk::below(path, key.rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_take_the_name_of_what_is_copied() {
        let url = |text| Url::parse(text).unwrap();
        let object = |target, path| named(&url(target), Path::new(path)).map(|url| url.to_string());
        assert_eq!(object("oss://b", "x/a.txt").unwrap(), "oss://b/a.txt");
        assert_eq!(object("oss://b/p/", "a.txt").unwrap(), "oss://b/p/a.txt");
        assert_eq!(object("oss://b/p", "a.txt").unwrap(), "oss://b/p");
        assert!(object("oss://b/", "..").is_err());
        assert_eq!(place_of("out/", "a/b.txt").unwrap(), Path::new("out/b.txt"));
        assert_eq!(place_of("out.txt", "a/b.txt").unwrap(), Path::new("out.txt"));
        assert!(place_of("out/", "a/..").is_err());
    }
}
