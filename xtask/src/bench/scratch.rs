//! A workspace of its own for generated crates, with cargo's default profiles, so that figures compare with those of
//! other projects.

use std::fs;
use std::path::{Path, PathBuf};

use sanyun_catalog::{Catalog, Cloud};
use sanyun_codegen::{Module, Selection};

use crate::process;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A workspace below the target folder.
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
    members: Vec<String>,
}

/// Some operations of a service.
pub(super) struct Source<'a> {
    pub(super) cloud: Cloud,
    pub(super) service: &'a str,
    /// All versions, or only the newest.
    pub(super) all_versions: bool,
    pub(super) selection: Selection,
}

impl Scratch {
    /// An empty one. Builds of an earlier run are kept.
    pub(super) fn new(name: &str) -> Result<Self> {
        let folder = std::path::absolute(process::target())?.join("bench").join(name);
        fs::create_dir_all(&folder)?;
        // The same versions of the dependencies as here.
        fs::copy(process::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder, members: Vec::new() })
    }

    /// Adds a library with the code of a service; gives the number of its operations.
    pub(super) fn library(&mut self, name: &str, source: &Source<'_>) -> Result<usize> {
        let cloud = source.cloud.as_str();
        let package = self.package(name, &[cloud], "")?;
        let catalog = catalog(source.cloud)?;
        let (mut root, mut operations) = (String::from("//! Generated.\n"), 0);
        for version in versions(&catalog, source) {
            let module = Module::new(catalog.service(source.service, Some(&version))?, &source.selection)?;
            let file = module.version_name();
            root += &format!("pub mod {file};\n");
            operations += module.counts().operations;
            write(&package.join("src").join(file).with_extension("rs"), &module.source(&format!("sanyun_{cloud}")))?;
        }
        write(&package.join("src/lib.rs"), &root)?;
        Ok(operations)
    }

    /// Adds a package that depends on the crates of some clouds; gives its folder.
    pub(super) fn package(&mut self, name: &str, clouds: &[&str], dependencies: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        fs::create_dir_all(folder.join("src"))?;
        let mut text = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}");
        for cloud in clouds {
            let path = process::root().join(format!("crates/sanyun-{cloud}"));
            text += &format!("sanyun-{cloud} = {{ path = \"{}\" }}\n", path.display());
        }
        write(&folder.join("Cargo.toml"), &text)?;
        self.members.push(format!("\"{name}\""));
        Ok(folder)
    }

    /// Writes the workspace's manifest, with profiles or without.
    pub(super) fn finish(&self, profiles: &str) -> Result<()> {
        let members = self.members.join(", ");
        let text = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n{profiles}");
        write(&self.folder.join("Cargo.toml"), &text)
    }
}

pub(super) fn catalog(cloud: Cloud) -> Result<Catalog> {
    Ok(Catalog::open_dir(process::root().join("catalog"), cloud)?)
}

fn versions(catalog: &Catalog, source: &Source<'_>) -> Vec<String> {
    let versions = catalog.services().filter(|entry| entry.name() == source.service);
    let mut versions: Vec<String> = versions.map(|entry| entry.version().to_owned()).collect();
    if !source.all_versions {
        let newest = catalog.service(source.service, None).map(|service| service.version().to_owned());
        versions.retain(|version| newest.as_ref().is_ok_and(|newest| newest == version));
    }
    versions
}

/// Writes a file unless it says the same already.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read(path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    Ok(fs::write(path, text)?)
}
