//! The code behind the cargo features of the cloud crates.

use std::path::Path;

use sanyun_catalog::{Catalog, Cloud};

use crate::{Error, Module, Selection, Tree, build};

/// Names of features and modules that the cloud crates have themselves.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "blocking", "client", "credentials", "default", "endpoint", "error", "protocol", "shape", "sign", "tls-aws-lc",
    "tls-ring", "tracing", "typed", "xml",
];

/// The name of the cargo feature of a service: that of the catalog, with `-api` behind it if the crate has a feature or
/// module of that name itself.
pub fn feature(service: &str) -> String {
    if RESERVED.contains(&service) { format!("{service}-api") } else { service.to_owned() }
}

/// Writes `OUT_DIR/services.rs` in the build script of a cloud's crate: the modules of the services whose features are on,
/// with all their versions.
///
/// # Errors
/// [`Error`]: no catalog, no `OUT_DIR`, or a file that cannot be written.
pub fn services(cloud: Cloud) -> Result<(), Error> {
    let folder = std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?;
    let folder = Path::new(&folder);
    let mut tree = Tree::new();
    for entry in Catalog::of(cloud)?.services().filter(|entry| entry.operation_count() > 0) {
        if !is_on(&feature(entry.name())) {
            continue;
        }
        let module = Module::new(entry.open()?, &Selection::All)?;
        let name = format!("{}_{}.rs", module.service_name(), module.version_name());
        build::write(&folder.join(&name), &module.included("crate"))?;
        tree.add("", &feature(entry.name()), &module, &name);
    }
    build::write(&folder.join("services.rs"), &tree.text())
}

/// Whether cargo has a feature on.
fn is_on(feature: &str) -> bool {
    let name = feature.to_uppercase().replace('-', "_");
    std::env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_services_unless_the_crate_has_the_name() {
        for (service, expected) in [("vpc", "vpc"), ("ocr_api", "ocr_api"), ("tracing", "tracing-api")] {
            assert_eq!(feature(service), expected);
        }
    }
}
