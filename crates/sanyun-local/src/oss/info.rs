//! What is true of a bucket, and where the service is.

use std::collections::BTreeMap;

use http::StatusCode;

use super::bucket::{push_bucket, push_owner};
use super::listing::limit_of;
use super::object::blocking;
use super::refusal::Refusal;
use super::store::{Index, VERSIONING};
use super::xml::{self, Element, Xml};
use super::{Call, document};
use crate::answer::Answer;

/// Regions that DescribeRegions names: those of the vendor's list that most people use.
const REGIONS: [&str; 14] = [
    "cn-hangzhou",
    "cn-shanghai",
    "cn-qingdao",
    "cn-beijing",
    "cn-zhangjiakou",
    "cn-shenzhen",
    "cn-guangzhou",
    "cn-chengdu",
    "cn-hongkong",
    "ap-southeast-1",
    "ap-northeast-1",
    "eu-central-1",
    "us-east-1",
    "us-west-1",
];

/// The names of the regions, as buckets have them.
pub(super) fn region_names() -> [String; 14] {
    REGIONS.map(|region| format!("oss-{region}"))
}

pub(super) fn regions(call: &Call<'_>) -> Result<Answer, Refusal> {
    let wanted = call.parameter("regions");
    let names = region_names();
    let shown: Vec<_> = names.iter().filter(|name| wanted.is_empty() || **name == wanted).collect();
    if shown.is_empty() {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NoSuchRegion", wanted));
    }
    let mut xml = Xml::new("RegionInfoList");
    for name in shown {
        xml.open("RegionInfo").leaf("Region", name);
        xml.leaf("InternetEndpoint", &format!("{name}.aliyuncs.com"));
        xml.leaf("InternalEndpoint", &format!("{name}-internal.aliyuncs.com"));
        xml.leaf("AccelerateEndpoint", "oss-accelerate.aliyuncs.com").close();
    }
    Ok(document(xml))
}

/// There is none.
pub(super) fn cloud_boxes(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut xml = Xml::new("ListCloudBoxResult");
    xml.leaf("Prefix", &call.parameter("prefix")).leaf("Marker", &call.parameter("marker"));
    xml.leaf("MaxKeys", &limit_of(call, "max-keys", 100)?.to_string()).leaf("IsTruncated", "false");
    push_owner(&mut xml, call.account()?);
    xml.open("CloudBoxes");
    Ok(document(xml))
}

pub(super) fn info(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let facts = bucket.facts();
    let setting = |name: &str| {
        xml::parse(bucket.settings.get(name).as_deref().unwrap_or_default().as_bytes()).unwrap_or_default()
    };
    let or = |text: &str, usual: &'static str| if text.is_empty() { usual.to_owned() } else { text.to_owned() };
    let mut xml = Xml::new("BucketInfo");
    xml.open("Bucket");
    push_bucket(&mut xml, call, &bucket);
    xml.leaf("DataRedundancyType", &facts.redundancy);
    let accelerated = setting("transferAcceleration").text_of("Enabled").eq_ignore_ascii_case("true");
    xml.leaf("TransferAcceleration", if accelerated { "Enabled" } else { "Disabled" });
    let replicates = !bucket.settings.below("replication/").is_empty();
    xml.leaf("CrossRegionReplication", if replicates { "Enabled" } else { "Disabled" });
    xml.leaf("AccessMonitor", &or(setting("accessmonitor").text_of("Status"), "Disabled"));
    let blocked = setting("publicAccessBlock");
    xml.leaf("BlockPublicAccess", &or(blocked.text_of("BlockPublicAccess"), "false"));
    let group = setting("resourceGroup");
    xml.leaf("ResourceGroupId", &or(group.text_of("ResourceGroupId"), super::setting::DEFAULT_GROUP));
    if let Some(status) = bucket.settings.get(VERSIONING) {
        xml.leaf("Versioning", &status);
    }
    push_owner(&mut xml, &facts.owner);
    xml.open("AccessControlList").leaf("Grant", &facts.acl).close();
    let encryption = setting("encryption");
    let rule = encryption.child("ApplyServerSideEncryptionByDefault");
    let of_rule = |name: &str| rule.map_or("", |rule: &Element| rule.text_of(name)).to_owned();
    xml.open("ServerSideEncryptionRule").leaf("SSEAlgorithm", &or(&of_rule("SSEAlgorithm"), "None"));
    xml.leaf_unless_empty("KMSMasterKeyID", &of_rule("KMSMasterKeyID"));
    xml.leaf_unless_empty("KMSDataEncryption", &of_rule("KMSDataEncryption")).close();
    let logging = setting("logging");
    let enabled = logging.child("LoggingEnabled");
    let of_log = |name: &str| enabled.map_or("", |log: &Element| log.text_of(name)).to_owned();
    xml.open("BucketPolicy").leaf("LogBucket", &of_log("TargetBucket")).leaf("LogPrefix", &of_log("TargetPrefix"));
    Ok(document(xml))
}

