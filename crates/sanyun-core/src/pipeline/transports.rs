//! Transports of calls whose connection options are not the client's.

use std::sync::{Arc, Mutex, PoisonError};

use crate::context::Env;
use crate::error::Result;
use crate::transport::{Http, HttpTransport, Transport};

/// How many are kept; the one that was made first goes first.
const KEPT: usize = 16;

/// One transport, with a pool of its own, for each set of options: a connection that was opened without looking at
/// certificates never serves a call that wants them looked at.
#[derive(Default)]
pub(crate) struct Transports(Mutex<Vec<(Http, Arc<dyn Transport>)>>);

impl Transports {
    /// The transport with these options.
    pub(crate) fn of(&self, http: &Http, env: &dyn Env) -> Result<Arc<dyn Transport>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, transport)) = kept.iter().find(|(known, _)| known == http) {
            return Ok(Arc::clone(transport));
        }
        let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new(http, env)?);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((http.clone(), Arc::clone(&transport)));
        Ok(transport)
    }
}
