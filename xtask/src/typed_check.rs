//! `cargo xtask typed-check`: the typed code of every service version, generated and checked by the compiler.
//!
//! The code lies in a workspace of its own under the target folder, several service versions a crate. Lints of this
//! workspace that are off by default are on there: what generated code allows must be enough for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sanyun_catalog::{Catalog, Cloud};
use sanyun_codegen::{Counts, Module, Selection};

use crate::Done;
use crate::process::{cargo, root, target};

const HELP: &str = "\
cargo xtask typed-check [OPTION…]

  --cloud C       only this cloud (huawei, tencent, alibaba); may be repeated
  --shard I/N     only the I-th of N parts, beginning with 1
  --catalog DIR   the archives of this folder (default: catalog)
  --keep          only write the crates
";

/// A crate takes no more lines than this, unless one service version alone has more: it bounds the compiler's memory.
const LINES_A_CRATE: usize = 150_000;

struct Options {
    clouds: Vec<Cloud>,
    shard: (usize, usize),
    catalog: PathBuf,
    keep: bool,
}

/// One crate of the scratch workspace.
#[derive(Default)]
struct Crate {
    modules: Vec<(String, String)>,
    lines: usize,
}

/// What the code amounts to.
#[derive(Default)]
struct Totals {
    versions: usize,
    counts: Counts,
    lines: usize,
    bytes: usize,
}

/// Runs the chore.
///
/// # Errors
/// If anything does not generate, does not compile, or warns.
pub(crate) fn run(args: &[String]) -> Done {
    let Some(options) = Options::parse(args)? else {
        print!("{HELP}");
        return Ok(());
    };
    let mut failed = Vec::new();
    for cloud in &options.clouds {
        let (crates, totals) = generate(&options, *cloud)?;
        let folder = target().join("typed-check").join(cloud.as_str());
        write(&folder, *cloud, &crates)?;
        println!(
            "{cloud}: {} service versions, {} operations, {} structures, {} enumerations; {} lines, {} bytes, {} crates",
            totals.versions,
            totals.counts.operations,
            totals.counts.structures,
            totals.counts.enumerations,
            totals.lines,
            totals.bytes,
            crates.len(),
        );
        if !options.keep && !check(&folder)? {
            failed.push(cloud.as_str());
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("errors or warnings: {}", failed.join(", ")).into()) }
}

/// The code of a cloud, packed into crates.
fn generate(options: &Options, cloud: Cloud) -> Result<(Vec<Crate>, Totals), Box<dyn std::error::Error>> {
    let catalog = Catalog::open_dir(&options.catalog, cloud)?;
    let (shard, shards) = options.shard;
    let mut totals = Totals::default();
    let mut crates: Vec<Crate> = Vec::new();
    for (index, entry) in catalog.services().enumerate() {
        if index % shards != shard - 1 {
            continue;
        }
        let module = Module::new(entry.open()?, &Selection::All)?;
        let text = module.source(&format!("sanyun_{cloud}"));
        totals.add(entry.operation_count(), &module, &text)?;
        let lines = text.lines().count();
        if crates.last().is_none_or(|last| last.lines + lines > LINES_A_CRATE) {
            crates.push(Crate::default());
        }
        if let Some(last) = crates.last_mut() {
            last.lines += lines;
            last.modules
                .push((format!("{}_{}", module.service_name().trim_end_matches('_'), module.version_name()), text));
        }
    }
    Ok((crates, totals))
}

/// A workspace in which nothing old is left.
fn write(folder: &Path, cloud: Cloud, crates: &[Crate]) -> Done {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let workspace =
        "[workspace]\nresolver = \"3\"\nmembers = [\"part*\"]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n";
    fs::write(folder.join("Cargo.toml"), workspace)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for (index, part) in crates.iter().enumerate() {
        write_crate(&folder.join(format!("part{index:03}")), cloud, index, part)?;
    }
    Ok(())
}

