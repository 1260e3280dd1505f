//! Conformance: the same cases that the official SDKs were run on, run on ours.
//!
//! A *case* is one line of a vector file (`vectors/*.jsonl`, formats in `vectors/README.md`). [`run`] gives its
//! [`Outcome`]. The differential run makes cases of the same form from a seed ([`generate`]), asks the official SDKs for
//! what they do (`python/oracle.py`), and runs them here, so that one comparison serves both.

#![allow(clippy::indexing_slicing, reason = "cases are JSON, where indexing by a name that is missing gives null")]

mod alibaba;
pub mod catalog;
pub mod generate;
mod huawei;
mod oss;
pub mod setups;
pub mod support;
mod tencent;

use serde_json::Value;

/// The cloud a case belongs to: kinds of the same name differ between clouds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cloud {
    /// Huawei Cloud.
    Huawei,
    /// Tencent Cloud.
    Tencent,
    /// Alibaba Cloud without OSS.
    Alibaba,
    /// Alibaba Cloud OSS.
    Oss,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Huawei, Self::Tencent, Self::Alibaba, Self::Oss];

    /// The name used in file names and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Huawei => "huawei",
            Self::Tencent => "tencent",
            Self::Alibaba => "alibaba",
            Self::Oss => "oss",
        }
    }

    /// The cloud that a text names, such as a file's name.
    pub fn named_in(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| text.contains(cloud.name()))
    }
}

/// What became of one case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Ours does what is expected; for a listed defect of the official SDK: the better thing.
    Passed,
    /// Ours does something else: what, and where.
    Failed(String),
    /// Nothing runs this kind yet.
    NotImplemented,
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(difference) => Self::Failed(difference),
        }
    }
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whose behaviour it is.
    pub cloud: Cloud,
    /// Unique name within its file.
    pub name: String,
    /// Which behaviour.
    pub kind: String,
    /// Everything needed to reproduce it.
    pub input: Value,
    /// What the official SDK did (for a Tencent case that diverges: what we must do).
    pub expected: Value,
    /// For a listed defect of the official SDK: what we do instead. Partial: only its members are compared.
    pub better: Option<Value>,
    /// Whether `expected` records a defect or an accident.
    pub is_quirk: bool,
}

impl Case {
    /// Reads one line of a vector file.
    ///
    /// # Errors
    /// The line is not a JSON object with `name`, `kind`, `input` and `expected`.
    pub fn parse(cloud: Cloud, line: &str) -> Result<Self, String> {
        let mut value: Value = serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))?;
        let object = value.as_object_mut().ok_or("not a JSON object")?;
        let text = |member: &str| {
            object.get(member).and_then(Value::as_str).map(str::to_owned).ok_or(format!("member `{member}` is missing"))
        };
        let (name, kind) = (text("name")?, text("kind")?);
        let is_quirk = object.get("parity").and_then(Value::as_str) == Some("quirk");
        Ok(Self {
            cloud,
            name,
            kind,
            input: object.remove("input").ok_or("member `input` is missing")?,
            expected: object.remove("expected").ok_or("member `expected` is missing")?,
            better: object.remove("better"),
            is_quirk,
        })
    }
}

/// Runs one case. A quirk passes if ours does the better thing, or at least what the official SDK does.
pub fn run(case: &Case) -> Outcome {
    let run_with = |expected: &Value| match case.cloud {
        Cloud::Huawei => huawei::run(&case.kind, &case.input, expected),
        Cloud::Tencent => tencent::run(&case.kind, &case.input, expected),
        Cloud::Alibaba => alibaba::run(&case.kind, &case.input, expected),
        Cloud::Oss => oss::run(&case.kind, &case.input, expected),
    };
    let Some(better) = case.better.as_ref().filter(|_| case.is_quirk) else {
        let outcome = run_with(&case.expected);
        // A quirk without a better way is information only.
        return if case.is_quirk && matches!(outcome, Outcome::Failed(_)) { Outcome::Passed } else { outcome };
    };
    match run_with(better) {
        Outcome::Failed(difference) => match run_with(&case.expected) {
            Outcome::Failed(_) => Outcome::Failed(difference),
            outcome => outcome,
        },
        outcome => outcome,
    }
}
