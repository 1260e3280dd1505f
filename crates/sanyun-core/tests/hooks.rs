//! Listeners and the access log, through the whole pipeline and real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use sanyun_core::access_log::Level;
use sanyun_core::{AccessLog, Body, ErrorKind, Hook, ManualClock, Retry, Settings, hook};
use support::cloud::{Client, SECRET, TOKEN};
use support::{Server, refused, reply};

/// Lines that hooks wrote.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<u8>>>);

impl Notes {
    fn add(&self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0.lock().unwrap(), "{line}").unwrap();
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Notes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn settings(hooks: Vec<Arc<dyn Hook>>) -> Settings {
    Settings { clock: Arc::new(ManualClock::at_unix(1_700_000_000)), hooks, ..Settings::default() }
}

/// A listener of each kind, twice.
fn listeners(notes: &Notes) -> Vec<Arc<dyn Hook>> {
    let mut hooks: Vec<Arc<dyn Hook>> = Vec::new();
    for name in ["a", "b"] {
        let (request, response) = (notes.clone(), notes.clone());
        hooks.push(Arc::new(hook::on_request(move |attempt| {
            request.add(format_args!("{name} {} {}", attempt.number, attempt.request.method()));
        })));
        hooks.push(Arc::new(hook::on_response(move |attempt, outcome| {
            let status = outcome.status().map(|status| status.as_u16());
            let error = outcome.error.map(|error| error.kind());
            response.add(format_args!("{name} {} {status:?} {error:?}", attempt.number));
        })));
    }
    hooks
}

const THROTTLED_ONCE: &str = "a 1 GET\nb 1 GET\na 1 Some(429) Some(Service)\nb 1 Some(429) Some(Service)\n\
                              a 2 GET\nb 2 GET\na 2 Some(200) None\nb 2 Some(200) None\n";

fn throttling() -> Server {
    Server::replying(|number| reply(if number == 0 { 429 } else { 200 }, "", "ok"))
}

#[tokio::test]
async fn listeners_hear_every_attempt_in_their_order() {
    let notes = Notes::default();
    Client::new(&[&throttling().url()], settings(listeners(&notes))).get("/").await.unwrap();
    assert_eq!(notes.text(), THROTTLED_ONCE);
}

#[cfg(feature = "blocking")]
#[test]
fn listeners_hear_calls_that_block() {
    let notes = Notes::default();
    Client::new(&[&throttling().url()], settings(listeners(&notes))).get("/").block().unwrap();
    assert_eq!(notes.text(), THROTTLED_ONCE);
}

#[tokio::test]
async fn listeners_and_log_hear_of_calls_without_an_answer() {
    let (notes, log) = (Notes::default(), Notes::default());
    let mut hooks = listeners(&notes);
    hooks.push(Arc::new(AccessLog::new(log.clone())));
    let place = refused();
    let client = Client::new(&[&format!("http://{place}")], settings(hooks));
    let error = client.get("/x").retry(Retry::none()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(notes.text().contains("b 1 None Some(Connect)"), "{}", notes.text());
    let line = log.text();
    assert!(line.contains(&format!(" ERROR \"GET http://{place}/x\" - -1 0:00:00.000000  ")), "{line}");
    assert!(line.matches('\n').count() == 1 && line.contains("refused"), "{line}");
}

#[tokio::test]
async fn replies_are_masked_unless_the_client_says_otherwise() {
    let body = r#"{"credential":{"secret":"hush-sk"},"id":7}"#;
    let server = Server::replying(move |_| reply(201, "X-Subject-Token: hush-token\r\n", body));
    for unmasked in [false, true] {
        let notes = Notes::default();
        let out = notes.clone();
        let listener = hook::on_response(move |attempt, outcome| {
            let reply = outcome.reply.unwrap();
            out.add(format_args!("{} {:?} {}", reply.status(), reply.headers(), reply.body()));
            out.add(format_args!("{attempt:?} {outcome:?}"));
            if let (Some(request), Some(reply)) = (attempt.request.unmasked(), reply.unmasked()) {
                out.add(format_args!("FULL {:?} {:?} {}", request.headers, reply.headers, reply.text()));
            }
        });
        let settings = Settings { unmasked_hooks: unmasked, ..settings(vec![Arc::new(listener)]) };
        Client::new(&[&server.url()], settings).post(format!("{{\"password\":\"{SECRET}\"}}")).await.unwrap();
        let text = notes.text();
        let (masked, full) = text.split_once("FULL").unwrap_or((&text, ""));
        assert!(masked.contains("(\"x-subject-token\", \"***\")"), "{masked}");
        assert!(masked.contains(r#"{"credential":"***","id":7}"#), "{masked}");
        for secret in ["hush-sk", "hush-token"] {
            assert_eq!((masked.contains(secret), full.contains(secret)), (false, unmasked), "{text}");
        }
        assert_eq!(full.contains(SECRET), unmasked);
    }
}

#[tokio::test]
async fn what_a_gateway_repeats_of_the_request_is_masked() {
    let body = format!(r#"{{"error_msg":"canonicalRequest: x-plain-token:{TOKEN}|{SECRET}"}}"#);
    let server = Server::replying(move |_| reply(401, "", &body));
    let notes = Notes::default();
    let out = notes.clone();
    let listener = hook::on_response(move |_, outcome| out.add(format_args!("{}", outcome.reply.unwrap().body())));
    Client::new(&[&server.url()], settings(vec![Arc::new(listener)])).get("/").await.unwrap_err();
    assert_eq!(notes.text(), "{\"error_msg\":\"canonicalRequest: x-plain-token:***|***\"}\n");
}

#[tokio::test]
async fn nobody_but_the_caller_reads_a_streamed_body() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::start(move |conn| {
        conn.request();
        conn.write(head.as_bytes());
        // The body comes after the next request, which nobody would make if the body were waited for.
        conn.request();
    });
    let (notes, log) = (Notes::default(), Notes::default());
    let out = notes.clone();
    let listener = hook::on_response(move |_, outcome| out.add(format_args!("{}", outcome.reply.unwrap().body())));
    let hooks: Vec<Arc<dyn Hook>> = vec![Arc::new(listener), Arc::new(AccessLog::new(log.clone()))];
    Client::new(&[&server.url()], settings(hooks)).stream("/").await.unwrap();
    assert_eq!(notes.text(), "(streamed)\n");
    assert!(log.text().ends_with(" 200 -1 0:00:00.000000 \n"), "{}", log.text());
}

/// The columns of `%(asctime)s %(thread)d %(name)s %(filename)s %(lineno)d %(levelname)s %(message)s` and of the message,
/// taken apart at blanks: `None` if one is not of its form.
fn columns(line: &str) -> Option<[&str; 12]> {
    let mut words = line.splitn(8, ' ');
    let mut next = || words.next();
    let (date, time, thread, name, file, number, level, message) =
        (next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?);
    let shape = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    let (method, rest) = message.strip_prefix('"')?.split_once(' ')?;
    let (url, rest) = rest.split_once("\" ")?;
    let mut rest = rest.splitn(4, ' ');
    let (status, length, elapsed, id) = (rest.next()?, rest.next()?, rest.next()?, rest.next()?);
    let numbers = thread.parse::<u64>().is_ok() && number.parse::<u32>().is_ok() && length.parse::<i64>().is_ok();
    let times = shape(date) == "0000-00-00" && shape(time) == "00:00:00,000" && shape(elapsed) == "0:00:00.000000";
    (numbers && times).then_some([date, time, thread, name, file, number, level, method, url, status, length, id])
}

#[test]
fn the_columns_are_those_of_the_official_format() {
    let official = "2020-06-16 10:44:02,019 4568 HuaweiCloud-SDK http_handler.py 28 INFO \
                    \"GET https://vpc.cn-north-1.myhuaweicloud.com/v1/0904f9e1f100d2932f94c01f9aa1cfd7/vpcs\" 200 11 \
                    0:00:00.543430 b5c927ffdab8401e772e70aa49972037";
    let [date, _, thread, name, file, number, level, method, _, status, length, id] = columns(official).unwrap();
    assert_eq!((date, thread, name, file), ("2020-06-16", "4568", "HuaweiCloud-SDK", "http_handler.py"));
    assert_eq!((number, level, method, status, length), ("28", "INFO", "GET", "200", "11"));
    assert_eq!(id, "b5c927ffdab8401e772e70aa49972037");
}

#[tokio::test]
async fn a_log_file_has_a_line_for_every_attempt_and_its_errors_can_be_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (all, failed) = (folder.path().join("all.log"), folder.path().join("failed.log"));
    let clock = || ManualClock::at_unix(1_700_000_000);
    let hooks: Vec<Arc<dyn Hook>> = vec![
        Arc::new(AccessLog::file(&all).unwrap().clock(clock())),
        Arc::new(AccessLog::file(&failed).unwrap().level(Level::Error).clock(clock())),
    ];
    let server = Server::replying(|number| match number {
        0 => reply(429, "X-Request-Id: r-0\r\n", "slow down"),
        _ => reply(200, "X-Request-Id: r-1\r\n", "hello world"),
    });
    Client::new(&[&server.url()], settings(hooks)).get("/vpcs").await.unwrap();

    let text = std::fs::read_to_string(&all).unwrap();
    let url = format!("{}/vpcs", server.url());
    let lines: Vec<_> = text.lines().map(|line| columns(line).unwrap()).collect();
    let id = std::process::id().to_string();
    let head = |number, level| ["2023-11-14", "22:13:20,000", &id, "sanyun-plain", "thing.Do", number, level];
    assert_eq!((lines.len(), &lines[0][..7], &lines[1][..7]), (2, &head("1", "ERROR")[..], &head("2", "INFO")[..]));
    assert_eq!(lines[0][7..11], ["GET", &url, "429", "9"]);
    assert_eq!(lines[1][7..], ["GET", &url, "200", "11", "r-1"]);
    assert_eq!(std::fs::read_to_string(&failed).unwrap(), format!("{}\n", text.lines().next().unwrap()));
}

#[tokio::test]
async fn a_log_file_rotates_under_calls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.log");
    let log = AccessLog::file(&path).unwrap().max_bytes(1).backups(2);
    let server = Server::replying(|_| reply(200, "", "ok"));
    let client = Client::new(&[&server.url()], settings(vec![Arc::new(log)]));
    for number in 1..=4 {
        client.get(&format!("/{number}")).await.unwrap();
    }
    for (name, number) in [("test.log", 4), ("test.log.1", 3), ("test.log.2", 2)] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains(&format!("/{number}\"")) && text.lines().count() == 1, "{name}: {text}");
    }
    assert!(!folder.path().join("test.log.3").exists());
}

#[test]
fn a_log_that_cannot_be_opened_is_an_error_with_its_path() {
    let error = AccessLog::file("/no/such/folder/test.log").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("/no/such/folder/test.log"), "{error}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_fails_no_call() {
    let log = AccessLog::file("/dev/full").unwrap();
    let server = Server::replying(|_| reply(200, "", "ok"));
    let got = Client::new(&[&server.url()], settings(vec![Arc::new(log)])).put(Body::from("x")).await.unwrap();
    assert_eq!(got.as_str(), "ok");
}