fn write_crate(folder: &Path, cloud: Cloud, index: usize, part: &Crate) -> Done {
    let sources = folder.join("src");
    fs::create_dir_all(&sources)?;
    let path = root().join("crates").join(format!("sanyun-{cloud}"));
    let manifest = format!(
        "[package]\nname = \"part{index:03}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         sanyun-{cloud} = {{ path = {:?} }}\n",
        path.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut lib = "#![warn(missing_docs, unreachable_pub, rust_2018_idioms)]\n//! Generated code.\n\n".to_owned();
    for (name, text) in &part.modules {
        lib += &format!("pub mod {name};\n");
        fs::write(sources.join(format!("{name}.rs")), text)?;
    }
    fs::write(sources.join("lib.rs"), lib)?;
    Ok(())
}

/// Runs `cargo check`; whether it found nothing to say.
fn check(folder: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let target = target().join("typed-check/target");
    let before = child_seconds();
    // The dependencies are built first, so that what follows is the cost of generated code alone.
    let manifest = folder.join("Cargo.toml");
    let dependency = folder.file_name().map(|cloud| format!("sanyun-{}", cloud.to_string_lossy())).unwrap_or_default();
    succeed(check_command(&manifest, &target).args(["--package", &dependency, "--quiet"]))?;
    let built = child_seconds();
    let mut command = check_command(&manifest, &target);
    command.args(["--workspace", "--keep-going", "--message-format", "short"]).stderr(Stdio::piped());
    let output = command.output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> =
        messages.lines().filter(|line| line.contains(": warning") || line.contains(": error")).collect();
    for line in said.iter().take(20) {
        println!("  {line}");
    }
    let warnings = said.iter().filter(|line| line.contains(": warning")).count();
    println!(
        "  check: {} warnings, {} errors; {} CPU s, dependencies {} CPU s",
        warnings,
        said.len() - warnings,
        difference(child_seconds(), built),
        difference(built, before),
    );
    Ok(output.status.success() && said.is_empty())
}

fn check_command(manifest: &Path, target: &Path) -> Command {
    let mut command = cargo();
    command.arg("check").arg("--manifest-path").arg(manifest).arg("--target-dir").arg(target);
    command.env("CARGO_INCREMENTAL", "0").args(["--offline", "--jobs", "2"]);
    command
}

fn succeed(command: &mut Command) -> Done {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?}: {status}").into()),
    }
}

/// CPU seconds of all programs that ran for this one and ended, in user mode; `None` where the system does not tell.
fn child_seconds() -> Option<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the program's name in parentheses: the state is the first, `cutime` the fourteenth.
    let ticks: f64 = stat.rsplit_once(") ")?.1.split(' ').nth(13)?.parse().ok()?;
    Some(ticks / TICKS_A_SECOND)
}

fn difference(later: Option<f64>, earlier: Option<f64>) -> String {
    later.zip(earlier).map_or("?".to_owned(), |(later, earlier)| format!("{:.1}", later - earlier))
}

impl Totals {
    /// Adds a module, which must have all the operations that the catalog counts.
    fn add(&mut self, operations: usize, module: &Module<'_>, text: &str) -> Done {
        let counts = module.counts();
        if counts.operations != operations {
            let title = module.title();
            return Err(format!("{title}: {} operations of {operations} were generated", counts.operations).into());
        }
        self.versions += 1;
        self.counts.operations += counts.operations;
        self.counts.structures += counts.structures;
        self.counts.enumerations += counts.enumerations;
        self.lines += text.lines().count();
        self.bytes += text.len();
        Ok(())
    }
}

impl Options {
    /// `None` if help is asked for.
    fn parse(args: &[String]) -> Result<Option<Self>, Box<dyn std::error::Error>> {
        let mut options = Self { clouds: Vec::new(), shard: (1, 1), catalog: root().join("catalog"), keep: false };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().cloned().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--cloud" => {
                    let word = value()?;
                    options.clouds.push(Cloud::from_word(&word).ok_or(format!("there is no cloud `{word}`"))?);
                }
                "--shard" => options.shard = shard(&value()?).ok_or("a shard is written as 1/4, …, 4/4")?,
                "--catalog" => options.catalog = value()?.into(),
                "--keep" => options.keep = true,
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("there is no option `{other}`\n\n{HELP}").into()),
            }
        }
        if options.clouds.is_empty() {
            options.clouds = Cloud::ALL.to_vec();
        }
        Ok(Some(options))
    }
}

fn shard(text: &str) -> Option<(usize, usize)> {
    let (shard, shards) = text.split_once('/')?;
    let (shard, shards) = (shard.parse().ok()?, shards.parse().ok()?);
    (1..=shards).contains(&shard).then_some((shard, shards))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_counted_from_one() {
        for (text, expected) in
            [("1/4", Some((1, 4))), ("4/4", Some((4, 4))), ("0/4", None), ("5/4", None), ("1", None)]
        {
            assert_eq!(shard(text), expected, "{text}");
        }
    }

    #[test]
    fn seconds_are_shown_where_the_system_tells_them() {
        assert_eq!(difference(Some(3.25), Some(1.0)), "2.2");
        assert_eq!(difference(None, Some(1.0)), "?");
    }
}
