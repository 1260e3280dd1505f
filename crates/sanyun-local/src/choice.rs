//! Which of several operations is meant when a request fits more than one.

use sanyun_catalog::{Operation, Service};

use crate::made_up::plain;

/// Takes the candidate whose service the host names best; of those that remain, the one that the request fits best; of
/// equals the first. `misfit` is asked only if it matters.
pub(crate) fn best<T, M: Ord>(
    mut candidates: Vec<T>,
    host: &str,
    operation: impl Fn(&T) -> &Operation<'static>,
    misfit: impl Fn(&T) -> M,
) -> Option<T> {
    if candidates.len() > 1 {
        let named: Vec<_> = candidates.iter().map(|one| named(operation(one).service, host)).collect();
        let most = named.iter().copied().max().unwrap_or_default();
        let mut named = named.into_iter();
        candidates.retain(|_| named.next() == Some(most));
    }
    if candidates.len() > 1 {
        // Keys are made once; the sort keeps the order of equals.
        candidates.sort_by_cached_key(misfit);
    }
    candidates.into_iter().next()
}

/// How well a host names a service: as one of its endpoints, or by the length of the service's name or product at the
/// beginning of the first label, or of the second if the first is another name (`bucket.obs.localhost`); 0 if it does not.
fn named(service: Service<'static>, host: &str) -> usize {
    let of_endpoint = |endpoint: &str| endpoint.trim_start_matches("https://").trim_start_matches("http://") == host;
    if service.regions().any(|region| region.endpoints.into_iter().any(of_endpoint)) {
        return usize::MAX;
    }
    let meta = service.meta();
    let names = [plain(service.name()), plain(meta.product.unwrap_or_default())];
    let of_label = |label: &str| {
        let label = plain(label);
        let fits = names.iter().filter(|name| !name.is_empty() && label.starts_with(name.as_str()));
        fits.map(String::len).max()
    };
    host.split('.').take(2).find_map(of_label).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;

    use super::*;

    #[test]
    fn hosts_name_services() {
        let vpc = Catalog::huawei().service("vpc", Some("v3")).unwrap();
        assert_eq!(named(vpc, "vpc.cn-north-4.myhuaweicloud.com"), usize::MAX);
        assert_eq!(named(vpc, "vpc.localhost"), 3);
        assert_eq!(named(vpc, "bucket.vpc.localhost"), 3);
        assert_eq!(named(vpc, "127.0.0.1"), 0);
        let ocr = Catalog::alibaba().service("ocr_api", None).unwrap();
        assert_eq!(named(ocr, "ocr-api.localhost"), 6);
    }
}
