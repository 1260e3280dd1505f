//! `cargo xtask catalog`: the facts of the vendors' packages, from the lock file to the archives (docs/catalog.md).
//!
//! 1. `fetch.py` downloads what the lock file names and checks it.
//! 2. `import.py` reads the packages as data and writes line records.
//! 3. The records are packed, read again, counted, and compared with the reference and with the archive before.

mod count;
mod difference;
mod digest;
mod expected;
mod total;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sanyun_catalog::{Catalog, Cloud, Writer};

use expected::Expected;

const HELP: &str = "\
cargo xtask catalog [OPTION…]

Imports the facts of the packages in the lock file into catalog/*.catalog.

  --cloud C                only this cloud (huawei, tencent, alibaba); may be repeated
  --update                 first bring the lock file to the newest releases of the packages
  --add PACKAGE[==RELEASE] first put a package into the lock file (with one --cloud); may be repeated
  --lock FILE              another lock file than xtask/catalog/packages.lock
  --out DIR                where the archives are written (default: catalog), and the records then
  --check                  write nothing; fail if an archive would change
";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    clouds: Vec<Cloud>,
    update: bool,
    add: Vec<String>,
    check: bool,
    lock: Option<PathBuf>,
    out: Option<PathBuf>,
}

/// Where things are.
struct Folders {
    scripts: PathBuf,
    lock: PathBuf,
    packages: PathBuf,
    records: PathBuf,
    out: PathBuf,
}

/// Runs the chore.
///
/// # Errors
/// If a download, the import of anything, or a comparison fails; the message says what.
pub(crate) fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::parse(args)? else {
        print!("{HELP}");
        return Ok(());
    };
    let folders = Folders::new(&options);
    relock(&folders, &options)?;
    let expected = Expected::read(&folders.scripts.join("expected.tsv"))?;
    let mut failures = Vec::new();
    for cloud in &options.clouds {
        failures.extend(import(&folders, &options, &expected, *cloud)?);
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// Changes the lock file as the command line asks.
fn relock(folders: &Folders, options: &Options) -> Result<(), Box<dyn Error>> {
    let clouds = options.clouds.iter().map(|cloud| cloud.as_str());
    if options.update {
        succeed(fetch(folders, "update").args(clouds.clone()))?;
    }
    if !options.add.is_empty() {
        let [cloud] = options.clouds.as_slice() else { return Err("--add needs one --cloud".into()) };
        succeed(fetch(folders, "add").arg(cloud.as_str()).args(&options.add))?;
    }
    Ok(())
}

/// One cloud; returns what went wrong although the import went on.
fn import(
    folders: &Folders,
    options: &Options,
    expected: &Expected,
    cloud: Cloud,
) -> Result<Vec<String>, Box<dyn Error>> {
    println!("{cloud}");
    succeed(fetch(folders, "get").arg(cloud.as_str()))?;
    let mut failures = records(folders, cloud)?;
    let bytes = pack(&folders.records(cloud), cloud)?;
    let catalog = Catalog::open(bytes.clone())?;
    failures.extend(count::report(&catalog, expected));
    failures.extend(total::report(&catalog, expected));
    failures.extend(store(folders, options, &catalog, &bytes)?);
    Ok(failures)
}

/// Runs the importer; returns what it did not understand.
fn records(folders: &Folders, cloud: Cloud) -> Result<Vec<String>, Box<dyn Error>> {
    let records = folders.records(cloud).with_extension("new");
    clear(&records)?;
    let packages = packages(folders, cloud)?;
    let mut importer = python(folders, "import.py");
    importer.arg(cloud.as_str()).arg(&records).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = importer.spawn()?;
    if let Some(mut input) = running.stdin.take() {
        input.write_all(packages.as_bytes())?;
    }
    let output = running.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("import.py {cloud} failed").into());
    }
    // Only now, so that others may read the records of the run before until then.
    clear(&folders.records(cloud))?;
    fs::rename(&records, folders.records(cloud))?;
    let report = String::from_utf8(output.stdout)?;
    for line in report.lines() {
        println!("  {}", line.replace('\t', ": "));
    }
    let problems = report.lines().filter_map(|line| line.strip_prefix("problem\t"));
    Ok(problems.map(|problem| format!("not understood: {problem}")).collect())
}

/// Removes a folder: what an earlier run left there must not come back.
fn clear(folder: &Path) -> std::io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

/// The lines that the importer reads: file, name, release.
fn packages(folders: &Folders, cloud: Cloud) -> Result<String, Box<dyn Error>> {
    let lock = fs::read_to_string(&folders.lock)?;
    let mut lines = String::new();
    for line in lock.lines() {
        let mut cells = line.split('\t');
        if cells.next() == Some(cloud.as_str()) {
            let [package, release, file] = [(); 3].map(|()| cells.next().unwrap_or_default());
            lines += &format!("{}\t{package}\t{release}\n", folders.packages.join(file).display());
        }
    }
    Ok(lines)
}

fn pack(records: &Path, cloud: Cloud) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = Writer::new(cloud);
    for service in fs::read_dir(records)? {
        for version in fs::read_dir(service?.path())? {
            let path = version?.path();
            writer.add(&fs::read_to_string(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(writer.finish()?)
}

/// Writes the archive if it differs from the one before, and says how.
fn store(
    folders: &Folders,
    options: &Options,
    catalog: &Catalog,
    bytes: &[u8],
) -> Result<Option<String>, Box<dyn Error>> {
    let path = folders.out.join(format!("{}.catalog", catalog.cloud()));
    let before = fs::read(&path).unwrap_or_default();
    if before == bytes {
        println!("  {} unchanged, {} bytes", path.display(), bytes.len());
        return Ok(None);
    }
    if let Ok(before) = Catalog::open(before) {
        difference::report(&before, catalog);
    }
    if options.check {
        return Ok(Some(format!("{} would change", path.display())));
    }
    fs::create_dir_all(&folders.out)?;
    fs::write(&path, bytes)?;
    println!("  {} written, {} bytes", path.display(), bytes.len());
    Ok(None)
}

impl Options {
    /// `None` if help is asked for.
    fn parse(args: &[String]) -> Result<Option<Options>, Box<dyn Error>> {
        let mut options = Options::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().cloned().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--cloud" => {
                    let word = value()?;
                    options.clouds.push(Cloud::from_word(&word).ok_or(format!("there is no cloud `{word}`"))?);
                }
                "--update" => options.update = true,
                "--check" => options.check = true,
                "--lock" => options.lock = Some(value()?.into()),
                "--out" => options.out = Some(value()?.into()),
                "--add" => options.add.push(value()?),
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

impl Folders {
    fn new(options: &Options) -> Folders {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().unwrap_or(xtask);
        let work = root.join("target/catalog");
        Folders {
            scripts: xtask.join("catalog"),
            lock: options.lock.clone().unwrap_or_else(|| xtask.join("catalog/packages.lock")),
            packages: work.join("packages"),
            records: options.out.as_ref().unwrap_or(&work).join("records"),
            out: options.out.clone().unwrap_or_else(|| root.join("catalog")),
        }
    }

    fn records(&self, cloud: Cloud) -> PathBuf {
        self.records.join(cloud.as_str())
    }
}

/// The script that keeps the lock file and the packages.
fn fetch(folders: &Folders, what: &str) -> Command {
    let mut command = python(folders, "fetch.py");
    command.arg(&folders.lock).arg(&folders.packages).arg(what);
    command
}

/// A script of this chore; the interpreter is `python3` or the one that the variable `PYTHON` names.
fn python(folders: &Folders, script: &str) -> Command {
    let mut command = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONIOENCODING", "utf-8").arg(folders.scripts.join(script));
    command
}

fn succeed(command: &mut Command) -> Result<(), Box<dyn Error>> {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?}: {status}").into()),
    }
}

#[cfg(test)]
mod tests;
