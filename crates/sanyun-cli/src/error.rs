//! How a failure is told: exit code, and what standard error says.

use std::error::Error as _;

use sanyun_core::{Error, ErrorKind, TimeoutPhase};
use serde_json::{Value, json};

/// The cloud refused, or a local file could not be read or written.
pub(crate) const REFUSED: u8 = 1;
/// Wrong usage: nothing was sent.
pub(crate) const USAGE: u8 = 2;
/// No usable credentials, or a login was refused: no call was sent.
pub(crate) const CREDENTIALS: u8 = 3;
/// No connection, a time-out, or an answer that is cut short or not understood.
pub(crate) const NETWORK: u8 = 4;
/// What `--wait` or `--waiter` wants did not come true in time.
pub(crate) const NOT_YET: u8 = 5;

/// The exit code of an error.
pub(crate) fn exit_code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Config | ErrorKind::Input => USAGE,
        ErrorKind::Credentials => CREDENTIALS,
        ErrorKind::Timeout if error.timeout_phase() == Some(TimeoutPhase::Wait) => NOT_YET,
        ErrorKind::Resolve
        | ErrorKind::Connect
        | ErrorKind::Tls
        | ErrorKind::Timeout
        | ErrorKind::Redirect
        | ErrorKind::Decode => NETWORK,
        // A connection that broke; without an attempt it was a file.
        ErrorKind::Io if error.attempts() > 0 => NETWORK,
        _ => REFUSED,
    }
}

/// The error for people: one line, then the hint. Only the list of credential sources has lines of its own.
pub(crate) fn for_people(error: &Error) -> String {
    let mut line = with_causes(error);
    if error.kind() != ErrorKind::Credentials {
        line = line.replace(['\r', '\n'], " ");
    }
    match hint(error) {
        Some(hint) => format!("error: {line}\nhint: {hint}"),
        None => format!("error: {line}"),
    }
}

/// The error for programs: one JSON object on one line.
pub(crate) fn for_programs(error: &Error) -> String {
    let mut members = vec![
        ("kind", json!(kind_word(error.kind()))),
        ("exit_code", json!(exit_code(error))),
        ("operation", json!(error.operation())),
        ("message", json!(if error.service().is_some() { error.message().to_owned() } else { with_causes(error) })),
    ];
    if let Some(service) = error.service() {
        members.extend([
            ("code", json!(service.code())),
            ("status", json!(service.status())),
            ("request_id", json!(service.request_id())),
            ("side", json!(service.side().to_string())),
        ]);
    }
    members.extend([
        ("attempts", json!(error.attempts())),
        ("retryable", json!(error.is_retryable())),
        ("hint", json!(hint(error))),
    ]);
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    json!({"error": members.map(|(name, value)| (name.to_owned(), value)).collect::<Value>()}).to_string()
}

/// The hint of the error, else one for its kind.
fn hint(error: &Error) -> Option<&str> {
    let unreachable = "is the endpoint right, and does something listen there?";
    error.hint().or_else(|| (error.kind() == ErrorKind::Connect).then_some(unreachable))
}

/// The message with the messages of its causes, each once.
fn with_causes(error: &Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        // The number of the system's error tells people nothing more.
        let plain = text.split(" (os error ").next().unwrap_or(&text);
        if !line.contains(plain) {
            line = format!("{line}: {text}");
        }
        cause = next.source();
    }
    line
}

fn kind_word(kind: ErrorKind) -> String {
    format!("{kind:?}").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use sanyun_core::{ServiceError, Side};

    use super::*;

    #[test]
    fn kinds_have_their_exit_codes() {
        let service = Error::from_service(ServiceError::new(403, "X", "y"));
        for (error, code) in [
            (service, 1),
            (Error::config("c"), 2),
            (Error::input("i"), 2),
            (Error::credentials("c"), 3),
            (Error::new(ErrorKind::Connect, "c"), 4),
            (Error::decode("d"), 4),
            (Error::timed_out(TimeoutPhase::Call, "t"), 4),
            (Error::timed_out(TimeoutPhase::Wait, "w"), 5),
            (Error::io("reading x", std::io::ErrorKind::NotFound.into()), 1),
            (Error::new(ErrorKind::Io, "broke").during("oss GetObject", 1), 4),
        ] {
            assert_eq!(exit_code(&error), code, "{error}");
        }
    }

    #[test]
    fn people_read_one_line_and_a_hint() {
        let cause = std::io::Error::other("refused");
        let error = Error::new(ErrorKind::Connect, "cannot connect\nto x").with_source(cause).with_hint("look at x");
        assert_eq!(for_people(&error), "error: cannot connect to x: refused\nhint: look at x");
    }

    #[test]
    fn programs_read_json() {
        let service = ServiceError::new(400, "Code", "a \"b\"").with_request_id("r").with_side(Side::Gateway);
        let error = Error::from_service(service).during("vpc ListVpcs", 1);
        assert_eq!(
            for_programs(&error),
            r#"{"error":{"kind":"service","exit_code":1,"operation":"vpc ListVpcs","message":"a \"b\"","code":"Code","status":400,"request_id":"r","side":"gateway","attempts":1,"retryable":false}}"#
        );
    }
}
