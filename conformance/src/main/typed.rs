//! Random calls of a catalog's operations by generated code and by name: the request to the byte, and the value of the
//! reply.
//!
//! The code of the sample is generated into a crate of its own together with a program that runs it
//! (`sanyun_conformance::catalog::typed`), one crate a cloud.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sanyun_catalog::{Catalog, Cloud};
use sanyun_codegen::{Module, Selection};
use sanyun_conformance::catalog::{draw, exceptions};
use serde_json::{Value, json};

use crate::Done;
use crate::oracle::{Settings, Tally};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// `typed [--cloud C] [--count N] [--seed S] [--service A,B]`
pub(crate) fn run(args: &[String]) -> Done {
    let settings = Settings::parse(args, 500)?;
    let mut failed = 0;
    for cloud in &settings.clouds {
        failed += compare(*cloud, &settings)?;
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} operations differ").into()) }
}

fn compare(cloud: Cloud, settings: &Settings) -> Result<usize> {
    let started = Instant::now();
    let catalog = Catalog::of(cloud)?;
    let mut tally = Tally::default();
    let mut wanted: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for [service, version, name] in draw(catalog, &settings.services, settings.count, settings.seed) {
        let operation = catalog.operation(&service, Some(&version), &name)?;
        match exceptions::operation(&operation).or_else(|| exceptions::typed_operation(&operation)) {
            Some(reason) => tally.add(&name, &[json!({ "left out": reason })], &|_: &Value| Some(reason)),
            None => wanted.entry((service, version)).or_default().push(name),
        }
    }
    let count: usize = wanted.values().map(Vec::len).sum();
    let folder = write(catalog, &wanted, settings.seed)?;
    let answers = build_and_run(&folder)?;
    if answers.len() != count {
        return Err(format!("{cloud}: {} operations of {count} came back", answers.len()).into());
    }
    for answer in &answers {
        let place = answer["place"].as_str().unwrap_or_default();
        let problems = answer["problems"].as_array().cloned().unwrap_or_default();
        tally.add(place, &problems, &|problem: &Value| exceptions::typed(problem));
    }
    tally.print(&format!("{cloud} typed (seed {})", settings.seed), started.elapsed());
    Ok(tally.failed())
}

/// The folder of the scratch crates.
fn scratch() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    Ok(std::path::absolute(target)?.join("conformance/typed"))
}

/// Writes the crate of a cloud: a module a service version, and the program.
fn write(catalog: &Catalog, wanted: &BTreeMap<(String, String), Vec<String>>, seed: u64) -> Result<PathBuf> {
    let cloud = catalog.cloud();
    let folder = scratch()?.join(cloud.as_str());
    let sources = folder.join("src");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    fs::create_dir_all(&sources)?;
    let mut program = "#![allow(deprecated)]\nuse sanyun_conformance::catalog::typed::{json, Run};\n".to_owned();
    let mut main = format!("fn main() {{\n    let run = Run::new({:?}, {seed});\n", cloud.as_str());
    for ((service, version), names) in wanted {
        let module = Module::new(catalog.service(service, Some(version))?, &Selection::Operations(names.clone()))?;
        let text = module.source(&format!("sanyun_{cloud}"));
        let file = format!("{}_{}", module.service_name().trim_end_matches('_'), module.version_name());
        writeln!(program, "mod {file};")?;
        for (name, writer) in operations(&text) {
            writeln!(main, "    run.{cloud}::<{file}::{name}>({service:?}, {version:?}, {writer});")?;
        }
        fs::write(sources.join(format!("{file}.rs")), text)?;
    }
    fs::write(sources.join("main.rs"), format!("{program}\n{main}}}\n"))?;
    manifest(&folder, cloud)?;
    Ok(folder)
}

/// The operations in generated code by their names in Rust, and how their answers are written.
fn operations(text: &str) -> Vec<(&str, &'static str)> {
    let rest = text.split("\nimpl sdk::Operation for ").skip(1);
    let is_stream = |it: &str| it.lines().nth(2).is_some_and(|line| line.contains("= sdk::StreamBody;"));
    let writer = |it: &str| if is_stream(it) { "|_| None" } else { "|it| json(it)" };
    rest.filter_map(|it| Some((it.split_once(' ')?.0, writer(it)))).collect()
}

fn manifest(folder: &Path, cloud: Cloud) -> Done {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let path = |name: &str| root.join(name).display().to_string();
    let text = format!(
        "[package]\nname = \"typed-{cloud}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[dependencies]\n\
         sanyun-conformance = {{ path = {:?} }}\nsanyun-{cloud} = {{ path = {:?} }}\n",
        path("conformance"),
        path(&format!("crates/sanyun-{cloud}")),
    );
    fs::write(folder.join("Cargo.toml"), text)?;
    // The same versions of the dependencies as here.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

/// Runs the program; gives the lines that it prints.
fn build_and_run(folder: &Path) -> Result<Vec<Value>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--offline", "--manifest-path"]).arg(folder.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(scratch()?.join("target"));
    let output = cargo.stdout(Stdio::piped()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", folder.display(), output.status).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
