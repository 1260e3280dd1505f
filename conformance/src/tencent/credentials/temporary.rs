//! Keys that expire: what is asked for them, and at which moments.
//!
//! Ours renews beside the caller, who gets the old keys meanwhile; the cases see what the next caller gets.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sanyun_core::credentials::CredentialCache;
use sanyun_core::{Clock, CredentialSource, Env, Files, Fixed, ManualClock, RefreshPolicy, Secret, Settings, time};
use sanyun_tencent::credentials::{AssumeRole, CvmRole, REFRESH, TkeOidc};
use sanyun_tencent::{Credential, Result as Loaded, sign};
use serde_json::{Value, json};

use super::super::world;
use super::network::{Asked, Network};
use crate::support::{member, moment, same, same_json, some_text, text};

pub(in super::super) fn cvm_role(input: &Value, expected: &Value) -> Result<(), String> {
    let steps = member(input, "steps").as_array().cloned().unwrap_or_default();
    let first = moment(steps.first().map_or(&Value::Null, |step| member(step, "t")))?;
    let source = CvmRole::new().role(text(input, "role_name"));
    let course = Course::new(source, &Fixed::default(), |network| network, first)?;
    let mut trace = Vec::new();
    for step in &steps {
        course.network.set_metadata(member(step, "metadata"));
        let (loaded, asked) = course.at(moment(member(step, "t"))?)?;
        let paths: Vec<_> = asked.iter().filter_map(|asked| asked.metadata_path().map(str::to_owned)).collect();
        let mut shown = match loaded {
            Ok(credential) => super::found(&credential)?,
            Err(_) => json!({"outcome": "error"}),
        };
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("metadata_requests".to_owned(), paths.into());
        }
        trace.push(shown);
    }
    same_json("trace", &trace.into(), member(expected, "trace"))
}

pub(in super::super) fn assume_role(input: &Value, expected: &Value) -> Result<(), String> {
    let seconds = |name: &str| Duration::from_secs(member(input, name).as_u64().unwrap_or_default());
    let (id, key) = (text(input, "secret_id"), text(input, "secret_key"));
    let base = Credential::keys(id, key);
    let source = AssumeRole::new(base, text(input, "role_arn"), text(input, "role_session_name"))
        .duration(seconds("duration_seconds"))
        .sts_endpoint(some_text(input, "endpoint").unwrap_or_default());
    let times = times(input)?;
    let lifetime = seconds("server_lifetime");
    let course = Course::new(source, &Fixed::default(), |network| network.granting(lifetime), first(&times)?)?;
    let first = walk(&course, &times, |_| {}, member(expected, "trace"))?;
    let wanted = member(expected, "first_request");
    same("signed with", &format!("long-term {}", signer(&first, id, key)), text(wanted, "signed_with"))?;
    same_json("first request", &shown(&first), &without(wanted, "signed_with"))
}

pub(in super::super) fn tke_oidc(input: &Value, expected: &Value) -> Result<(), String> {
    let vars = member(input, "env").as_object().into_iter().flatten();
    let fixed = vars.fold(Fixed::default(), |fixed, (name, value)| fixed.var(name, value.as_str().unwrap_or_default()));
    let contents = member(input, "token_file_contents").as_array().cloned().unwrap_or_default();
    let path = fixed.get("TKE_WEB_IDENTITY_TOKEN_FILE").unwrap_or_default();
    let times = times(input)?;
    let course = Course::new(TkeOidc::new(), &fixed, |network| network, first(&times)?)?;
    let write = |step: usize| {
        let content = contents.get(step).and_then(Value::as_str).unwrap_or_default();
        course.files.write(&path, content);
    };
    let first = walk(&course, &times, write, member(expected, "trace"))?;
    let mut ours = shown(&first);
    if let Some(name) = ours.pointer_mut("/body_json/RoleSessionName") {
        let is_moment = |rest: &str| rest.len() >= 6 && rest.bytes().all(|byte| byte.is_ascii_digit());
        if name.as_str().and_then(|name| name.strip_prefix("sanyun-")).is_some_and(is_moment) {
            *name = "<prefix>*".into();
        }
    }
    same_json("first request", &ours, member(expected, "first_request"))
}

fn times(input: &Value) -> Result<Vec<SystemTime>, String> {
    member(input, "times").as_array().into_iter().flatten().map(moment).collect()
}

