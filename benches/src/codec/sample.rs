//! Replies of 100 KB, as the vendors write them: members in the order of their documentation's examples.

use serde_json::{Value, json};

/// How long a sample is at least, in bytes.
const LENGTH: usize = 100_000;

/// Items put into a reply until it is long enough.
fn filled(item: fn(usize) -> Value, reply: fn(Vec<Value>) -> Value) -> String {
    let mut items = Vec::new();
    let mut length = 0;
    while length < LENGTH {
        let next = item(items.len());
        length += next.to_string().len() + 1;
        items.push(next);
    }
    reply(items).to_string()
}

/// What stands under `Response` in an answer of CVM's DescribeInstances.
pub(super) fn tencent() -> String {
    filled(tencent_instance, |items| {
        json!({
            "InstanceSet": items,
            "RequestId": "6ef60bec-0242-43af-bb20-270359fb54a7",
            "TotalCount": items.len(),
        })
    })
}

fn tencent_instance(index: usize) -> Value {
    json!({
        "Placement": {"Zone": "ap-guangzhou-6", "HostId": null, "ProjectId": 1_200_000 + index},
        "InstanceId": format!("ins-{:08x}", 0x7a11_0000 + index),
        "InstanceType": "SA2.MEDIUM4",
        "CPU": 2,
        "Memory": 4,
        "RestrictState": "NORMAL",
        "InstanceName": format!("web-{index} 前端"),
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "SystemDisk": {"DiskType": "CLOUD_BSSD", "DiskId": format!("disk-{index:08x}"), "DiskSize": 50, "CdcId": null},
        "DataDisks": [
            {
                "DiskSize": 200, "DiskType": "CLOUD_BSSD", "DiskId": format!("disk-d{index:07x}"),
                "DeleteWithInstance": true, "SnapshotId": null, "Encrypt": false, "BurstPerformance": false,
            },
        ],
        "PrivateIpAddresses": [format!("10.0.{}.{}", index / 250, index % 250 + 2)],
        "PublicIpAddresses": [format!("119.29.{}.{}", index / 250, index % 250 + 2)],
        "InternetAccessible": {
            "InternetChargeType": "TRAFFIC_POSTPAID_BY_HOUR", "InternetMaxBandwidthOut": 10, "PublicIpAssigned": true,
        },
        "VirtualPrivateCloud": {"VpcId": "vpc-9x2k1m0a", "SubnetId": "subnet-0b7c6d5e", "AsVpcGateway": false},
        "ImageId": "img-487zeit5",
        "RenewFlag": "NOTIFY_AND_MANUAL_RENEW",
        "CreatedTime": "2026-03-21T06:44:01Z",
        "ExpiredTime": "2026-12-21T06:44:01Z",
        "OsName": "Ubuntu Server 22.04 LTS 64bit",
        "SecurityGroupIds": ["sg-1a2b3c4d", "sg-5e6f7a8b"],
        "LoginSettings": {"KeyIds": ["skey-0q1w2e3r"]},
        "InstanceState": "RUNNING",
        "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": "production"}],
        "StopChargingMode": "NOT_APPLICABLE",
        "Uuid": format!("d3f1c2b4-55aa-4c3d-9e8f-{index:012x}"),
        "LatestOperation": "RunInstances",
        "LatestOperationState": "SUCCESS",
        "LatestOperationRequestId": "3c140219-cfe9-470e-b241-907877d6fb03",
        "DisasterRecoverGroupId": "",
        "CamRoleName": "",
        "HpcClusterId": "",
        "IsolatedSource": "NOTISOLATED",
        "LicenseType": "TencentCloud",
        "DisableApiTermination": false,
        "DefaultLoginUser": "ubuntu",
        "DefaultLoginPort": 22,
    })
}

/// An answer of ECS's DescribeInstances.
pub(super) fn alibaba() -> String {
    filled(alibaba_instance, |items| {
        json!({
            "Instances": {"Instance": items},
            "TotalCount": items.len(),
            "NextToken": "caeba0bbb2be03f84eb48b699f0a4883",
            "PageSize": 100,
            "RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E",
            "PageNumber": 1,
        })
    })
}

