//! The archives in the program, each behind the cargo feature of its cloud.

use crate::{ArchiveError, Catalog, Cloud};

/// One function and one archive a cloud.
macro_rules! embedded {
    ($feature:literal, $name:ident, $title:literal) => {
        #[cfg(feature = $feature)]
        impl Catalog {
            #[doc = concat!("The catalog of ", $title, " in this program (feature `", $feature, "`). Opened once.")]
            pub fn $name() -> &'static Catalog {
                static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
                CATALOG.get_or_init(|| {
                    let bytes: &'static [u8] =
                        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/", $feature, ".catalog"));
                    #[allow(
                        clippy::expect_used,
                        reason = "the bytes are part of this release and checked by its tests"
                    )]
                    Catalog::open(bytes).expect("the archive in the program is whole")
                })
            }
        }
    };
}

embedded!("huawei", huawei, "Huawei Cloud");
embedded!("tencent", tencent, "Tencent Cloud");
embedded!("alibaba", alibaba, "Alibaba Cloud");

impl Catalog {
    /// The catalog of a cloud in this program.
    ///
    /// # Errors
    /// [`ArchiveError::NotEmbedded`] if the cloud's cargo feature is off.
    pub fn of(cloud: Cloud) -> Result<&'static Catalog, ArchiveError> {
        match cloud {
            #[cfg(feature = "huawei")]
            Cloud::Huawei => Ok(Catalog::huawei()),
            #[cfg(feature = "tencent")]
            Cloud::Tencent => Ok(Catalog::tencent()),
            #[cfg(feature = "alibaba")]
            Cloud::Alibaba => Ok(Catalog::alibaba()),
            #[allow(unreachable_patterns, reason = "with all features on nothing is left")]
            other => Err(ArchiveError::NotEmbedded(other)),
        }
    }
}
