//! Starting and stopping a local cloud.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{Chance, Clock, Secret, SystemChance, SystemClock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access_log::AccessLog;
use crate::alibaba;
use crate::durable::{FolderLock, Scratch};
use crate::fault::{FaultRule, Faults};
use crate::huawei::{Identity, Project, Setup, User};
use crate::keys::{Key, Keys};
use crate::metadata::{Instance, Metadata};
use crate::oss::Store;
use crate::resources::Resources;
use crate::server;
use crate::state::State;
use crate::tencent::Sessions;

/// What a local cloud is told before it starts.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// let local = sanyun_local::Local::builder().port(8700).data_dir("./cloud").start().await?;
/// println!("listening on {}", local.url());
/// local.run_until_signal().await
/// # }
/// ```
#[derive(Default)]
#[must_use = "a local cloud does nothing until it is started"]
pub struct Builder {
    port: u16,
    data_dir: Option<PathBuf>,
    keys: Vec<Key>,
    clock: Option<Arc<dyn Clock>>,
    chance: Option<Arc<dyn Chance>>,
    log: Option<Box<dyn Write + Send>>,
    faults: Faults,
    fault_control: bool,
    identity: Setup,
    instance: Instance,
    alibaba: alibaba::Setup,
}

impl Builder {
    /// The port on 127.0.0.1. 0, the default, takes a free one: see [`Local::addr`].
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The folder in which buckets, objects and the other resources are kept; it is made if it is missing. Without one
    /// they lie in a temporary folder that is removed at the end.
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(folder.into());
        self
    }

    /// One more key pair to accept, beside [`ACCESS_KEY`](crate::ACCESS_KEY).
    pub fn key(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.keys.push(Key::new(id, secret, None));
        self
    }

    /// One more temporary key to accept, beside [`SESSION_ACCESS_KEY`](crate::SESSION_ACCESS_KEY): its requests must
    /// carry the token.
    pub fn session_key(mut self, id: impl Into<String>, secret: impl Into<Secret>, token: impl Into<Secret>) -> Self {
        self.keys.push(Key::new(id, secret, Some(token.into())));
        self
    }

    /// Another clock than the machine's, for tests of expiry and clock skew.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Another source of request ids and resource ids than the system's, for tests.
    pub fn chance(mut self, chance: impl Chance) -> Self {
        self.chance = Some(Arc::new(chance));
        self
    }

    /// Where the access log goes, one line a request; nowhere by default. It never holds a secret.
    pub fn access_log(mut self, writer: impl Write + Send + 'static) -> Self {
        self.log = Some(Box::new(writer));
        self
    }

    /// Something that is to go wrong: a [`Fault`](crate::Fault) with the next request that has not got one yet, or a
    /// [`FaultRule`] with the requests that it is for.
    pub fn fault(self, fault: impl Into<FaultRule>) -> Self {
        self.faults.push(fault.into());
        self
    }

    /// Whether programs may list, add and clear faults at `/_sanyun/faults`. By default they may not: whoever can reach
    /// the port could break everybody's requests.
    pub fn fault_control(mut self, allowed: bool) -> Self {
        self.fault_control = allowed;
        self
    }

    /// One more user of Huawei Cloud who can get tokens with a password, beside [`USER_NAME`](crate::USER_NAME); the
    /// same name again has another password.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.identity.users.push(User { name: name.into(), password: password.into() });
        self
    }

    /// The projects of the account at Huawei Cloud, as names and ids, instead of one in every region. There may be none,
    /// some of a region (`cn-north-4_team`), and several of one name. Tokens are for one of these; signed calls take any
    /// project id, as before.
    pub fn projects<N: Into<String>, I: Into<String>>(mut self, projects: impl IntoIterator<Item = (N, I)>) -> Self {
        let projects = projects.into_iter().map(|(name, id)| Project { id: id.into(), name: name.into() });
        self.identity.projects = Some(projects.collect());
        self
    }

    /// Huawei Cloud's `GET /v3/auth/domains` answers with an empty list, as it does to identities of the newer IAM: the
    /// account is then to be found with STS.
    pub fn hide_domains(mut self) -> Self {
        self.identity.hide_domains = true;
        self
    }

    /// How the metadata services of an instance behave, which the local cloud is as well.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.instance.metadata = metadata;
        self
    }

    /// The name of the role that the instance has at Tencent Cloud; `sanyun-local-role` by default. It has none with
    /// [`Metadata::NoAgency`].
    pub fn cvm_role(mut self, name: impl Into<String>) -> Self {
        self.instance.role = name.into();
        self
    }

    /// The name of the role that the instance has at Alibaba Cloud; `sanyun-local-role` by default. It has none with
    /// [`Metadata::NoAgency`].
    pub fn ecs_role(mut self, name: impl Into<String>) -> Self {
        self.alibaba.role = name.into();
        self
    }

    /// One more bearer token of Alibaba Cloud to accept, beside [`BEARER_TOKEN`](crate::BEARER_TOKEN).
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        self.alibaba.bearer_tokens.push(token.into());
        self
    }

    /// One more RSA key pair of Alibaba Cloud to accept, beside [`KEY_PAIR_ID`](crate::KEY_PAIR_ID), by its public half
    /// in PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`) of 2048 bits or more.
    pub fn public_key(mut self, id: impl Into<String>, pem: impl Into<String>) -> Self {
        self.alibaba.public_keys.push((id.into(), pem.into()));
        self
    }

    /// How long the keys live that the metadata services and pod identity give out; six hours by default.
    pub fn key_life(mut self, life: Duration) -> Self {
        self.instance.key_life = life;
        self
    }

    /// Starts serving on the current tokio runtime.
    ///
    /// # Errors
    /// The port is taken, the data folder cannot be used, another local cloud is using it, or a
    /// [`public_key`](Self::public_key) is none.
    pub async fn start(self) -> io::Result<Local> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .map_err(|error| in_words(&format!("cannot listen on 127.0.0.1:{}", self.port), &error))?;
        let addr = listener.local_addr()?;
        let temporary = if self.data_dir.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = self.data_dir.as_deref().or(temporary.as_ref().map(tempfile::TempDir::path));
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let durable = self.data_dir.is_some();
        let opened = tokio::task::spawn_blocking(move || Opened::new(&folder, durable)).await;
        let opened = opened.unwrap_or_else(|stopped| Err(io::Error::other(stopped)))?;
        let state = Arc::new(State {
            keys: Keys::new(self.keys),
            identity: Identity::new(self.identity),
            instance: self.instance,
            alibaba: alibaba::Identity::new(self.alibaba)?,
            sessions: Sessions::new(),
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            chance: self.chance.unwrap_or_else(|| Arc::new(SystemChance)),
            resources: opened.resources,
            store: Arc::new(opened.store),
            faults: self.faults,
            fault_control: self.fault_control,
            log: AccessLog::new(self.log),
        });
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(server::serve(listener, Arc::clone(&state), stopped));
        Ok(Local { addr, stop, serving, state, _lock: opened.lock, _temporary: temporary })
    }
}

