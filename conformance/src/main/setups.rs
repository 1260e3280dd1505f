//! Random set-ups of a machine, resolved by the official SDK of Huawei Cloud and by ours: credentials, endpoints, and a
//! whole call.

use std::time::Instant;

use sanyun_conformance::generate;
use sanyun_conformance::setups::{self, REPAIRS, Repair};
use sanyun_core::SeededChance;
use serde_json::{Value, json};

use crate::Done;
use crate::oracle::{Oracle, Settings, Tally};

/// `setups [--count N] [--seed S]`
pub(crate) fn run(args: &[String]) -> Done {
    let settings = Settings::parse(args, 2000)?;
    let started = Instant::now();
    let chance = SeededChance::new(settings.seed);
    let mut sides = Sides::start()?;
    let mut tally = Tally::default();
    let mut met = Met::default();
    for number in 0..settings.count {
        let setup = generate::setup(&chance);
        let official = sides.official(&setup)?;
        met.add(&official);
        let mut problems = sides.differences(&setup, &official)?;
        if !problems.is_empty() {
            problems = sides.explained(&setup)?;
        }
        let place = format!("set-up {number} of seed {}: {setup}", settings.seed);
        tally.add(&place, &problems, &setups::reason);
    }
    tally.print(&format!("huawei set-ups (seed {})", settings.seed), started.elapsed());
    met.print();
    match tally.failed() {
        0 => Ok(()),
        failed => Err(format!("{failed} set-ups differ").into()),
    }
}

/// The official SDK and ours.
struct Sides {
    oracle: Oracle,
    runtime: tokio::runtime::Runtime,
}

impl Sides {
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        Ok(Self { oracle: Oracle::of_cases("huawei")?, runtime })
    }

    fn official(&mut self, setup: &Value) -> Result<Value, Box<dyn std::error::Error>> {
        let mut answer = self.oracle.ask(&json!({"kind": "setup", "input": setup}))?;
        Ok(answer.get_mut("expected").map(Value::take).unwrap_or_default())
    }

    /// Where our answer to a set-up is not this one.
    fn differences(&self, setup: &Value, official: &Value) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
        let ours = self.runtime.block_on(setups::ours(setup, official))?;
        Ok(setups::differences(official, &ours))
    }

    /// The differences by their listed reasons, and those that have none. The official SDK is asked again about the
    /// set-up without what it does not cope with, and has to find there what ours found at once.
    fn explained(&mut self, setup: &Value) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
        let ours = self.runtime.block_on(setups::ours(setup, &Value::Null))?;
        let all: Vec<&Repair> = REPAIRS.iter().filter(|repair| repair.applied(setup, &ours).is_some()).collect();
        let (official, left) = self.after(&all, setup, &ours)?;
        let mut problems = vec![];
        for repair in &all {
            let others: Vec<_> = all.iter().copied().filter(|other| other.reason != repair.reason).collect();
            if self.after(&others, setup, &ours)?.1 != left {
                problems.push(setups::as_listed(repair.reason));
            }
        }
        problems.extend(left.into_iter().map(|problem| match setups::listed(setup, &official, &problem) {
            Some(reason) => setups::as_listed(reason),
            None => problem,
        }));
        Ok(problems)
    }

    /// The official answer to a repaired set-up, and where ours to the original is another.
    fn after(
        &mut self,
        repairs: &[&Repair],
        setup: &Value,
        ours: &Value,
    ) -> Result<(Value, Vec<Value>), Box<dyn std::error::Error>> {
        let repair = |setup: Value, repair: &&Repair| repair.applied(&setup, ours).unwrap_or(setup);
        let official = self.official(&repairs.iter().fold(setup.clone(), repair))?;
        let differences = self.differences(setup, &official)?;
        Ok((official, differences))
    }
}

/// How often the official SDK ended which way: whether the set-ups are of use.
#[derive(Default)]
struct Met(std::collections::BTreeMap<String, usize>);

impl Met {
    fn add(&mut self, official: &Value) {
        let credentials = &official["credentials"];
        let source = credentials.get("source").or(credentials.get("error")).and_then(Value::as_str);
        *self.0.entry(format!("credentials: {}", source.unwrap_or_default())).or_default() += 1;
        for part in ["endpoints", "call"] {
            let outcome = official[part].get("error").and_then(Value::as_str).unwrap_or("found");
            *self.0.entry(format!("{part}: {outcome}")).or_default() += 1;
        }
    }

    fn print(&self) {
        let all: Vec<_> = self.0.iter().map(|(what, count)| format!("{what} {count}")).collect();
        println!("  the official SDK met: {}", all.join(", "));
    }
}
