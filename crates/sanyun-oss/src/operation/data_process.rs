//! Data processing: pipelines, datasets, queries and clusters.

pub(crate) mod cluster;
pub(crate) mod dataset;
pub(crate) mod pipeline;
pub(crate) mod query;
pub(crate) mod shared;

pub(super) static TABLES: &[&[&super::Operation]] = &[pipeline::ALL, dataset::ALL, query::ALL, cluster::ALL];