pub(super) fn location(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint>");
    xml.extend(["oss-", &call.bucket()?.facts().region, "</LocationConstraint>"]);
    Ok(Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(xml))
}

/// Bytes and objects of one storage class.
#[derive(Clone, Copy, Default)]
struct Sum {
    bytes: u64,
    count: u64,
}

/// What a bucket holds.
#[derive(Default)]
struct Stat {
    of_class: BTreeMap<String, Sum>,
    markers: u64,
    modified_ms: u64,
}

impl Stat {
    fn of(index: &Index) -> Self {
        let mut stat = Self::default();
        for entry in index.values().flat_map(super::store::Versions::iter) {
            stat.modified_ms = stat.modified_ms.max(entry.modified_ms);
            if entry.is_marker() {
                stat.markers += 1;
            } else {
                let sum = stat.of_class.entry(entry.storage_class.to_string()).or_default();
                sum.bytes += entry.size;
                sum.count += 1;
            }
        }
        stat
    }

    fn class(&self, name: &str) -> Sum {
        self.of_class.get(name).copied().unwrap_or_default()
    }
}

/// The elements of the storage classes: bytes, bytes that are paid for, objects.
const CLASSES: [(&str, &str, &str, &str); 4] = [
    ("IA", "InfrequentAccessStorage", "InfrequentAccessRealStorage", "InfrequentAccessObjectCount"),
    ("Archive", "ArchiveStorage", "ArchiveRealStorage", "ArchiveObjectCount"),
    ("ColdArchive", "ColdArchiveStorage", "ColdArchiveRealStorage", "ColdArchiveObjectCount"),
    ("DeepColdArchive", "DeepColdArchiveStorage", "DeepColdArchiveRealStorage", "DeepColdArchiveObjectCount"),
];

pub(super) async fn stat(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let uploads = bucket.open_uploads().len();
    // A million objects take a moment.
    let stat = blocking(move || Ok(bucket.look(Stat::of))).await?;
    let sums = stat.of_class.values();
    let all = sums.fold(Sum::default(), |all, sum| Sum { bytes: all.bytes + sum.bytes, count: all.count + sum.count });
    let mut xml = Xml::new("BucketStat");
    let mut number = |name: &str, value: u64| {
        xml.leaf(name, &value.to_string());
    };
    number("Storage", all.bytes);
    number("ObjectCount", all.count);
    number("MultipartUploadCount", uploads as u64);
    number("LiveChannelCount", 0);
    number("LastModifiedTime", stat.modified_ms / 1000);
    number("StandardStorage", stat.class("Standard").bytes);
    number("StandardObjectCount", stat.class("Standard").count);
    for (class, bytes, real, count) in CLASSES {
        let sum = stat.class(class);
        number(bytes, sum.bytes);
        number(real, sum.bytes);
        number(count, sum.count);
    }
    number("DeleteMarkerCount", stat.markers);
    Ok(document(xml))
}