fn first(times: &[SystemTime]) -> Result<SystemTime, String> {
    times.first().copied().ok_or_else(|| "the case has no times".to_owned())
}

/// Takes a credential at each of the moments and compares the trace; the first request that was made.
fn walk(course: &Course, times: &[SystemTime], before: impl Fn(usize), expected: &Value) -> Result<Asked, String> {
    let (mut trace, mut first) = (Vec::new(), None);
    for (step, now) in times.iter().enumerate() {
        before(step);
        let (loaded, asked) = course.at(*now)?;
        let credential = loaded.map_err(world::shown)?;
        trace.push(json!({
            "t": time::unix_seconds(*now),
            "secret_id": credential.signing_keys().map_err(world::shown)?.id,
            "sts_calls": asked.len(),
            "web_identity_token": asked.first().map(|asked| asked.json()["WebIdentityToken"].clone()),
        }));
        first = first.or_else(|| asked.into_iter().next());
    }
    same_json("trace", &trace.into(), expected)?;
    first.ok_or_else(|| "nothing was asked".to_owned())
}

fn shown(asked: &Asked) -> Value {
    json!({
        "url": asked.url,
        "authorization": asked.header("authorization"),
        "action": asked.header("x-tc-action"),
        "version": asked.header("x-tc-version"),
        "region": asked.header("x-tc-region"),
        "has_token_header": asked.header("x-tc-token").is_some(),
        "body_json": asked.json(),
    })
}

fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
    value
}

/// What signed a request: found out by signing what arrived once more.
fn signer(asked: &Asked, id: &str, key: &str) -> &'static str {
    let timestamp: i64 = asked.header("x-tc-timestamp").and_then(|text| text.parse().ok()).unwrap_or_default();
    let host = asked.url.trim_start_matches("https://").trim_end_matches('/');
    let headers = [("content-type", asked.header("content-type").unwrap_or_default()), ("host", host)];
    let payload = sign::payload_sha256(&asked.body);
    let canonical = sign::canonical_request(&asked.method, "/", "", &headers, &payload);
    let derived = sign::SigningKey::derive(&Secret::new(key), "sts", time::from_unix(timestamp));
    let signature = derived.signature(&sign::string_to_sign(timestamp, derived.scope(), &canonical));
    let authorization = sign::authorization(id, derived.scope(), sign::SIGNED_HEADERS, &signature);
    if asked.header("authorization") == Some(&*authorization) { "key, TC3, service sts" } else { "something else" }
}

/// A client's credentials over some hours.
struct Course {
    cache: CredentialCache,
    clock: Arc<ManualClock>,
    network: Network,
    files: Arc<OneFile>,
}

impl Course {
    fn new(
        source: impl CredentialSource,
        fixed: &Fixed,
        network: impl FnOnce(Network) -> Network,
        first: SystemTime,
    ) -> Result<Self, String> {
        let clock = Arc::new(ManualClock::at(first));
        let (network, files) = (network(Network::new(clock.clone())), Arc::new(OneFile::default()));
        let settings = Settings {
            transport: Some(Arc::new(network.clone())),
            clock: clock.clone(),
            env: Arc::new(fixed.clone()),
            files: files.clone(),
            ..Settings::default()
        };
        let policy = RefreshPolicy { jitter: Duration::ZERO, ..REFRESH };
        let context = settings.context().map_err(world::shown)?;
        Ok(Self { cache: CredentialCache::with_policy(Arc::new(source), context, policy), clock, network, files })
    }

    /// What a caller gets at a moment once a renewal that was due is through, and what was asked for it.
    fn at(&self, now: SystemTime) -> Result<(Loaded<Arc<Credential>>, Vec<Asked>), String> {
        self.clock.advance(now.duration_since(self.clock.now()).unwrap_or_default());
        let loaded = world::block_on(async {
            let _ = self.cache.get("").await;
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            self.cache.get("").await
        })?;
        Ok((loaded, self.network.take_asked()))
    }
}

/// A file that somebody keeps writing.
#[derive(Default)]
struct OneFile(Mutex<(String, String)>);

impl OneFile {
    fn write(&self, path: &str, content: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (path.to_owned(), content.to_owned());
    }
}

impl Files for OneFile {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match path == Path::new(&file.0) {
            true => Ok(file.1.clone().into_bytes()),
            false => Err(std::io::ErrorKind::NotFound.into()),
        }
    }
}
