//! Programs to read and to run, each against the embedded local cloud: `cargo run -p sanyun-examples --example NAME`.
//!
//! With real keys in the environment, leave out `.endpoint(…)` and `.credentials(…)`, and they call the cloud.

mod internet;
mod page;

pub use internet::Internet;
pub use page::{Done, Surroundings, page};

/// The programs of the page about typed operations compile and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/typed.md")]
mod typed {}
