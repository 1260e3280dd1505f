//! What IAM said lately.

use std::borrow::Cow;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use sanyun_core::{Clock, Credential, Endpoint, Error, ErrorKind, Result};
use tokio::sync::Mutex as Turn;

/// How long an answer is taken for true. Ids never change, but projects come and go.
const LIFE: Duration = Duration::from_secs(3600);
/// How long an old answer is used before IAM is asked again, after it could not be asked.
const PAUSE: Duration = Duration::from_secs(60);
/// Of how many callers the answers are kept; beyond that the oldest is forgotten.
const MOST: usize = 1024;

/// What an answer is about.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Key<'a> {
    pub(super) attribute: &'static str,
    pub(super) caller: Cow<'a, str>,
    pub(super) region: Option<Cow<'a, str>>,
    pub(super) endpoints: Cow<'a, Arc<[Endpoint]>>,
}

impl Key<'_> {
    fn into_owned(self) -> Key<'static> {
        Key {
            attribute: self.attribute,
            caller: Cow::Owned(self.caller.into_owned()),
            region: self.region.map(|region| Cow::Owned(region.into_owned())),
            endpoints: Cow::Owned(self.endpoints.into_owned()),
        }
    }
}

/// All answers of a client.
#[derive(Default)]
pub(super) struct Memory(RwLock<Vec<(Key<'static>, Arc<Slot>)>>);

impl Memory {
    /// The place of an answer.
    pub(super) fn slot(&self, key: &Key<'_>) -> Arc<Slot> {
        let find = |slots: &[(Key<'static>, Arc<Slot>)]| {
            slots.iter().find(|(known, _)| known == key).map(|(_, slot)| Arc::clone(slot))
        };
        if let Some(slot) = find(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return slot;
        }
        let mut slots = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have been faster.
        find(&slots).unwrap_or_else(|| {
            if slots.len() >= MOST {
                slots.remove(0);
            }
            let slot = Arc::new(Slot::default());
            slots.push((key.clone().into_owned(), Arc::clone(&slot)));
            slot
        })
    }
}

/// One answer. Only one question is on its way at a time.
#[derive(Default)]
pub(super) struct Slot {
    asking: Turn<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    /// How often asking failed, and how the last time.
    failures: u64,
    failure: Option<Error>,
    completed: Option<Completed>,
}

#[derive(Clone)]
struct Known {
    id: Arc<str>,
    until: SystemTime,
}

/// A credential that was completed before: the calls after the first copy none.
struct Completed {
    of: Arc<Credential>,
    id: Arc<str>,
    credential: Arc<Credential>,
}

impl Slot {
    /// The answer: the remembered one, or `ask`'s. Those that wait for the same answer share it, and its failure.
    pub(super) async fn id<F: Future<Output = Result<String>>>(
        &self,
        clock: &dyn Clock,
        ask: impl FnOnce() -> F,
    ) -> Result<Arc<str>> {
        let (known, failures) = {
            let state = self.state();
            (state.known.clone(), state.failures)
        };
        match known {
            Some(known) if clock.now() < known.until => Ok(known.id),
            // Whoever comes while it is being renewed takes the old one.
            Some(old) => match self.asking.try_lock() {
                Ok(_only_one) => match self.fresh(clock.now()) {
                    Some(id) => Ok(id),
                    None => self.renewed(old, clock, ask().await),
                },
                Err(_) => Ok(old.id),
            },
            None => {
                let _only_one = self.asking.lock().await;
                if let Some(shared) = self.since(failures) {
                    return shared;
                }
                let answer = ask().await;
                self.keep(clock, answer)
            }
        }
    }

    fn fresh(&self, now: SystemTime) -> Option<Arc<str>> {
        self.state().known.as_ref().filter(|known| now < known.until).map(|known| Arc::clone(&known.id))
    }

    /// What somebody else found out meanwhile.
    fn since(&self, failures: u64) -> Option<Result<Arc<str>>> {
        let state = self.state();
        match (&state.known, &state.failure) {
            (Some(known), _) => Some(Ok(Arc::clone(&known.id))),
            (None, Some(failure)) if state.failures > failures => Some(Err(failure.without_source())),
            _ => None,
        }
    }

    /// An old answer outlives a failure to ask, unless IAM said that there is none any more.
    fn renewed(&self, old: Known, clock: &dyn Clock, answer: Result<String>) -> Result<Arc<str>> {
        match answer {
            Err(error) if error.kind() != ErrorKind::Config => {
                self.state().known = Some(Known { id: Arc::clone(&old.id), until: clock.now() + PAUSE });
                Ok(old.id)
            }
            answer => self.keep(clock, answer),
        }
    }

    fn keep(&self, clock: &dyn Clock, answer: Result<String>) -> Result<Arc<str>> {
        let mut state = self.state();
        match answer {
            Ok(id) => {
                let id: Arc<str> = id.into();
                state.known = Some(Known { id: Arc::clone(&id), until: clock.now() + LIFE });
                state.failure = None;
                Ok(id)
            }
            Err(error) => {
                state.known = None;
                state.failures += 1;
                state.failure = Some(error.without_source());
                Err(error)
            }
        }
    }

    /// The credential with the id.
    pub(super) fn completed(&self, of: Arc<Credential>, attribute: &'static str, id: &Arc<str>) -> Arc<Credential> {
        let mut state = self.state();
        if let Some(last) = state.completed.as_ref().filter(|last| Arc::ptr_eq(&last.of, &of) && last.id == *id) {
            return Arc::clone(&last.credential);
        }
        let credential = Arc::new((*of).clone().with_attribute(attribute, &**id));
        state.completed = Some(Completed { of, id: Arc::clone(id), credential: Arc::clone(&credential) });
        credential
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
