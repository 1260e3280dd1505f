//! Actions whose body is raw bytes, such as `cls UploadLog`: the bytes come from standard input, or from a file.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use clap::ArgMatches;
use sanyun_catalog::Operation;
use sanyun_core::{Call, Error, Result};
use serde_json::Value;

use crate::clouds::{self, Account, Request};
use crate::params;

/// What is on standard input.
///
/// # Errors
/// It is a terminal, where nobody can type them; it cannot be read.
pub(super) fn standard_input() -> Result<Vec<u8>> {
    if io::stdin().is_terminal() {
        return Err(Error::input("the bytes of the body are missing")
            .with_hint("give them as `< FILE`; `sanyun tencent` also takes --body-file FILE"));
    }
    read(Path::new("-"))
}

/// The bytes for an action that takes them: those of `--body-file`, else of standard input.
///
/// # Errors
/// They cannot be read; the option stands at another action, or `--waiter` at this one.
pub(crate) fn asked(matches: &ArgMatches, operation: Option<&Operation<'_>>) -> Result<Option<Vec<u8>>> {
    let path = matches.try_get_one::<String>("body-file").ok().flatten();
    let takes_bytes = operation.is_some_and(|it| it.flags.octet_stream);
    match (takes_bytes, path) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Error::input("--body-file means nothing here: the body of this action is JSON")),
        (true, _) if ["wait", "waiter"].iter().any(|name| matches.contains_id(name)) => {
            Err(Error::input("--wait and --waiter would send the same bytes again and again"))
        }
        (true, Some(path)) => read(Path::new(path)).map(Some),
        (true, None) => standard_input().map(Some),
    }
}

/// The bytes of a file; `-` is standard input.
fn read(path: &Path) -> Result<Vec<u8>> {
    params::file(path).map_err(|error| Error::io(format!("reading the body from {}", path.display()), error))
}

/// The call with these bytes as its body.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn call(request: Request<'_>, account: Account, body: Vec<u8>) -> Result<Call<Value>> {
    let Request { service, version, operation, params, asked, .. } = request;
    let client = clouds::tencent_client(asked, account)?;
    Ok(client.invoke_octet_stream(service, version, operation, params, body))
}
