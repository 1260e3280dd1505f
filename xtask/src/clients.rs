//! The official Python SDKs, unchanged, as clients of `sanyun local`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Done;
use crate::process::{cargo, run as run_command, target};
use crate::python;

/// The pair that the local cloud knows.
const ACCESS_KEY: &str = "sanyun-local-ak";
const SECRET_KEY: &str = "sanyun-local-sk";

const SCRIPTS: [&str; 8] = [
    "huawei_vpc.py",
    "huawei_credentials.py",
    "huawei_temporary.py",
    "huawei_services.py",
    "tencent_cvm.py",
    "alibaba_ecs.py",
    "alibaba_ocr.py",
    "oss.py",
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

/// `cargo xtask clients`
pub(crate) fn run() -> Done {
    run_command(cargo().args(["build", "--package", "sanyun-cli"]))?;
    run_built()
}

/// The same with the command as the last build left it.
pub(crate) fn run_built() -> Done {
    let local = Local::start(&target().join("debug/sanyun"))?;
    println!("\nthe official Python SDKs against {}", local.url);
    let mut steps = 0;
    for script in SCRIPTS {
        for mode in [None, Some("--wrong-secret"), Some("--wrong-key")] {
            steps += script_steps(script, mode, &local.url)?;
        }
    }
    println!("{steps} steps of the official SDKs went as they should");
    Ok(())
}

fn script_steps(script: &str, mode: Option<&str>, url: &str) -> Result<usize, Box<dyn std::error::Error>> {
    let mut command = python::program(&format!("clients/{script}"))?;
    command.args(["--endpoint", url, "--ak", ACCESS_KEY, "--sk", SECRET_KEY]).args(mode);
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let steps = text.lines().filter(|line| line.contains("\"ok\": true")).count();
    println!("  {script} {}: {steps} steps", mode.unwrap_or_default());
    if output.status.success() && steps > 0 {
        return Ok(steps);
    }
    Err(format!("{script} {}:\n{text}{}", mode.unwrap_or_default(), String::from_utf8_lossy(&output.stderr)).into())
}
