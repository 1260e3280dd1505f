//! Typed operations: what generated code names, and how such an operation becomes a call.
//!
//! ```no_run
//! # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
//! # mod ecs {
//! #     use sanyun_alibaba::typed as sdk;
//! #     pub static SERVICE: sdk::Service = sdk::Service::new("ecs", "2014-05-26");
//! #     pub struct DescribeRegions;
//! #     impl sdk::Record for DescribeRegions {
//! #         fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> { by.record(&[], &mut []) }
//! #     }
//! #     impl sdk::Operation for DescribeRegions {
//! #         type Cloud = sdk::Cloud;
//! #         type Output = sdk::Value;
//! #         const API: sdk::Api = sdk::Api::new(&SERVICE, "DescribeRegions", "POST", "/");
//! #     }
//! # }
//! use ecs::DescribeRegions;                       // generated: by a feature, a build script, or `sanyun generate`
//!
//! let regions = client.call(DescribeRegions).await?;
//! println!("{}", regions.request_id());
//! # Ok(())
//! # }
//! ```

pub use sanyun_core::typed::*;

/// The mark of this cloud's operations.
#[derive(Clone, Copy, Debug)]
pub enum Cloud {}
