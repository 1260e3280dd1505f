//! Running vector files: passed, failed and not implemented for each kind, and every failure by its name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sanyun_conformance::{Case, Cloud, Outcome};

use crate::{Done, option};

/// How many cases of a kind ended which way.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    failed: usize,
    not_implemented: usize,
}

/// Counts by cloud and kind, with the failures.
#[derive(Default)]
pub(crate) struct Report {
    kinds: BTreeMap<(&'static str, String), Tally>,
    failures: Vec<String>,
}

impl Report {
    /// Runs one case and counts it.
    pub(crate) fn run(&mut self, case: &Case) {
        let tally = self.kinds.entry((case.cloud.name(), case.kind.clone())).or_default();
        match sanyun_conformance::run(case) {
            Outcome::Passed => tally.passed += 1,
            Outcome::NotImplemented => tally.not_implemented += 1,
            Outcome::Failed(difference) => {
                tally.failed += 1;
                self.failures.push(format!("{} {} `{}`: {difference}", case.cloud.name(), case.kind, case.name));
            }
        }
    }

    /// How many failed so far.
    pub(crate) fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Prints the table and the failures (at most `most` of them).
    pub(crate) fn print(&self, most: usize) {
        println!("{:<9} {:<18} {:>7} {:>7} {:>16}", "cloud", "kind", "passed", "failed", "not implemented");
        for ((cloud, kind), tally) in &self.kinds {
            println!("{cloud:<9} {kind:<18} {:>7} {:>7} {:>16}", tally.passed, tally.failed, tally.not_implemented);
        }
        let sum = |count: fn(&Tally) -> usize| self.kinds.values().map(count).sum::<usize>();
        println!(
            "{:<28} {:>7} {:>7} {:>16}",
            "all",
            sum(|tally| tally.passed),
            sum(|tally| tally.failed),
            sum(|tally| tally.not_implemented)
        );
        for failure in self.failures.iter().take(most) {
            println!("\nFAILED {failure}");
        }
        if self.failures.len() > most {
            println!("\n… and {} more", self.failures.len() - most);
        }
    }
}

/// `vectors [--cloud C] [FILE…]`
pub(crate) fn run(args: &[String]) -> Done {
    let named = option(args, "--cloud");
    let files: Vec<PathBuf> =
        args.iter().filter(|arg| !arg.starts_with("--") && Some(arg.as_str()) != named).map(PathBuf::from).collect();
    let files = if files.is_empty() { own_files()? } else { files };
    let mut report = Report::default();
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = || format!("{}, line {}", file.display(), number + 1);
            // A line may name its cloud itself; else the option or the file's name does.
            let cloud = own_cloud(line).or_else(|| Cloud::named_in(named.unwrap_or(&stem)));
            let cloud = cloud.ok_or_else(|| format!("{}: which cloud? use --cloud", place()))?;
            report.run(&Case::parse(cloud, line).map_err(|error| format!("{}: {error}", place()))?);
        }
    }
    report.print(usize::MAX);
    if report.failed() == 0 { Ok(()) } else { Err(format!("{} cases failed", report.failed()).into()) }
}

fn own_cloud(line: &str) -> Option<Cloud> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    Cloud::named_in(value.get("cloud")?.as_str()?)
}

fn own_files() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    Ok(files)
}
