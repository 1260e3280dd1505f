"""What the two Alibaba Cloud clients share: configuration and the facts of an error."""

from alibabacloud_tea_openapi.models import Config

REFUSALS = {
    "wrong secret": {"code": "SignatureDoesNotMatch"},
    "wrong key": {"code": "InvalidAccessKeyId.NotFound"},
}


def config(options, **more):
    """Plain http; the endpoint is host and port without a scheme, because it is the signed host."""
    return Config(access_key_id=options.ak, access_key_secret=options.sk, protocol="http",
                  endpoint=options.host, region_id=options.region, **more)


def describe(error):
    """`ClientException` and `ServerException` carry the facts; the older one of OCR in `data`."""
    data = getattr(error, "data", None) or {}
    status = getattr(error, "status_code", None) or data.get("statusCode")
    request_id = getattr(error, "request_id", None) or data.get("RequestId")
    return {"status": status, "code": getattr(error, "code", None), "request_id": request_id,
            "message": getattr(error, "message", str(error))}
