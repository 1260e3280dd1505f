//! The metadata service of a machine, as far as all clouds' services are alike: it may be switched off, and a program
//! that runs elsewhere must not wait for it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::Context;
use crate::credentials::SourceError;
use crate::reply::Reply;
use crate::request::Request;
use crate::retry::Retry;

const DISABLED_VARIABLE: &str = "SANYUN_METADATA_DISABLED";

/// How long one attempt may take, a second to connect and two to read: the answer comes from the machine below.
const LIMIT: Duration = Duration::from_secs(3);
/// How long the first answer may take where nobody said that there is such a service.
const PROBE_LIMIT: Duration = Duration::from_secs(1);
/// How long it is then believed that there is none.
const SILENCE: Duration = Duration::from_secs(180);

/// What a source knows of the machine's metadata service: by default that there surely is one, so that each attempt may
/// take three seconds. For the clouds' crates.
#[derive(Debug, Default)]
pub struct MetadataService {
    probing: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_answered: bool,
    /// On the clock that never jumps.
    silent_until: Option<Duration>,
}

impl MetadataService {
    /// The service of a machine that may be elsewhere: the first answer may take one second, in one attempt, and if none
    /// comes, three minutes pass before the next question.
    pub fn probing() -> Self {
        Self { probing: true, ..Self::default() }
    }

    /// Whether it may be asked now.
    ///
    /// # Errors
    /// [`SourceError::Absent`] if `SANYUN_METADATA_DISABLED` (`true` or `1`) switches it off, or if it has just been
    /// found that there is none.
    pub fn check(&self, context: &Context) -> Result<(), SourceError> {
        if is_disabled(context) {
            return Err(SourceError::absent(format!("switched off by {DISABLED_VARIABLE}")));
        }
        if self.state().silent_until.is_some_and(|until| context.clock.elapsed() < until) {
            return Err(SourceError::absent("there was no answer a moment ago"));
        }
        Ok(())
    }

    /// Asks it, whatever it answers; `retry` holds once it is known that there is one.
    ///
    /// # Errors
    /// [`SourceError::Absent`] if nobody answers.
    pub async fn exchange(&self, context: &Context, request: &Request, retry: &Retry) -> Result<Reply, SourceError> {
        let is_probe = self.probing && !self.state().has_answered;
        let once = Retry::none();
        let (limit, retry) = if is_probe { (PROBE_LIMIT, &once) } else { (LIMIT, retry) };
        let answered = context.exchange(request, limit, retry).await;
        let mut state = self.state();
        state.has_answered |= answered.is_ok();
        if is_probe && answered.is_err() {
            state.silent_until = Some(context.clock.elapsed() + SILENCE);
        }
        drop(state);
        answered.map_err(|error| SourceError::absent(format!("this machine has no metadata service: {error}")))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_disabled(context: &Context) -> bool {
    context.var(DISABLED_VARIABLE).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::endpoint::{Endpoint, Scheme};
    use crate::testing::{World, ready};

    fn ask(service: &MetadataService, world: &World) -> Result<u16, String> {
        let context = world.context();
        let request = Request::new(Method::GET, Endpoint::new(Scheme::Http, "169.254.169.254"), "/");
        let retry = Retry::standard().attempts(2);
        let asked = service.check(&context).and_then(|()| ready(service.exchange(&context, &request, &retry)));
        asked.map(|reply| reply.status.as_u16()).map_err(|reason| reason.to_string())
    }

    #[test]
    fn a_probed_service_that_is_silent_is_left_alone_for_three_minutes() {
        let world = World::new().refusing();
        let service = MetadataService::probing();
        assert!(ask(&service, &world).unwrap_err().starts_with("this machine has no metadata service: "));
        assert_eq!(world.requests().len(), 1, "one attempt");
        world.clock.advance(SILENCE - Duration::from_secs(1));
        assert_eq!(ask(&service, &world).unwrap_err(), "there was no answer a moment ago");
        assert_eq!(world.requests().len(), 1);
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(ask(&service, &world.clone().reply(404, "")), Ok(404));
        // It has answered: from now on it is asked as one that is there.
        assert!(ask(&service, &world).is_err());
        assert_eq!(world.requests().len(), 4, "two attempts");
        assert_eq!(ask(&service, &world.reply(200, "")), Ok(200));
    }

    #[test]
    fn a_certain_service_is_asked_each_time() {
        let world = World::new().refusing();
        let service = MetadataService::default();
        for requests in [2, 4] {
            assert!(ask(&service, &world).is_err());
            assert_eq!(world.requests().len(), requests);
        }
    }

    #[test]
    fn a_variable_switches_it_off() {
        for (value, off) in [("1", true), ("TRUE", true), ("0", false), ("", false)] {
            let world = World::new().var(DISABLED_VARIABLE, value).reply(200, "");
            assert_eq!(ask(&MetadataService::default(), &world).is_err(), off, "{value}");
        }
    }
}
