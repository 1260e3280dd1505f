//! A local cloud with a bucket.

#![allow(dead_code, reason = "no program of the tests needs all of it")]

use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_object_store::OssStore;
use sanyun_oss::ops::{PutBucketVersioning, VersioningConfiguration};
use sanyun_oss::{Client, Credential};

/// The bucket's name.
pub(crate) const BUCKET: &str = "lake";

/// A local cloud and an empty bucket in it.
pub(crate) async fn store() -> (Local, OssStore) {
    let local = Local::builder().start().await.unwrap();
    let bucket = client(&local, SECRET_KEY).bucket(BUCKET);
    bucket.create().await.unwrap();
    (local, OssStore::new(bucket))
}

/// Lets the store's bucket keep versions.
pub(crate) async fn keep_versions(store: &OssStore) {
    let versions = VersioningConfiguration::new().status("Enabled");
    let call = PutBucketVersioning::new(BUCKET).versioning_configuration(versions);
    store.bucket().client().call(call).await.unwrap();
}

/// A client of it whose key has this secret.
pub(crate) fn client(local: &Local, secret: &str) -> Client {
    let key = Credential::keys(ACCESS_KEY, secret);
    Client::builder().region("cn-hangzhou").endpoint(local.url()).credentials(key).build().unwrap()
}
