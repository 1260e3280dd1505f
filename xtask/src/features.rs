//! `cargo xtask features`: the cargo features of the cloud crates, one a service, from the catalogs.

use std::fs;
use std::path::PathBuf;

use sanyun_catalog::{Catalog, Cloud};

use crate::Done;
use crate::process::root;

const BEGIN: &str = "# One a service, written by `cargo xtask features`: its typed operations, all versions.\n";
const END: &str = "# End of the services.\n";

/// Runs the chore; with `--check` it only compares.
///
/// # Errors
/// If a manifest has no place for the features, or with `--check` differs from what would be written.
pub(crate) fn run(args: &[String]) -> Done {
    let only_check = match args {
        [] => false,
        [word] if word == "--check" => true,
        _ => return Err("cargo xtask features [--check]".into()),
    };
    let mut stale = Vec::new();
    for cloud in Cloud::ALL {
        let path = manifest(cloud);
        let before = fs::read_to_string(&path)?;
        let after = rewritten(&before, &features(cloud)?).ok_or(format!(
            "{}: the lines `{}` and `{}` are missing under [features]",
            path.display(),
            BEGIN.trim_end(),
            END.trim_end()
        ))?;
        if after == before {
            continue;
        }
        if only_check {
            stale.push(path.display().to_string());
        } else {
            fs::write(&path, after)?;
            println!("{} written", path.display());
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("run `cargo xtask features`: {}", stale.join(", ")).into()) }
}

fn manifest(cloud: Cloud) -> PathBuf {
    root().join("crates").join(format!("sanyun-{cloud}")).join("Cargo.toml")
}

/// A line for each service that has operations.
fn features(cloud: Cloud) -> Result<String, Box<dyn std::error::Error>> {
    let catalog = Catalog::open_dir(root().join("catalog"), cloud)?;
    let mut names: Vec<&str> =
        catalog.services().filter(|entry| entry.operation_count() > 0).map(|entry| entry.name()).collect();
    names.dedup();
    let lines = names.iter().map(|name| format!("{} = [\"typed\"]\n", sanyun_codegen::feature(name)));
    Ok(lines.collect())
}

/// The manifest with other features between the two marks.
fn rewritten(manifest: &str, features: &str) -> Option<String> {
    let (before, rest) = manifest.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{features}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifests_have_a_feature_for_every_service() {
        assert_eq!(run(&["--check".to_owned()]).map_err(|error| error.to_string()), Ok(()));
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let manifest = format!("[features]\ntls = []\n{BEGIN}old = []\n{END}\n[dependencies]\n");
        let expected = format!("[features]\ntls = []\n{BEGIN}new = []\n{END}\n[dependencies]\n");
        assert_eq!(rewritten(&manifest, "new = []\n"), Some(expected));
        assert_eq!(rewritten("[features]\n", "new = []\n"), None);
    }
}
