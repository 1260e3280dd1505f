//! Where the credentials of OSS come from.

mod environment;

pub use environment::Environment;

use sanyun_core::Chain;

/// What is asked when a client is built without credentials: the variables of OSS.
pub fn default_chain() -> Chain {
    Chain::new().then(Environment)
}
