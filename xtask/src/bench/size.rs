//! `cargo xtask bench size`: how large programs with typed calls are, and how much each further operation adds.

use std::fmt::Write as _;
use std::path::Path;

use sanyun_catalog::Cloud;
use sanyun_codegen::{Module, Selection};

use super::scratch::{Scratch, catalog, write};
use crate::Done;
use crate::process::{cargo, run as run_command, target};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const KIB: f64 = 1024.0;

/// What who wants small programs sets; the level of optimisation is an option.
const PROFILE: &str = "\
[profile.release]
lto = \"fat\"
codegen-units = 1
panic = \"abort\"
strip = true
";

/// A program with typed calls.
struct Program {
    cloud: Cloud,
    service: &'static str,
    /// How many operations it calls, the first always the same.
    used: usize,
    /// Whether the code of the whole service is there, or only of the operations that it calls.
    whole: bool,
}

const fn program(cloud: Cloud, service: &'static str, used: usize) -> Program {
    Program { cloud, service, used, whole: false }
}

/// The programs; one with more calls comes behind the one that it is compared with.
const PROGRAMS: [Program; 10] = [
    program(Cloud::Tencent, "cvm", 1),
    Program { cloud: Cloud::Tencent, service: "cvm", used: 1, whole: true },
    program(Cloud::Tencent, "cvm", 2),
    program(Cloud::Tencent, "cvm", 10),
    program(Cloud::Tencent, "cvm", 20),
    program(Cloud::Huawei, "vpc", 1),
    program(Cloud::Huawei, "vpc", 20),
    program(Cloud::Alibaba, "ecs", 1),
    program(Cloud::Alibaba, "ecs", 10),
    program(Cloud::Alibaba, "ecs", 20),
];

impl Program {
    fn name(&self) -> String {
        let whole = if self.whole { "-of-all" } else { "" };
        format!("{}-{}-{}{whole}", self.cloud.as_str(), self.service, self.used)
    }

    /// The operation that a first program makes, and others spread over the service.
    fn operations(&self) -> Result<Vec<String>> {
        let first = if self.cloud == Cloud::Huawei { "ListVpcs" } else { "DescribeInstances" };
        let catalog = catalog(self.cloud)?;
        let all: Vec<&str> = catalog.service(self.service, None)?.operations().filter(|name| *name != first).collect();
        let further = self.used - 1;
        let spread =
            (0..further).filter_map(|index| all.get(index * all.len() / further)).map(|name| (*name).to_owned());
        Ok(std::iter::once(first.to_owned()).chain(spread).collect())
    }
}

/// `size [--fast]`: programs optimised for size (`opt-level = "s"`), or for speed (`3`).
pub(crate) fn run(args: &[String]) -> Done {
    let level = if args.iter().any(|arg| arg == "--fast") { "3" } else { "\"s\"" };
    let mut scratch = Scratch::new("size")?;
    for program in &PROGRAMS {
        add(&mut scratch, program)?;
    }
    scratch.finish(&format!("{PROFILE}opt-level = {level}\n"))?;
    let mut build = cargo();
    build.current_dir(&scratch.folder).env("CARGO_TARGET_DIR", scratch.folder.join("target"));
    run_command(build.args(["build", "--release", "--quiet", "--workspace"]))?;
    print(&scratch.folder.join("target/release"), level)?;
    run_command(cargo().args(["build", "--release", "--quiet", "--package", "sanyun-cli"]))?;
    let bytes = length(&target().join("release/sanyun"))?;
    println!("\n{:<24} {bytes:>10} {:>8.2}   (target < 20 MiB; this workspace's profile)", "sanyun", bytes / KIB / KIB);
    Ok(())
}

fn add(scratch: &mut Scratch, program: &Program) -> Done {
    const TOKIO: &str = "tokio = { version = \"1\", default-features = false, features = [\"rt\"] }\n";
    let cloud = program.cloud.as_str();
    let folder = scratch.package(&program.name(), &[cloud], TOKIO)?;
    let operations = program.operations()?;
    let selection = if program.whole { Selection::All } else { Selection::Operations(operations.clone()) };
    let catalog = catalog(program.cloud)?;
    let module = Module::new(catalog.service(program.service, None)?, &selection)?;
    write(&folder.join("src/api.rs"), &module.source(&format!("sanyun_{cloud}")))?;
    let mut calls = String::new();
    for name in operations {
        writeln!(calls, "    black_box(&*client.call(api::{name}::default()).await?);")?;
    }
    write(
        &folder.join("src/main.rs"),
        &format!(
            "use std::hint::black_box;\n\nuse sanyun_{cloud}::Client;\n\nmod api;\n\n\
             async fn calls(client: &Client) -> sanyun_{cloud}::Result<()> {{\n{calls}    Ok(())\n}}\n\n\
             fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;\n    \
             Ok(runtime.block_on(calls(&Client::builder().build()?))?)\n}}\n"
        ),
    )
}

fn print(folder: &Path, level: &str) -> Done {
    println!(
        "\nStripped release programs (opt-level = {level}, fat LTO, one codegen unit, panic = abort), TLS included\n\n\
         {:<24} {:>10} {:>8} {:>34}",
        "program", "bytes", "MiB", "KiB a further operation"
    );
    let mut first = 0.0;
    for program in &PROGRAMS {
        let bytes = length(&folder.join(program.name()))?;
        let growth = if program.whole {
            format!("{:.1} for the operations not used", (bytes - first) / KIB)
        } else if program.used == 1 {
            first = bytes;
            String::new()
        } else {
            format!("{:.2}", (bytes - first) / KIB / (program.used - 1) as f64)
        };
        println!("{:<24} {bytes:>10} {:>8.2} {growth:>34}", program.name(), bytes / KIB / KIB);
    }
    println!("\nTargets: one call < 4 MiB; a further operation ≤ 6 KiB, one not used 0.");
    Ok(())
}

fn length(path: &Path) -> Result<f64> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(metadata.len() as f64)
}
