//! The anchor: what compiling `aws-sdk-ec2` takes on the same machine. It takes long, so its figures are kept in a file
//! below the target folder.

use std::path::{Path, PathBuf};

use super::compile::{Figures, PROFILES};
use super::rustc;
use crate::process;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The crate, as rustc calls it.
const CRATE: &str = "aws_sdk_ec2";
const PACKAGE: &str = "aws-sdk-ec2";

/// Measures it: twenty minutes of CPU, 10 GB of memory.
pub(super) fn measure() -> Result<Figures> {
    let folder = std::path::absolute(process::target())?.join("bench/anchor");
    let source = process::root().join("benches/anchor");
    std::fs::create_dir_all(folder.join("src"))?;
    for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs"] {
        std::fs::copy(source.join(file), folder.join(file))?;
    }
    let mut figures = Figures::default();
    for (seconds, profile) in figures.seconds.iter_mut().zip(PROFILES) {
        // Once with its dependencies, unless that was done before; the time is that of this one crate in either case.
        rustc::measured(&folder, &["clean", "--locked", "--package", PACKAGE], CRATE)?;
        let compiled = rustc::measured(&folder, &[profile.cargo, &["--locked"]].concat(), CRATE)?;
        let compiled = compiled.ok_or_else(|| format!("{PACKAGE} was not compiled"))?;
        *seconds = compiled.cpu;
        figures.operations = operations(&compiled.root)?;
    }
    std::fs::write(kept()?, figures.to_line())?;
    Ok(figures)
}

/// The figures of the last measurement, if there was one.
pub(super) fn last() -> Result<Option<Figures>> {
    Ok(std::fs::read_to_string(kept()?).ok().and_then(|line| Figures::from_line(&line)))
}

fn kept() -> Result<PathBuf> {
    Ok(std::path::absolute(process::target())?.join("bench/anchor.txt"))
}

/// One file an operation.
fn operations(root: &Path) -> Result<usize> {
    let folder = root.with_file_name("operation");
    let files = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(files
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "rs"))
        .count())
}
