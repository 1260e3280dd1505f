//! A client in a cloud where things go wrong: endpoints that drop, slow answers, garbage, lost answers, throttling, storms
//! of server errors. What counts: nothing is done twice, nothing that was acknowledged is lost, and repetitions stay
//! within the budget.
//!
//! `SANYUN_FAULT_CALLS=20000 cargo test -p sanyun-conformance --test huawei_faults -- --nocapture` makes it longer and
//! shows the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/gate.rs"]
mod gate;

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gate::Gate;
use sanyun_core::{AttemptView, CallInfo, CallOutcome, Chance, ErrorKind, Hook, ManualClock, SeededChance};
use sanyun_huawei::{Body, Client, Credential, Input, Part};
use sanyun_local::{ACCESS_KEY, Fault, FaultRule, Local, SECRET_KEY};
use serde_json::json;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const AT_ONCE: usize = 16;
/// A call that takes longer is given up, and a slow answer takes twice as long.
const LIMIT: Duration = Duration::from_secs(1);

/// Everything the calls share.
struct World {
    client: Client,
    local: Local,
    gate: Gate,
    chance: SeededChance,
    count: Arc<Count>,
    served: Served,
    picture: tempfile::NamedTempFile,
}

/// What the client did.
#[derive(Default)]
struct Count {
    calls: AtomicU64,
    attempts: AtomicU64,
    failed: Mutex<HashMap<String, u64>>,
}

impl Hook for Count {
    fn before_attempt(&self, _: &AttemptView<'_>) {
        self.attempts.fetch_add(1, Relaxed);
    }

    fn call_done(&self, _: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        self.calls.fetch_add(1, Relaxed);
        if let Some(error) = outcome.error {
            let reason = format!("{:?} {}", error.kind(), error.code().unwrap_or_default());
            *self.failed.lock().unwrap().entry(reason).or_default() += 1;
        }
    }
}

/// The local cloud's access log: what was really carried out.
#[derive(Clone, Default)]
struct Served(Arc<Mutex<Vec<u8>>>);

impl Write for Served {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Served {
    fn uploads(&self) -> u64 {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains(" 200 dsc CreateImageWatermark - ")).count() as u64
    }
}

impl World {
    async fn new(seed: u64) -> Arc<Self> {
        let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
        let (served, count) = (Served::default(), Arc::new(Count::default()));
        let local =
            Local::builder().port(0).clock(Arc::clone(&clock)).access_log(served.clone()).start().await.unwrap();
        let gate = Gate::before(local.addr()).await;
        let client = Client::builder()
            .region("cn-north-4")
            .project_id(PROJECT)
            // The gate is preferred; behind it stands the same cloud.
            .endpoint(gate.url())
            .endpoint(local.url())
            .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
            .attempt_timeout(LIMIT)
            .clock(clock)
            .chance(SeededChance::new(seed))
            .hook(Arc::clone(&count))
            .build()
            .unwrap();
        let mut picture = tempfile::NamedTempFile::new().unwrap();
        picture.write_all(&(0..40_000_u32).map(|n| (n * 31) as u8).collect::<Vec<_>>()).unwrap();
        Arc::new(Self { client, local, gate, chance: SeededChance::new(seed), count, served, picture })
    }

    fn below(&self, limit: u64) -> u64 {
        self.chance.next_u64() % limit
    }

    /// Lets something go wrong soon, about every third time.
    fn disturb(&self) {
        let rule: FaultRule = match self.below(24) {
            0 => Fault::BreakRequest { after_bytes: 0 }.into(),
            1 => Fault::BreakRequest { after_bytes: 20_000 }.into(),
            2 => Fault::Delay(2 * LIMIT).into(),
            3 => Fault::Status(500 + self.below(5) as u16).into(),
            4 => Fault::Throttle { limit: 100, retry_after: None }.into(),
            // A picture has no checksum: whoever garbles it garbles it for good.
            5 => FaultRule::new(Fault::Garbage).path(format!("/v1/{PROJECT}/vpcs")),
            6 => Fault::Truncate.into(),
            7 => Fault::LoseAnswer.into(),
            _ => return,
        };
        self.local.inject(rule);
    }

    /// Creates a network; whether it was acknowledged.
    async fn create(&self, name: &str) -> bool {
        let body = json!({"vpc": {"name": name, "cidr": "10.0.0.0/8"}});
        self.client.send(Input::post("vpc", "/v1/{project_id}/vpcs").json(body)).await.is_ok()
    }

    async fn list(&self) -> Vec<String> {
        let input = Input::get("vpc", "/v1/{project_id}/vpcs").query("limit", 2000);
        // Reading is safe to repeat; nobody gives up here.
        for _ in 0..50 {
            if let Ok(reply) = self.client.send(input.clone()).await {
                let names = reply["vpcs"].as_array().unwrap().iter();
                return names.map(|vpc| vpc["name"].as_str().unwrap().to_owned()).collect();
            }
        }
        panic!("no answer in fifty calls");
    }