/// The data folder, opened.
struct Opened {
    resources: Resources,
    store: Store,
    lock: FolderLock,
}

impl Opened {
    fn new(folder: &Path, durable: bool) -> io::Result<Self> {
        let open = || {
            std::fs::create_dir_all(folder)?;
            let lock = FolderLock::take(folder)?;
            let scratch = Arc::new(Scratch::new(folder.join("tmp"), durable)?);
            let resources = Resources::open(folder.join("resources.json"), Arc::clone(&scratch))?;
            let store = Store::open(folder.join("oss"), scratch)?;
            Ok(Self { resources, store, lock })
        };
        open().map_err(|error| in_words(&format!("data folder `{}`", folder.display()), &error))
    }
}

fn in_words(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// A running local cloud. When it is dropped it stops accepting and lets the requests under way finish;
/// [`shutdown`](Self::shutdown) also waits for them.
pub struct Local {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    pub(crate) state: Arc<State>,
    _lock: FolderLock,
    _temporary: Option<tempfile::TempDir>,
}

impl Local {
    /// A local cloud that has not been started.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The endpoint for clients of every cloud, such as `http://127.0.0.1:8700`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Makes something go wrong: a [`Fault`](crate::Fault) with the next request that arrives and has not got one yet, or
    /// a [`FaultRule`] with the requests that it is for.
    pub fn inject(&self, fault: impl Into<FaultRule>) {
        self.state.faults.push(fault.into());
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Stops accepting, waits up to ten seconds for the requests under way, and closes.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        let _ = self.serving.await;
    }

    /// Serves until the process is told to end (`SIGINT`, Ctrl-C, and on Unix `SIGTERM`), then shuts down.
    ///
    /// # Errors
    /// The system does not let the process listen for signals.
    pub async fn run_until_signal(self) -> io::Result<()> {
        wait_for_signal().await?;
        self.shutdown().await;
        Ok(())
    }
}

#[cfg(unix)]
async fn wait_for_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    std::future::poll_fn(|cx| {
        if interrupt.poll_recv(cx).is_ready() { std::task::Poll::Ready(Some(())) } else { terminate.poll_recv(cx) }
    })
    .await;
    Ok(())
}

#[cfg(not(unix))]
async fn wait_for_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Local({})", self.url())
    }
}
