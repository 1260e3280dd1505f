//! What must be kept: objects under retention or legal hold, and buckets with a retention policy.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use sanyun_core::time;

use super::attribute::{LEGAL_HOLD, WORM_MODE, WORM_UNTIL};
use super::object::blocking;
use super::refusal::Refusal;
use super::store::Bucket;
use super::xml::{self, Xml};
use super::{Call, document, read_document};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, header};

/// The setting that holds the bucket's policy, as GetBucketWorm shows it.
const SETTING: &str = "worm";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAYS_LIMIT: u32 = 25_550;
/// How long a policy may be thought over.
const PROBATION: Duration = DAY;

/// Whether versions may be removed, for one request.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    now: SystemTime,
    /// The caller wants to go round retention in the mode GOVERNANCE.
    pub(super) bypasses: bool,
}

impl Guard {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let bypasses = call.head.header("x-oss-bypass-governance-retention").eq_ignore_ascii_case("true");
        Self { now: call.state.clock.now(), bypasses }
    }

    /// Whether a version may be removed for good, or replaced. Blocks.
    ///
    /// # Errors
    /// `FileImmutable`.
    pub(super) fn may_remove(&self, bucket: &Bucket, key: &str, version: &str) -> Result<(), Refusal> {
        let facts = |entry: &super::store::Entry| (entry.locked, entry.modified_ms);
        let found = bucket.look(|index| index.get(key)?.find(Some(version)).map(facts));
        let Some((locked, modified_ms)) = found else { return Ok(()) };
        let modified = time::from_unix((modified_ms / 1000) as i64);
        if retention_of(bucket, self.now).is_some_and(|kept_for| modified + kept_for > self.now) {
            return Err(immutable());
        }
        if !locked {
            return Ok(());
        }
        let Some(object) = bucket.open_object(key, Some(version))? else { return Ok(()) };
        let headers = &object.meta.headers;
        let is_retained = retained_until(headers).is_some_and(|end| end > self.now)
            && !(self.bypasses && header(headers, WORM_MODE) == "GOVERNANCE");
        if is_retained || header(headers, LEGAL_HOLD) == "ON" { Err(immutable()) } else { Ok(()) }
    }
}

/// The end of an object's retention.
pub(super) fn retained_until(headers: &HeaderMap) -> Option<SystemTime> {
    time::parse_rfc3339(header(headers, WORM_UNTIL))
}

pub(super) fn immutable() -> Refusal {
    Refusal::new(StatusCode::CONFLICT, "FileImmutable", "The object you specified is immutable.")
}

/// How long a bucket's policy keeps each object.
fn retention_of(bucket: &Bucket, now: SystemTime) -> Option<Duration> {
    let policy = Policy::of(bucket, now)?;
    Some(DAY * policy.days)
}

/// The retention policy of a bucket.
struct Policy {
    id: String,
    locked: bool,
    days: u32,
    created: String,
}

impl Policy {
    /// One that was not completed in time is none.
    fn of(bucket: &Bucket, now: SystemTime) -> Option<Self> {
        let document = xml::parse(bucket.settings.get(SETTING)?.as_bytes())?;
        let policy = Self {
            id: document.text_of("WormId").to_owned(),
            locked: document.text_of("State") == "Locked",
            days: document.text_of("RetentionPeriodInDays").parse().ok()?,
            created: document.text_of("CreationDate").to_owned(),
        };
        let is_over = time::parse_rfc3339(&policy.created).is_some_and(|created| created + PROBATION < now);
        (policy.locked || !is_over).then_some(policy)
    }

    fn document(&self) -> Xml {
        let mut xml = Xml::new("WormConfiguration");
        xml.leaf("WormId", &self.id).leaf("State", if self.locked { "Locked" } else { "InProgress" });
        xml.leaf("RetentionPeriodInDays", &self.days.to_string()).leaf("CreationDate", &self.created);
        xml
    }
}

/// Answers an operation on the policy of a bucket.
pub(super) async fn answer(call: &Call<'_>, operation: &str, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let found = Policy::of(&bucket, call.state.clock.now());
    let is_locked = found.as_ref().is_some_and(|policy| policy.locked);
    match operation {
        "GetBucketWorm" => Ok(document(found.ok_or_else(missing)?.document())),
        "InitiateBucketWorm" | "AbortBucketWorm" if is_locked => Err(locked("The WORM Configuration is locked.")),
        "InitiateBucketWorm" => initiate(call, &bucket, body).await,
        "AbortBucketWorm" => {
            store(&bucket, None).await?;
            Ok(Answer::new(StatusCode::NO_CONTENT))
        }
        _ => {
            let policy = found.filter(|policy| policy.id == call.parameter("wormId")).ok_or_else(missing)?;
            let policy = match operation {
                "CompleteBucketWorm" => Policy { locked: true, ..policy },
                _ => extended(policy, days(&read_document(call, body, "ExtendWormConfiguration").await?)?)?,
            };
            store(&bucket, Some(policy.document())).await?;
            Ok(Answer::new(StatusCode::OK))
        }
    }
}

fn missing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NoSuchWORMConfiguration", "The WORM Configuration does not exist.")
}

fn locked(message: &str) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, "WORMConfigurationLocked", message)
}

async fn initiate(call: &Call<'_>, bucket: &Arc<Bucket>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let days = days(&read_document(call, body, "InitiateWormConfiguration").await?)?;
    let id = call.state.chance.hex32().to_uppercase();
    let policy = Policy { id, locked: false, days, created: super::iso_millis(call.now_ms) };
    store(bucket, Some(policy.document())).await?;
    Ok(Answer::new(StatusCode::OK).header("x-oss-worm-id", &policy.id))
}

fn extended(policy: Policy, days: u32) -> Result<Policy, Refusal> {
    if !policy.locked || days < policy.days {
        return Err(locked("The retention can only be extended once it is locked."));
    }
    Ok(Policy { days, ..policy })
}

fn days(wish: &xml::Element) -> Result<u32, Refusal> {
    let text = wish.text_of("RetentionPeriodInDays");
    let days = text.parse().ok().filter(|days| (1..=DAYS_LIMIT).contains(days));
    days.ok_or_else(|| Refusal::invalid_argument("The number of days is out of range.", "RetentionPeriodInDays", text))
}

async fn store(bucket: &Arc<Bucket>, policy: Option<Xml>) -> Result<(), Refusal> {
    let (bucket, text) = (Arc::clone(bucket), policy.map(Xml::finish));
    blocking(move || Ok(bucket.settings.set(SETTING, text.as_deref())?)).await
}
