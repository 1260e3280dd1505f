//! `cargo xtask bench compile`: what the compiler takes for generated code alone, its dependencies being built.

#![allow(clippy::indexing_slicing, reason = "arrays with one entry a profile")]

use sanyun_catalog::Cloud;
use sanyun_codegen::{Module, Selection};

use super::scratch::{Scratch, Source, catalog};
use super::{anchor, rustc};
use crate::Done;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Every figure is the least of this many runs: noise only adds.
const RUNS: usize = 3;
/// How many operations a selection has.
const SELECTED: usize = 20;

/// A way to build.
pub(super) struct Profile {
    pub(super) name: &'static str,
    pub(super) cargo: &'static [&'static str],
}

/// The ways to build that are measured, with cargo's default profiles.
pub(super) const PROFILES: [Profile; 3] = [
    Profile { name: "check", cargo: &["check"] },
    Profile { name: "dev", cargo: &["build"] },
    Profile { name: "release", cargo: &["build", "--release"] },
];

/// The services of the target: name of the crate, cloud, service.
const WHOLE: [(&str, Cloud, &str); 4] = [
    ("tencent-cvm", Cloud::Tencent, "cvm"),
    ("huawei-ecs", Cloud::Huawei, "ecs"),
    ("huawei-vpc", Cloud::Huawei, "vpc"),
    ("alibaba-ecs", Cloud::Alibaba, "ecs"),
];

/// CPU seconds of one crate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) operations: usize,
    /// One a profile.
    pub(super) seconds: [f64; 3],
}

impl Figures {
    pub(super) fn to_line(self) -> String {
        let [check, dev, release] = self.seconds;
        format!("{}\t{check}\t{dev}\t{release}\n", self.operations)
    }

    pub(super) fn from_line(line: &str) -> Option<Self> {
        let mut words = line.trim().split('\t');
        let operations = words.next()?.parse().ok()?;
        let seconds = [words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?];
        Some(Self { operations, seconds })
    }

    /// Milliseconds of one operation, in each profile.
    fn per_operation(self) -> [f64; 3] {
        self.seconds.map(|seconds| seconds * 1000.0 / self.operations.max(1) as f64)
    }
}

/// `compile [--anchor]`
pub(crate) fn run(args: &[String]) -> Done {
    let mut scratch = Scratch::new("compile")?;
    let mut rows: Vec<(String, Figures)> = Vec::new();
    for (name, cloud, service) in WHOLE {
        let source = Source { cloud, service, all_versions: true, selection: Selection::All };
        rows.push((name.to_owned(), Figures { operations: scratch.library(name, &source)?, ..Figures::default() }));
    }
    for (name, cloud, service) in WHOLE {
        let selection = Selection::Operations(largest(cloud, service)?);
        let source = Source { cloud, service, all_versions: false, selection };
        let name = format!("{name}-{SELECTED}");
        let operations = scratch.library(&name, &source)?;
        rows.push((name, Figures { operations, ..Figures::default() }));
    }
    scratch.finish("")?;
    for (index, profile) in PROFILES.iter().enumerate() {
        rustc::measured(&scratch.folder, &[profile.cargo, &["--workspace"]].concat(), "")?;
        for (name, figures) in &mut rows {
            figures.seconds[index] = least(&scratch, profile, name)?;
        }
    }
    let wants_anchor = args.iter().any(|arg| arg == "--anchor");
    let anchor = if wants_anchor { Some(anchor::measure()?) } else { anchor::last()? };
    print(&rows, anchor);
    Ok(())
}

/// The operations of a service's newest version with the most code: the dearest choice there is.
fn largest(cloud: Cloud, service: &str) -> Result<Vec<String>> {
    let catalog = catalog(cloud)?;
    let mut sizes = Vec::new();
    for name in catalog.service(service, None)?.operations() {
        let one = Selection::Operations(vec![name.to_owned()]);
        let module = Module::new(catalog.service(service, None)?, &one)?;
        sizes.push((module.source("sdk").len(), name.to_owned()));
    }
    sizes.sort_unstable();
    Ok(sizes.into_iter().rev().take(SELECTED).map(|(_, name)| name).collect())
}

/// Compiles one crate of the workspace again and again.
fn least(scratch: &Scratch, profile: &Profile, name: &str) -> Result<f64> {
    let root = scratch.folder.join(name).join("src/lib.rs");
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        std::fs::File::options().append(true).open(&root)?.set_modified(std::time::SystemTime::now())?;
        let args = [profile.cargo, &["--package", name]].concat();
        let compiled = rustc::measured(&scratch.folder, &args, &name.replace('-', "_"))?;
        least = least.min(compiled.ok_or_else(|| format!("{name} was not compiled"))?.cpu);
    }
    Ok(least)
}

fn print(rows: &[(String, Figures)], anchor: Option<Figures>) {
    let mut total = Figures::default();
    for (_, figures) in rows.iter().take(WHOLE.len()) {
        total.operations += figures.operations;
        total.seconds = std::array::from_fn(|index| total.seconds[index] + figures.seconds[index]);
    }
    println!(
        "\nWhat the compiler takes for generated code alone (CPU seconds, user and system, dependencies built, cargo's\n\
         default profiles, no incremental compilation; least of {RUNS}). The selections are the {SELECTED} operations with\n\
         the most code. Ratios: aws-sdk-ec2 per operation / ours per operation.\n"
    );
    let [check, dev, release] = PROFILES.map(|profile| profile.name);
    println!(
        "{:<16} {:>10} {check:>8} {dev:>8} {release:>8} {:>24} {:>22}",
        "crate", "operations", "ms an operation", "ratios"
    );
    for (name, figures) in rows {
        row(name, *figures, anchor);
    }
    row("the four whole", total, anchor);
    match anchor {
        Some(anchor) => row("aws-sdk-ec2", anchor, None),
        None => {
            println!("\naws-sdk-ec2 was not measured here yet: `cargo xtask bench compile --anchor` does (20 minutes).")
        }
    }
    println!("\nTargets: ratio of the whole in dev ≥ 30, in release ≥ 80; the four whole < 10 s; a selection < 0.5 s.");
}

fn row(name: &str, figures: Figures, anchor: Option<Figures>) {
    let [check, dev, release] = figures.seconds;
    let ours = figures.per_operation();
    let each = ours.map(|each| format!("{each:.2}")).join(" / ");
    let ratios = anchor.map(|anchor| {
        let theirs = anchor.per_operation();
        let ratios: [String; 3] = std::array::from_fn(|index| format!("{:.0}", theirs[index] / ours[index]));
        ratios.join(" / ")
    });
    let (operations, ratios) = (figures.operations, ratios.unwrap_or_default());
    println!("{name:<16} {operations:>10} {check:>8.2} {dev:>8.2} {release:>8.2} {each:>24} {ratios:>22}");
}
