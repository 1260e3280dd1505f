//! Thousands of random requests, made on both sides: ours and the official SDK's must be the same to the byte.
//!
//! The cases come from a seed, so that a difference can be repeated. Where the official SDK has a listed defect, the
//! comparison takes our better way or leaves the member out; the generators say which, by the defect's name.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use sanyun_conformance::{Case, Cloud, generate};
use sanyun_core::SeededChance;
use serde_json::{Value, json};

use crate::vectors::Report;
use crate::{Done, option};

/// `differential [--cloud C] [--count N] [--seed S]`
pub(crate) fn run(args: &[String]) -> Done {
    let count = number(args, "--count")?.unwrap_or(10_000);
    let seed = number(args, "--seed")?.unwrap_or(1);
    let clouds = match option(args, "--cloud") {
        None => Cloud::ALL.to_vec(),
        Some(name) => vec![Cloud::named_in(name).ok_or_else(|| format!("there is no cloud `{name}`"))?],
    };
    let mut failed = 0;
    for cloud in clouds {
        failed += compare(cloud, count as usize, seed)?;
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} requests differ").into()) }
}

fn number(args: &[String], name: &str) -> Result<Option<u64>, String> {
    option(args, name).map(|text| text.parse().map_err(|_| format!("{name} {text}: not a number"))).transpose()
}

/// Runs `count` cases of one cloud and returns how many differ.
fn compare(cloud: Cloud, count: usize, seed: u64) -> Result<usize, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let python = std::env::var("SANYUN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut oracle = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/oracle.py"))
        .args(["--cloud", cloud.name()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut questions = oracle.stdin.take().ok_or("the oracle has no input")?;
    let answers = BufReader::new(oracle.stdout.take().ok_or("the oracle has no output")?);
    // On a thread of its own: the oracle answers while it is still being asked.
    let asking = std::thread::spawn(move || -> std::io::Result<()> {
        let chance = SeededChance::new(seed);
        for number in 0..count {
            let (kind, input) = generate::generate(cloud, &chance);
            let case = json!({"name": format!("seed {seed} case {number}"), "kind": kind, "input": input});
            writeln!(questions, "{case}")?;
        }
        Ok(())
    });
    let mut report = Report::default();
    let mut refused = 0;
    for line in answers.lines() {
        let line = line?;
        let case = Case::parse(cloud, &line)?;
        // What the official SDK itself refuses has nothing to compare with.
        if case.expected.get("error").is_some_and(|error| !error.is_null()) && is_internal(&case.expected) {
            refused += 1;
            continue;
        }
        report.run(&case);
    }
    let asked = asking.join().map_err(|_| "the generator stopped")?;
    let status = oracle.wait()?;
    asked?;
    if !status.success() {
        return Err(format!("the oracle of {} failed ({status})", cloud.name()).into());
    }
    println!(
        "\n{}: {count} random requests (seed {seed}) in {:.1} s; {refused} refused by the official SDK",
        cloud.name(),
        started.elapsed().as_secs_f64()
    );
    report.print(10);
    Ok(report.failed())
}

/// Whether the official SDK stopped with an error of the language instead of one of its own.
fn is_internal(expected: &Value) -> bool {
    let name = expected.get("error").and_then(Value::as_str).unwrap_or_default();
    ["AttributeError", "TypeError", "KeyError", "IndexError", "UnicodeEncodeError"].contains(&name)
}
