//! Folders and buckets brought into line: what is in one place shall be in the other.
//!
//! [`Sync::plan`] looks at both places and says what is to be done ([`Plan`]), and changes nothing. [`Plan::run`] does it
//! and says what became of it ([`Report`]). Between the two anybody may look at the plan, and take out what he likes.
//!
//! # Rules
//!
//! - Names are what stands behind the folder or the prefix, with slashes. Which count says [`Filter`]; what does not
//!   count is neither copied nor deleted.
//! - What is in both places is compared as [`Compare`] says.
//! - Nothing is deleted unless [`Sync::delete`] says so; and then not while something else failed, nor when not everything
//!   could be looked at, nor when the source is empty, unless that is [forced](Sync::force).
//! - A key that no file can have is refused by its name, and never written elsewhere; [`Names::Encoded`] gives each a file.
//! - Files get the time of their object. Links to files are followed, links to folders are not.

mod glob;
mod names;
mod place;
mod plan;
mod run;

pub use glob::{Filter, Glob};
pub use names::Names;
pub use place::{Entry, Place, Spot};
pub use plan::{Compare, Plan, Refused, Step, Sync, Why};
pub use run::{COPIED_AT_ONCE, Copy, Event, Execution, Report};
