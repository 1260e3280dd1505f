//! The official Python SDKs, unchanged, as clients of `sanyun local`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Done;
use crate::conformance::program;
use crate::process::{cargo, run as run_command, target};
use crate::python;

/// The pair that the local cloud knows.
const ACCESS_KEY: &str = "sanyun-local-ak";
const SECRET_KEY: &str = "sanyun-local-sk";

const SCRIPTS: [&str; 18] = [
    "huawei_vpc.py",
    "huawei_credentials.py",
    "huawei_temporary.py",
    "huawei_services.py",
    "tencent_cvm.py",
    "tencent_credentials.py",
    "tencent_services.py",
    "alibaba_ecs.py",
    "alibaba_credentials.py",
    "alibaba_services.py",
    "alibaba_ocr.py",
    "oss.py",
    "oss_buckets.py",
    "oss_objects.py",
    "oss_files.py",
    "oss_rare.py",
    "oss_async.py",
    "oss_vectors.py",
];

/// A running local cloud; it ends when it is dropped.
pub(crate) struct Local {
    child: Child,
    pub(crate) url: String,
}

impl Local {
    /// Starts `sanyun local` on a free port, with a data folder of its own.
    pub(crate) fn start(binary: &std::path::Path) -> Result<Self, Box<dyn std::error::Error>> {
        let data = target().join(format!("local-data-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        let mut child = Command::new(binary)
            .args(["local", "--port", "0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        for line in lines {
            let line = line?;
            if let Some(at) = line.find("http://127.0.0.1:") {
                let rest = line.get(at..).unwrap_or_default();
                let url =
                    rest.split_whitespace().next().unwrap_or_default().trim_end_matches(['/', '.', ',']).to_owned();
                return Ok(Self { child, url });
            }
        }
        Err("`sanyun local` did not say where it listens".into())
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `cargo xtask clients [--tccli]`
pub(crate) fn run(args: &[String]) -> Done {
    run_command(cargo().args(["build", "--package", "sanyun-cli", "--package", "sanyun-conformance"]))?;
    run_built()?;
    if args.iter().any(|arg| arg == "--tccli") { tccli() } else { Ok(()) }
}

/// The same with the programs as the last build left them.
pub(crate) fn run_built() -> Done {
    let local = Local::start(&target().join("debug/sanyun"))?;
    println!("\nthe official Python SDKs against {}", local.url);
    let mut steps = 0;
    for script in SCRIPTS {
        steps += all_modes(script, &local.url, &[])?;
    }
    // What the official SDK writes, ours reads, and the other way round.
    let sanyun = target().join("debug/sanyun");
    steps += all_modes("oss_multipart.py", &local.url, &["--ours", &sanyun.to_string_lossy()])?;
    // And what it encrypts.
    let ours = program();
    steps += all_modes("oss_encryption.py", &local.url, &["--peer", &ours.get_program().to_string_lossy()])?;
    println!("{steps} steps of the official SDKs went as they should");
    Ok(())
}

/// Tencent Cloud's own command. It is too large to be installed for every run of the tests.
fn tccli() -> Done {
    let command = python::tccli()?;
    let local = Local::start(&target().join("debug/sanyun"))?;
    let steps = all_modes("tencent_tccli.py", &local.url, &["--tccli", &command.to_string_lossy()])?;
    println!("{steps} steps of tccli went as they should");
    Ok(())
}

/// The steps of a script with the right key, with a wrong secret, and with a key that nobody knows.
fn all_modes(script: &str, url: &str, more: &[&str]) -> Result<usize, Box<dyn std::error::Error>> {
    let mut steps = 0;
    for mode in [None, Some("--wrong-secret"), Some("--wrong-key")] {
        steps += script_steps(script, mode, url, more)?;
    }
    Ok(steps)
}

fn script_steps(
    script: &str,
    mode: Option<&str>,
    url: &str,
    more: &[&str],
) -> Result<usize, Box<dyn std::error::Error>> {
    let mut command = python::program(&format!("clients/{script}"))?;
    command.args(["--endpoint", url, "--ak", ACCESS_KEY, "--sk", SECRET_KEY]).args(mode).args(more);
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let steps = text.lines().filter(|line| line.contains("\"ok\": true")).count();
    println!("  {script} {}: {steps} steps", mode.unwrap_or_default());
    if output.status.success() && steps > 0 {
        return Ok(steps);
    }
    Err(format!("{script} {}:\n{text}{}", mode.unwrap_or_default(), String::from_utf8_lossy(&output.stderr)).into())
}
