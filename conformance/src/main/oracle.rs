//! The oracle process of one cloud, the options of its runs, and the count of what came out.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use sanyun_catalog::Cloud;
use serde_json::Value;

use crate::option;

/// What the command line asks for.
pub(crate) struct Settings {
    pub(crate) clouds: Vec<Cloud>,
    /// Operations a cloud.
    pub(crate) count: usize,
    pub(crate) seed: u64,
    /// Only these services; all if empty.
    pub(crate) services: Vec<String>,
    /// A folder with archives instead of those in the program.
    pub(crate) catalog: Option<PathBuf>,
    /// The importer's cache of packages.
    packages: PathBuf,
    /// Where packages are unpacked.
    scratch: PathBuf,
}

impl Settings {
    pub(crate) fn parse(args: &[String], count: usize) -> Result<Self, String> {
        let number = |name: &str, default: u64| {
            option(args, name)
                .map_or(Ok(default), |text| text.parse().map_err(|_| format!("{name} {text}: not a number")))
        };
        let clouds = match option(args, "--cloud") {
            None => Cloud::ALL.to_vec(),
            Some(name) => vec![Cloud::from_word(name).ok_or_else(|| format!("there is no cloud `{name}`"))?],
        };
        let target = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"));
        let folder = |name: &str, default: &str| option(args, name).map_or_else(|| target.join(default), PathBuf::from);
        Ok(Self {
            clouds,
            count: number("--count", count as u64)? as usize,
            seed: number("--seed", 1)?,
            services: option(args, "--service")
                .map_or_else(Vec::new, |list| list.split(',').map(str::to_owned).collect()),
            catalog: option(args, "--catalog").map(PathBuf::from),
            packages: folder("--packages", "catalog/packages"),
            scratch: folder("--scratch", "conformance/sdk"),
        })
    }
}

/// The vendor's code in a process of its own.
pub(crate) struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// The one that answers about operations of the catalog.
    pub(crate) fn start(cloud: Cloud, settings: &Settings) -> Result<Self, Box<dyn std::error::Error>> {
        let mut command = python(concat!(env!("CARGO_MANIFEST_DIR"), "/python/catalog.py"));
        command.args(["--cloud", cloud.as_str(), "--packages"]).arg(&settings.packages);
        Self::spawn(command.arg("--scratch").arg(&settings.scratch))
    }

    /// The one that answers cases in the form of test vectors.
    pub(crate) fn of_cases(cloud: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Self::spawn(python(concat!(env!("CARGO_MANIFEST_DIR"), "/python/oracle.py")).args(["--cloud", cloud]))
    }

    fn spawn(command: &mut Command) -> Result<Self, Box<dyn std::error::Error>> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take().ok_or("the oracle has no input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("the oracle has no output")?);
        Ok(Self { child, questions, answers })
    }

    /// The answer to one case.
    pub(crate) fn ask(&mut self, case: &Value) -> Result<Value, Box<dyn std::error::Error>> {
        writeln!(self.questions, "{case}")?;
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err("the oracle ended".into()),
            _ => Ok(serde_json::from_str(&line)?),
        }
    }
}

fn python(program: &str) -> Command {
    let mut command = Command::new(std::env::var("SANYUN_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    command.arg(program);
    command
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came of the operations of a run.
#[derive(Default)]
pub(crate) struct Tally {
    agree: usize,
    /// How many operations were left out or differ in a listed way, by reason.
    excepted: BTreeMap<String, usize>,
    /// How many operations differ in a listed way only, or are left out.
    excepted_operations: usize,
    differ: Vec<String>,
    /// Operations whose package is not there.
    missing: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts one operation: its problems, and what is listed about each.
    pub(crate) fn add(&mut self, place: &str, problems: &[Value], listed: &dyn Fn(&Value) -> Option<&'static str>) {
        if let Some(package) = problems.iter().find_map(|problem| problem.get("missing")) {
            *self.missing.entry(package.as_str().unwrap_or_default().to_owned()).or_default() += 1;
            return;
        }
        let mut reasons: Vec<&str> = problems.iter().filter_map(listed).collect();
        reasons.sort_unstable();
        reasons.dedup();
        let real: Vec<_> =
            problems.iter().filter(|problem| listed(problem).is_none()).map(ToString::to_string).collect();
        for reason in &reasons {
            *self.excepted.entry((*reason).to_owned()).or_default() += 1;
        }
        match (real.is_empty(), reasons.is_empty()) {
            (true, true) => self.agree += 1,
            (true, false) => self.excepted_operations += 1,
            (false, _) => self.differ.push(format!("{place}\n    {}", real.join("\n    "))),
        }
    }

    /// How many operations fail the run.
    pub(crate) fn failed(&self) -> usize {
        self.differ.len() + self.missing.values().sum::<usize>()
    }

    pub(crate) fn print(&self, title: &str, took: Duration) {
        let missing: usize = self.missing.values().sum();
        println!(
            "\n{title}: {} agree, {} excepted, {} differ, {missing} without their package; {:.0} s",
            self.agree,
            self.excepted_operations,
            self.differ.len(),
            took.as_secs_f64()
        );
        for (reason, count) in &self.excepted {
            println!("  excepted, {count}: {reason}");
        }
        for (package, count) in &self.missing {
            println!("  not in the cache (`cargo xtask catalog` downloads it), {count}: {package}");
        }
        for difference in &self.differ {
            println!("  DIFFERS {difference}");
        }
    }
}
