//! The call of a build script.

use std::path::{Path, PathBuf};

use sanyun_catalog::{Catalog, Cloud, Service};

use crate::{Error, Module, Selection, Spec, Tree};

/// What a build script generates: some operations of some services.
///
/// The file it writes has a module a cloud, in it one a service, in that one a version, and the items of the main
/// version in both: `alibaba::ecs::DescribeInstances` is `alibaba::ecs::v20140526::DescribeInstances`.
#[derive(Clone, Debug)]
#[must_use = "nothing is written until `generate`"]
pub struct Build {
    services: Vec<(String, Selection)>,
    out: PathBuf,
    root: String,
    catalog: Option<PathBuf>,
    misplaced: bool,
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            services: Vec::new(),
            out: "sanyun.rs".into(),
            root: "sanyun::{cloud}".to_owned(),
            catalog: None,
            misplaced: false,
        }
    }

    /// Adds a service with all its operations: `cloud/service/version`, or `cloud/service` for its main version.
    pub fn service(mut self, spec: impl Into<String>) -> Self {
        self.services.push((spec.into(), Selection::All));
        self
    }

    /// Of the service named last, only these operations and the types that they need.
    pub fn operations<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        match self.services.last_mut() {
            Some((_, selection)) => selection.add(names.into_iter().map(Into::into)),
            None => self.misplaced = true,
        }
        self
    }

    /// The file, below `OUT_DIR` unless the path is absolute; `sanyun.rs` if unset. Beside it comes a file for each
    /// service version.
    pub fn out(mut self, path: impl Into<PathBuf>) -> Self {
        self.out = path.into();
        self
    }

    /// The path of what has the module `typed`, with `{cloud}` for the cloud: `sanyun::{cloud}` if unset. With a cloud's
    /// own crate it is `sanyun_{cloud}`.
    pub fn root(mut self, path: impl Into<String>) -> Self {
        self.root = path.into();
        self
    }

    /// Takes the facts from a directory with newer archives (`alibaba.catalog`, …) instead of those of this release.
    pub fn catalog(mut self, directory: impl Into<PathBuf>) -> Self {
        self.catalog = Some(directory.into());
        self
    }

    /// Writes the files, and tells cargo when to do it again.
    ///
    /// # Errors
    /// [`Error`]: a service or operation that does not exist, with the nearest names; a catalog that cannot be read; a
    /// file that cannot be written.
    #[allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
    pub fn generate(&self) -> Result<(), Error> {
        println!("cargo::rerun-if-changed=build.rs");
        if let Some(directory) = &self.catalog {
            println!("cargo::rerun-if-changed={}", directory.display());
        }
        let file = self.file()?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let mut tree = Tree::new();
        for cloud in Cloud::ALL {
            let wanted = self.wanted(cloud)?;
            if wanted.is_empty() {
                continue;
            }
            let catalog = self.open(cloud)?;
            for (service, selection) in merged(catalog.get(), &wanted)? {
                let module = Module::new(service, &selection)?;
                let name = format!("{cloud}_{}_{}.rs", module.service_name(), module.version_name());
                write(&folder.join(&name), &module.included(&self.root.replace("{cloud}", cloud.as_str())))?;
                tree.add(cloud.as_str(), module.service(), &module, &name);
            }
        }
        write(&file, &tree.text())
    }

    /// The services of a cloud.
    fn wanted(&self, cloud: Cloud) -> Result<Vec<(Spec, &Selection)>, Error> {
        if self.misplaced {
            return Err(Error::NoService);
        }
        let mut wanted = Vec::new();
        for (spec, selection) in &self.services {
            let spec: Spec = spec.parse()?;
            if spec.cloud == cloud {
                wanted.push((spec, selection));
            }
        }
        Ok(wanted)
    }

    fn file(&self) -> Result<PathBuf, Error> {
        if self.out.is_absolute() {
            return Ok(self.out.clone());
        }
        let folder = std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?;
        Ok(Path::new(&folder).join(&self.out))
    }

    fn open(&self, cloud: Cloud) -> Result<Source, Error> {
        Ok(match &self.catalog {
            Some(directory) => Source::Opened(Box::new(Catalog::open_dir(directory, cloud)?)),
            None => Source::Embedded(Catalog::of(cloud)?),
        })
    }
}

/// Each service version once, with everything that was asked of it.
fn merged<'a>(catalog: &'a Catalog, wanted: &[(Spec, &Selection)]) -> Result<Vec<(Service<'a>, Selection)>, Error> {
    let mut merged: Vec<(Service<'a>, Selection)> = Vec::new();
    for (spec, selection) in wanted {
        let service = spec.find(catalog)?;
        let same = |known: &Service<'_>| (known.name(), known.version()) == (service.name(), service.version());
        match merged.iter_mut().find(|(known, _)| same(known)) {
            Some((_, known)) => known.merge(selection),
            None => merged.push((service, (*selection).clone())),
        }
    }
    Ok(merged)
}

/// A catalog of the program, or one that was opened.
enum Source {
    Embedded(&'static Catalog),
    Opened(Box<Catalog>),
}

impl Source {
    fn get(&self) -> &Catalog {
        match self {
            Source::Embedded(catalog) => catalog,
            Source::Opened(catalog) => catalog,
        }
    }
}

/// Writes a file unless it says the same already: what is not touched is not compiled again.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    if std::fs::read(path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|source| Error::Io { path: path.to_owned(), source })
}