    /// Uploads the picture; whether the marked one came back whole.
    async fn upload(&self, mark: &str) -> bool {
        let picture = Part::file("file", "demo.jpg", Body::file(self.picture.path()).unwrap());
        let input = Input::post("dsc", "/v1/{project_id}/image/watermark/embed")
            .multipart([picture, Part::text("blind_watermark", mark)])
            .operation("CreateImageWatermark");
        let Ok(reply) = self.client.stream(input).await else { return false };
        let Ok(marked) = reply.into_inner().collect().await else { return false };
        let sent = std::fs::read(self.picture.path()).unwrap();
        assert!(marked.starts_with(&sent) && marked.ends_with(mark.as_bytes()), "a garbled picture was acknowledged");
        true
    }
}

/// How many calls of the mixed run there are.
fn calls() -> u64 {
    std::env::var("SANYUN_FAULT_CALLS").ok().and_then(|text| text.parse().ok()).unwrap_or(600)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice() {
    let world = World::new(7).await;
    let (created, uploaded) = (Arc::new(Mutex::new(HashMap::new())), Arc::new(AtomicU64::new(0)));
    let uploads = Arc::new(AtomicU64::new(0));
    let next = Arc::new(AtomicU64::new(0));
    let total = calls();
    let worker = || {
        let (world, created, uploaded) = (Arc::clone(&world), Arc::clone(&created), Arc::clone(&uploaded));
        let (uploads, next) = (Arc::clone(&uploads), Arc::clone(&next));
        async move {
            loop {
                let number = next.fetch_add(1, Relaxed);
                if number >= total {
                    return;
                }
                world.disturb();
                if number % 40 == 20 {
                    world.gate.close();
                } else if number % 40 == 0 {
                    world.gate.open().await;
                }
                match number % 3 {
                    0 => {
                        let name = format!("vpc-{number}");
                        let acknowledged = world.create(&name).await;
                        created.lock().unwrap().insert(name, acknowledged);
                    }
                    1 => {
                        uploads.fetch_add(1, Relaxed);
                        uploaded.fetch_add(world.upload(&format!("mark-{number}")).await.into(), Relaxed);
                    }
                    _ => drop(world.list().await),
                }
            }
        }
    };
    let workers: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(worker())).collect();
    for worker in workers {
        worker.await.unwrap();
    }
    world.local.clear_faults();

    let mut there: HashMap<String, u64> = HashMap::new();
    for name in world.list().await {
        *there.entry(name).or_default() += 1;
    }
    let created = created.lock().unwrap();
    let acknowledged = created.values().filter(|acknowledged| **acknowledged).count();
    for (name, acknowledged) in created.iter() {
        let times = there.get(name).copied().unwrap_or_default();
        assert!(times <= 1, "{name} was made {times} times");
        assert!(times == 1 || !acknowledged, "{name} was acknowledged and is not there");
    }
    let (tried, whole, carried_out) = (uploads.load(Relaxed), uploaded.load(Relaxed), world.served.uploads());
    assert!(whole <= carried_out && carried_out <= tried, "{whole} <= {carried_out} <= {tried}");
    assert!(whole > tried / 3, "only {whole} of {tried} uploads came through");
    let (made, attempts) = (world.count.calls.load(Relaxed), world.count.attempts.load(Relaxed));
    println!(
        "mixed: {made} calls, {attempts} attempts; {} of {} networks acknowledged, {} there",
        acknowledged,
        created.len(),
        there.len()
    );
    println!("uploads: {tried} tried, {carried_out} carried out, {whole} came back whole; the rest failed and said so");
    println!("failures told to the caller: {:?}", world.count.failed.lock().unwrap());
}

/// While everything fails, the budget lets a hundred repetitions through, not one a call.
async fn storm(fault: Fault, kind: ErrorKind) {
    const CALLS: usize = 1000;
    let world = World::new(11).await;
    world.local.inject(FaultRule::new(fault).always());
    let call = |world: Arc<World>| async move {
        let input = Input::get("vpc", "/v1/{project_id}/vpcs");
        world.client.send(input).await.unwrap_err().kind()
    };
    for _ in 0..CALLS / AT_ONCE {
        let together: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(call(Arc::clone(&world)))).collect();
        for one in together {
            assert_eq!(one.await.unwrap(), kind);
        }
    }
    let (calls, attempts) = (world.count.calls.load(Relaxed), world.count.attempts.load(Relaxed));
    println!("{fault:?} always: {calls} calls, {attempts} attempts, {} repetitions", attempts - calls);
    assert!(attempts - calls <= 100, "{attempts} attempts of {calls} calls");

    // It is over: the first calls go through, and the budget fills again.
    world.local.clear_faults();
    assert!(world.list().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_errors_is_not_made_worse() {
    storm(Fault::Status(503), ErrorKind::Service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_is_not_made_worse() {
    storm(Fault::Throttle { limit: 100, retry_after: None }, ErrorKind::Service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_not_made_worse() {
    storm(Fault::Garbage, ErrorKind::Decode).await;
}
