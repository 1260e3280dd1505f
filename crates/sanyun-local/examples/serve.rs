//! A local cloud as a server: `cargo run -p sanyun-local --example serve -- --port 8700 --data ./cloud`.
//!
//! The first line of its output is the endpoint; the access log goes to the standard error stream.

use std::io::Write as _;

use std::time::Duration;

use sanyun_local::{Builder, Local, Metadata};

const USAGE: &str = "usage: serve [--port PORT] [--data DIR] [--key ID:SECRET]... [--project NAME=ID]... [--hide-domains] \
                     [--metadata v1|v2|no-agency] [--cvm-role NAME] [--ecs-role NAME] [--key-life SECONDS] [--faults] \
                     [--quiet]";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = builder(std::env::args().skip(1))?.start().await?;
    writeln!(std::io::stdout(), "{}", local.url())?;
    local.run_until_signal().await?;
    Ok(())
}

fn builder(mut arguments: impl Iterator<Item = String>) -> Result<Builder, String> {
    let (mut builder, mut quiet, mut projects) = (Local::builder(), false, Vec::new());
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{option} needs a value\n{USAGE}"));
        builder = match option.as_str() {
            "--port" => builder.port(number(&value()?)?),
            "--data" => builder.data_dir(value()?),
            "--key" => {
                let pair = value()?;
                let (id, secret) = pair.split_once(':').ok_or_else(|| format!("a key is ID:SECRET\n{USAGE}"))?;
                builder.key(id, secret)
            }
            "--project" => {
                let pair = value()?;
                let (name, id) = pair.split_once('=').ok_or_else(|| format!("a project is NAME=ID\n{USAGE}"))?;
                projects.push((name.to_owned(), id.to_owned()));
                builder
            }
            "--hide-domains" => builder.hide_domains(),
            "--metadata" => builder.metadata(metadata(&value()?)?),
            "--cvm-role" => builder.cvm_role(value()?),
            "--ecs-role" => builder.ecs_role(value()?),
            "--key-life" => builder.key_life(Duration::from_secs(number(&value()?)?)),
            "--faults" => builder.fault_control(true),
            "--quiet" => {
                quiet = true;
                builder
            }
            other => return Err(format!("`{other}` is not known\n{USAGE}")),
        };
    }
    let builder = if projects.is_empty() { builder } else { builder.projects(projects) };
    Ok(if quiet { builder } else { builder.access_log(std::io::stderr()) })
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("`{text}` is no number that fits\n{USAGE}"))
}

fn metadata(text: &str) -> Result<Metadata, String> {
    match text {
        "v1" => Ok(Metadata::V1),
        "v2" => Ok(Metadata::V2),
        "no-agency" => Ok(Metadata::NoAgency),
        other => Err(format!("`{other}` is no way of the metadata service\n{USAGE}")),
    }
}