fn alibaba_instance(index: usize) -> Value {
    let address = format!("172.17.{}.{}", index / 250, index % 250 + 2);
    json!({
        "ResourceGroupId": "rg-bp67acfmxazb4p0a",
        "Memory": 16384,
        "InstanceChargeType": "PostPaid",
        "Cpu": 4,
        "OSName": "Alibaba Cloud Linux  3.2104 LTS 64位",
        "InstanceNetworkType": "vpc",
        "InnerIpAddress": {"IpAddress": []},
        "ExpiredTime": "2099-12-31T15:59Z",
        "ImageId": "aliyun_3_x64_20G_alibase_20260305.vhd",
        "EipAddress": {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""},
        "HostName": format!("iz0jl{index:012x}z"),
        "Tags": {"Tag": [{"TagKey": "team", "TagValue": "shop"}, {"TagKey": "stage", "TagValue": "production"}]},
        "VlanId": "",
        "Status": "Running",
        "HibernationOptions": {"Configured": false},
        "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"},
        "InstanceId": format!("i-0jl{index:017x}"),
        "StoppedMode": "Not-applicable",
        "CpuOptions": {"ThreadsPerCore": 2, "Numa": "ON", "CoreCount": 2},
        "StartTime": "2026-04-02T08:11Z",
        "DeletionProtection": false,
        "VpcAttributes": {
            "PrivateIpAddress": {"IpAddress": [&address]},
            "VpcId": "vpc-0jl36lafjik0a8flf9ye6",
            "VSwitchId": "vsw-0jl2jm4i0rz06v26wk8mq",
            "NatIpAddress": "",
        },
        "SecurityGroupIds": {"SecurityGroupId": ["sg-0jl5jspd3kbmifaqvxmd"]},
        "InternetChargeType": "PayByTraffic",
        "InstanceName": format!("web-{index} \"前端\""),
        "DeploymentSetId": "",
        "InternetMaxBandwidthOut": 100,
        "SerialNumber": format!("51d1353b-22bf-4567-a176-{index:012x}"),
        "OSType": "linux",
        "CreationTime": "2026-04-02T08:10Z",
        "AutoReleaseTime": "",
        "Description": "",
        "InstanceTypeFamily": "ecs.g7",
        "DedicatedInstanceAttribute": {"Tenancy": "", "Affinity": ""},
        "PublicIpAddress": {"IpAddress": [format!("39.104.{}.{}", index / 250, index % 250 + 2)]},
        "GPUSpec": "",
        "NetworkInterfaces": {
            "NetworkInterface": [{
                "Type": "Primary",
                "PrimaryIpAddress": &address,
                "NetworkInterfaceId": format!("eni-0jl{index:017x}"),
                "MacAddress": "00:16:3e:0c:2f:d1",
                "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": &address, "Primary": true}]},
            }],
        },
        "SpotPriceLimit": 0.98,
        "SaleCycle": "",
        "DeviceAvailable": true,
        "InstanceType": "ecs.g7.xlarge",
        "SpotStrategy": "NoSpot",
        "OSNameEn": "Alibaba Cloud Linux  3.2104 LTS 64 bit",
        "KeyPairName": "shop",
        "IoOptimized": true,
        "ZoneId": "cn-wulanchabu-c",
        "ClusterId": "",
        "EcsCapacityReservationAttr": {"CapacityReservationPreference": "", "CapacityReservationId": ""},
        "DedicatedHostAttribute": {"DedicatedHostId": "", "DedicatedHostName": "", "DedicatedHostClusterId": ""},
        "GPUAmount": 0,
        "OperationLocks": {"LockReason": []},
        "InternetMaxBandwidthIn": 100,
        "Recyclable": false,
        "RegionId": "cn-wulanchabu",
        "CreditSpecification": "",
    })
}
