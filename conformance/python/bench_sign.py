"""Times the signature alone of one official SDK: nanoseconds for one call of its signer.

    python bench_sign.py --cloud huawei|tencent|alibaba|oss [--count 2000] [--repeat 5]

Each call signs a small request that is ready to be signed, as its client would: a list call with
one query parameter (Huawei), a JSON body of two members (Tencent), a query call (Alibaba), a GET of
an object (OSS). Prints the fastest and the median repetition.
"""

import clean_environment  # noqa: F401

import argparse
import json
import statistics
import time
from types import SimpleNamespace

AK, SK = "SANYUNTESTAK00000001", "sanyunTestSecretKey0000000000000000000001"


def huawei():
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer
    credentials = BasicCredentials(AK, SK)
    project = "0123456789abcdef0123456789abcdef"

    def sign():
        headers = {"Content-Type": "application/json", "X-Project-Id": project, "User-Agent": "bench/1.0"}
        return Signer(credentials).sign(SdkRequest(
            "GET", "https", "vpc.cn-north-4.myhuaweicloud.com", f"/v1/{project}/vpcs",
            query_params=[("limit", 10)], header_params=headers))

    return sign


def tencent():
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.credential import Credential
    client = CommonClient("cvm", "2017-03-12", Credential(AK, SK), "ap-guangzhou")
    request = SimpleNamespace(method="POST", uri="/", data='{"Limit": 10, "Offset": 0}', header={
        "Content-Type": "application/json", "Host": "cvm.tencentcloudapi.com", "X-TC-Timestamp": "1700000000"})
    return lambda: client._get_tc3_signature(None, request, "2023-11-14", "cvm", SK)


def alibaba():
    from alibabacloud_tea_openapi.utils import Utils
    empty = Utils.hash(b"", "ACS3-HMAC-SHA256").hex()
    request = SimpleNamespace(
        method="POST", pathname="/", query={"RegionId": "cn-hangzhou", "PageSize": "10"}, headers={
            "host": "ecs.cn-hangzhou.aliyuncs.com", "x-acs-version": "2014-05-26",
            "x-acs-action": "DescribeInstances", "user-agent": "bench/1.0", "x-acs-date": "2024-05-06T07:08:09Z",
            "x-acs-signature-nonce": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "accept": "application/json",
            "x-acs-content-sha256": empty})
    return lambda: Utils.get_authorization(request, "ACS3-HMAC-SHA256", empty, AK, SK)


def oss():
    from alibabacloud_oss_v2.signer import SignerV4
    from alibabacloud_oss_v2.types import Credentials, HttpRequest, SigningContext
    signer, credentials = SignerV4(), Credentials(AK, SK)

    def sign():
        signer.sign(SigningContext(
            product="oss", region="cn-hangzhou", bucket="examplebucket", key="dir/example object.txt",
            request=HttpRequest("GET", "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/dir/example%20object.txt"),
            credentials=credentials))

    return sign


CLOUDS = {"huawei": huawei, "tencent": tencent, "alibaba": alibaba, "oss": oss}


def nanoseconds(sign, count):
    """Mean time of one signature over `count` of them."""
    start = time.perf_counter_ns()
    for _ in range(count):
        sign()
    return (time.perf_counter_ns() - start) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloud", required=True, choices=CLOUDS)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    sign = CLOUDS[given.cloud]()
    nanoseconds(sign, given.count)
    times = [nanoseconds(sign, given.count) for _ in range(given.repeat)]
    print(json.dumps({"cloud": given.cloud, "count": given.count, "ns_min": round(min(times)),
                      "ns_median": round(statistics.median(times))}))


if __name__ == "__main__":
    main()
