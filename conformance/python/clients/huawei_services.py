"""ECS, IoTDA with derived signing, DSC with a picture up and down, and every signing algorithm, by the official
clients of Huawei Cloud."""

import hashlib

import step

from huawei_vpc import PROJECT, REFUSALS, describe, vpcs
from huawei_world import FOLDER, environment, list_vpcs, list_vpcs_async, static

from huaweicloudsdkcore.auth.credentials import BasicCredentials, DerivedCredentials
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkdsc import v1 as dsc
from huaweicloudsdkdsc.v1.dsc_async_client import DscAsyncClient
from huaweicloudsdkecs import v2 as ecs
from huaweicloudsdkecs.v2.ecs_async_client import EcsAsyncClient
from huaweicloudsdkiotda import v5 as iotda
from huaweicloudsdkiotda.v5.iotda_async_client import IoTDAAsyncClient

# The head of a PNG and bytes of every value: what a text decoder would spoil.
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1200
MARK = "三云 watermark"
# What the local cloud puts between a picture and its mark.
SEPARATOR = b"\nsanyun-watermark:"


def credentials(options):
    return BasicCredentials(options.ak, options.sk, PROJECT)


def build(options, client_class, given=None):
    return client_class.new_builder().with_credentials(given or credentials(options)) \
        .with_endpoint(options.endpoint).build()


def servers(reply):
    step.check(isinstance(reply.servers, list), "no list of servers")
    return {"status": reply.status_code, "count": reply.count}


def products(reply):
    step.check(reply.status_code == 200, f"status {reply.status_code}")
    return {"status": reply.status_code}


def derived(options, client_class):
    """A client by region, which gives the signature its scope; every request is signed with derived keys."""
    given = credentials(options).with_derived_predicate(DerivedCredentials.get_default_derived_predicate())
    return client_class.new_builder().with_credentials(given) \
        .with_region(Region(options.region, options.endpoint)).build()


def picture(name="picture.png", content=PICTURE):
    path = FOLDER / name
    path.write_bytes(content)
    return str(path)


def watermark_request():
    body = dsc.CreateImageWatermarkRequestBody(file=FormFile(picture(), "image/png"), blind_watermark=MARK)
    return dsc.CreateImageWatermarkRequest(body=body)


def marked(reply):
    """The whole answer, read as a stream and compared with what was sent."""
    pieces = []
    reply.consume_download_stream(lambda response: pieces.extend(response.iter_content(10_000)))
    content = b"".join(pieces)
    step.check(content == PICTURE + SEPARATOR + MARK.encode("utf-8"), f"{len(content)} other bytes")
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def services(steps, options):
    listing = ecs.ListServersDetailsRequest(limit=5)
    steps.run("ECS ListServersDetails, sync",
              lambda: build(options, ecs.EcsClient).list_servers_details(listing), servers)
    steps.run("ECS ListServersDetails, async",
              lambda: build(options, EcsAsyncClient).list_servers_details_async(listing).result(), servers)
    page = iotda.ListProductsRequest(limit=5)
    steps.run("IoTDA ListProducts, derived keys, sync",
              lambda: derived(options, iotda.IoTDAClient).list_products(page), products)
    steps.run("IoTDA ListProducts, derived keys, async",
              lambda: derived(options, IoTDAAsyncClient).list_products_async(page).result(), products)
    steps.run("DSC CreateImageWatermark, sync",
              lambda: build(options, dsc.DscClient).create_image_watermark(watermark_request()), marked)
    request = watermark_request()  # held here: a `FormFile` closes its file when it is dropped
    steps.run("DSC CreateImageWatermark, async",
              lambda: build(options, DscAsyncClient).create_image_watermark_async(request).result(), marked)


def algorithms(steps, options):
    for name, algorithm in (("HMAC_SHA256", SigningAlgorithm.HMAC_SHA256), ("HMAC_SM3", SigningAlgorithm.HMAC_SM3),
                            ("ECDSA_P256_SHA256", SigningAlgorithm.ECDSA_P256_SHA256),
                            ("SM2_SM3", SigningAlgorithm.SM2_SM3)):
        for kind, call in (("sync", list_vpcs), ("async", list_vpcs_async)):
            config = HttpConfig(signing_algorithm=algorithm)
            with environment(options):
                steps.run(f"signed with {name}, {kind}", lambda: call(options, static(options), config), vpcs)


def accepted(steps, options):
    services(steps, options)
    algorithms(steps, options)


def spoiled(steps, options):
    expected = REFUSALS[options.refusal]
    steps.refused("ECS ListServersDetails",
                  lambda: build(options, ecs.EcsClient).list_servers_details(ecs.ListServersDetailsRequest()),
                  describe, expected)
    steps.refused("IoTDA ListProducts, derived keys",
                  lambda: derived(options, iotda.IoTDAClient).list_products(iotda.ListProductsRequest()), describe,
                  {"status": 401, "code": "APIGW.0301"})
    steps.refused("DSC CreateImageWatermark",
                  lambda: build(options, dsc.DscClient).create_image_watermark(watermark_request()), describe, expected)
    for name, algorithm in (("HMAC_SM3", SigningAlgorithm.HMAC_SM3),
                            ("ECDSA_P256_SHA256", SigningAlgorithm.ECDSA_P256_SHA256),
                            ("SM2_SM3", SigningAlgorithm.SM2_SM3)):
        config = HttpConfig(signing_algorithm=algorithm)
        with environment(options):
            steps.refused(f"signed with {name}", lambda: list_vpcs(options, credentials(options), config), describe,
                          {"status": 401, "code": "APIGW.0301"})


def main():
    options = step.options(__doc__, region="cn-north-4")
    steps = step.Steps("huawei_services")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
