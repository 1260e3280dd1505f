//! A local cloud as a server: `cargo run -p sanyun-local --example serve -- --port 8700 --data ./cloud`.
//!
//! The first line of its output is the endpoint; the access log goes to the standard error stream.

use std::io::Write as _;

use sanyun_local::{Builder, Local};

const USAGE: &str = "usage: serve [--port PORT] [--data DIR] [--key ID:SECRET]... [--quiet]";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = builder(std::env::args().skip(1))?.start().await?;
    writeln!(std::io::stdout(), "{}", local.url())?;
    local.run_until_signal().await?;
    Ok(())
}

fn builder(mut arguments: impl Iterator<Item = String>) -> Result<Builder, String> {
    let (mut builder, mut quiet) = (Local::builder(), false);
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{option} needs a value\n{USAGE}"));
        builder = match option.as_str() {
            "--port" => builder.port(value()?.parse().map_err(|_| format!("the port is not a number\n{USAGE}"))?),
            "--data" => builder.data_dir(value()?),
            "--key" => {
                let pair = value()?;
                let (id, secret) = pair.split_once(':').ok_or_else(|| format!("a key is ID:SECRET\n{USAGE}"))?;
                builder.key(id, secret)
            }
            "--quiet" => {
                quiet = true;
                builder
            }
            other => return Err(format!("`{other}` is not known\n{USAGE}")),
        };
    }
    Ok(if quiet { builder } else { builder.access_log(std::io::stderr()) })
}
