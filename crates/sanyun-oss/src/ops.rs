//! Every operation as a Rust type, with the structures that it takes and gives, for [`Client::call`](crate::Client::call).
//!
//! The most used operations also have methods on [`Bucket`](crate::Bucket). Elements of XML that this version does not
//! know are kept in `unknown_xml`, and go back to OSS with the structure they came in: reading a configuration, changing
//! it and storing it again loses nothing.

pub use crate::operation::access_point::*;
pub use crate::operation::bucket::*;
pub use crate::operation::cname::*;
pub use crate::operation::cors::*;
pub use crate::operation::encryption::*;
pub use crate::operation::inventory::*;
pub use crate::operation::lifecycle::*;
pub use crate::operation::logging::*;
pub use crate::operation::meta_query::*;
pub use crate::operation::multipart::*;
pub use crate::operation::object::*;
pub use crate::operation::policy::*;
pub use crate::operation::public_access_block::*;
pub use crate::operation::referer::*;
pub use crate::operation::replication::*;
pub use crate::operation::retention::*;
pub use crate::operation::select::*;
pub use crate::operation::service::*;
pub use crate::operation::settings::*;
pub use crate::operation::shared::*;
pub use crate::operation::style::*;
pub use crate::operation::tags::*;
pub use crate::operation::website::*;
pub use crate::operation::worm::*;

/// Vector buckets ([`Product::Vectors`](crate::operation::Product::Vectors)).
pub mod vectors {
    pub use crate::operation::vectors::*;
}

/// Table buckets ([`Product::Tables`](crate::operation::Product::Tables)).
pub mod tables {
    pub use crate::operation::tables::*;
}

/// Data processing ([`Product::DataProcess`](crate::operation::Product::DataProcess)).
pub mod data_process {
    pub use crate::operation::data_process::cluster::*;
    pub use crate::operation::data_process::dataset::*;
    pub use crate::operation::data_process::pipeline::*;
    pub use crate::operation::data_process::query::*;
    pub use crate::operation::data_process::shared::*;
}

/// Agentic buckets and bucket spaces ([`Product::Agentic`](crate::operation::Product::Agentic)).
pub mod agentic {
    pub use crate::operation::agentic::*;
}
