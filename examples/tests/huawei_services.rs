//! The services that Huawei's manual shows, typed, from end to end against the local cloud.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{Arc, Mutex};

use sanyun::huawei::dsc::v1::CreateImageWatermark;
use sanyun::huawei::ecs::v2::ListServersDetails;
use sanyun::huawei::iam::v3::{KeystoneListAuthDomains, KeystoneListProjects};
use sanyun::huawei::iotda::v5::{AddDevice, AddDevice_, ListDevices};
use sanyun::huawei::typed::File;
use sanyun::huawei::{Body, Builder, Client, Credential, vpc};
use sanyun::local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun::{ErrorKind, hook};

async fn cloud() -> Local {
    Local::builder().port(0).start().await.unwrap()
}

/// A client that knows neither project nor account.
fn client(cloud: &Local) -> Builder {
    Client::builder()
        .region("cn-north-4")
        .endpoint(cloud.url())
        .iam_endpoint(cloud.url())
        .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
}

#[tokio::test]
async fn networks_of_both_versions() {
    let cloud = cloud().await;
    let client = client(&cloud).build().unwrap();
    let first = vpc::v2::CreateVpcOption::new().name("first").cidr("10.0.0.0/16");
    let made = client.call(vpc::v2::CreateVpc::new().body(vpc::v2::CreateVpcRequestBody::new(first))).await.unwrap();
    let id = made.vpc.as_ref().unwrap().id.clone();
    let second = vpc::v3::CreateVpcOption::new("second", "10.1.0.0/16");
    client.call(vpc::v3::CreateVpc::new().body(vpc::v3::CreateVpcRequestBody::new(second))).await.unwrap();

    let old = client.call(vpc::v2::ListVpcs::new()).await.unwrap();
    let new = client.call(vpc::v3::ListVpcs::new()).await.unwrap();
    let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names(old.vpcs.iter().map(|vpc| &*vpc.name).collect()), names(vec!["first", "second"]));
    assert_eq!(names(new.vpcs.iter().map(|vpc| &*vpc.name).collect()), names(vec!["first", "second"]));

    client.call(vpc::v2::DeleteVpc::new(&*id)).await.unwrap();
    let gone = client.call(vpc::v2::ShowVpc::new(&*id)).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
    cloud.shutdown().await;
}

#[tokio::test]
async fn one_client_calls_for_the_project_and_for_the_account() {
    let cloud = cloud().await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&sent);
    let client = client(&cloud)
        .hook(hook::on_request(move |attempt| {
            let headers = attempt.request.headers();
            let account = headers.iter().find(|(name, _)| matches!(*name, "x-project-id" | "x-domain-id"));
            let account = account.map(|(name, _)| (*name).to_owned());
            log.lock().unwrap().push((attempt.call.operation.to_owned(), account));
        }))
        .build()
        .unwrap();
    let servers = client.call(ListServersDetails::new()).await.unwrap();
    assert!(servers.count.unwrap_or_default() >= 0);
    let projects = client.call(KeystoneListProjects::new().name("cn-north-4")).await.unwrap();
    assert_eq!(projects.projects[0].name, "cn-north-4");
    let domains = client.call(KeystoneListAuthDomains::new()).await.unwrap();
    assert_eq!(projects.projects[0].domain_id, domains.domains[0].id);

    let account_of = |operation: &str| {
        let sent = sent.lock().unwrap();
        sent.iter().rev().find(|(name, _)| name == operation).and_then(|(_, account)| account.clone())
    };
    assert_eq!(account_of("ListServersDetails").as_deref(), Some("x-project-id"));
    assert_eq!(account_of("KeystoneListProjects").as_deref(), Some("x-domain-id"));
    cloud.shutdown().await;
}

#[tokio::test]
async fn devices_are_called_with_derived_signatures() {
    let cloud = cloud().await;
    let signed = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&signed);
    let client = client(&cloud)
        .danger_unmasked_hooks()
        .hook(hook::on_request(move |attempt| {
            let request = attempt.request.unmasked().unwrap();
            let authorization = request.header("authorization");
            log.lock().unwrap().push(authorization.split_once(", SignedHeaders").unwrap().0.to_owned());
        }))
        .build()
        .unwrap();
    client.call(AddDevice::new().body(AddDevice_::new("node-1", "product-1"))).await.unwrap();
    client.call(ListDevices::new().limit(5)).await.unwrap();
    let signed = signed.lock().unwrap().clone();
    let derived = |text: &String| text.starts_with("V11-HMAC-SHA256 ") && text.ends_with("/cn-north-4/iotdm");
    // The look-up of the project comes first, and is signed as always.
    assert!(signed[0].starts_with("SDK-HMAC-SHA256 ") && signed[1..].iter().all(derived), "{signed:?}");
    assert_eq!(signed.len(), 3);
    cloud.shutdown().await;
}

#[tokio::test]
async fn a_picture_goes_up_and_the_marked_one_comes_down() {
    let cloud = cloud().await;
    let client = client(&cloud).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (demo, result) = (folder.path().join("demo.jpg"), folder.path().join("result.jpg"));
    let picture: Vec<u8> = (0..500_000_u32).map(|n| (n * 7) as u8).collect();
    std::fs::write(&demo, &picture).unwrap();

    let operation = CreateImageWatermark::new(File::open(&demo).unwrap()).blind_watermark("test_watermark");
    let length = client.call(operation).await.unwrap().save(&result).await.unwrap();
    let marked = std::fs::read(&result).unwrap();
    assert_eq!(marked.len() as u64, length);
    assert!(marked.starts_with(&picture) && marked.len() > picture.len());

    // Of bytes in memory, and of two files.
    let picture = File::from(Body::from(picture));
    let mark = File::from(Body::from("a small picture"));
    let both = client.call(CreateImageWatermark::new(picture).image_watermark(mark)).await.unwrap();
    assert!(both.into_inner().collect().await.unwrap().len() > 500_000);

    let nothing = client.call(CreateImageWatermark::new(File::from(Body::empty()))).await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Service);
    cloud.shutdown().await;
}
