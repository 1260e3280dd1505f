"""The official OSS SDK V2 as a client of a local server.

An endpoint with an IP address makes the SDK put the bucket in the path. The keys are hostile, but
all of them survive the SDK's HTTP library; keys with dot segments do not (it removes them).
"""

import datetime
import hashlib
import http.client
import random
import re
import secrets
from urllib.parse import urlsplit

import step

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2.exceptions import OperationError, ServiceError

KEYS = ["plain.txt", "dir/sub dir/文件 名.txt", "dir/a+b.txt", "dir/100%.txt", "dir/a%2Fb%20c.txt", "a//b", "/lead",
        "tail/", " ü +&=?#;:@,!$'()*[]{}|\\^`\"<>~ ", "tab\tkey", "😀/é/e\u0301"]
REFUSALS = {
    "wrong secret": {"status": 403, "code": "SignatureDoesNotMatch"},
    "wrong key": {"status": 403, "code": "InvalidAccessKeyId"},
}


def config(options, keys):
    """Errors are not repeated, so that a failure shows at once."""
    return oss.Config(
        region=options.region, endpoint=options.endpoint, signature_version=options.signature_version,
        credentials_provider=oss.credentials.StaticCredentialsProvider(*keys), retry_max_attempts=1)


def connect(options, keys, transport=None):
    built = config(options, keys)
    built.http_client = transport
    return oss.Client(built)


def describe(error):
    if isinstance(error, OperationError):
        error = error.kwargs["error"]
    if isinstance(error, ServiceError):
        return {"status": error.status_code, "code": error.code, "message": error.message,
                "request_id": error.request_id}
    return {"message": str(error)}


def done(reply, **details):
    step.check(reply.status_code // 100 == 2 and reply.request_id, f"status {reply.status_code}, no request id")
    return {"status": reply.status_code, "request_id": reply.request_id, **details}


# --- buckets -------------------------------------------------------------------------------------

def create_bucket(steps, client, bucket):
    steps.run("PutBucket", lambda: client.put_bucket(oss.PutBucketRequest(
        bucket, acl="private", create_bucket_configuration=oss.CreateBucketConfiguration(storage_class="Standard"))),
        done)


def delete_bucket(steps, client, bucket):
    steps.run("DeleteBucket", lambda: client.delete_bucket(oss.DeleteBucketRequest(bucket)), done)


def buckets(reply, bucket, present):
    names = [entry.name for entry in reply.buckets or []]
    step.check((bucket in names) == present, f"buckets {names}")
    return done(reply, count=len(names), listed=present)


def list_buckets(steps, client, bucket, present):
    steps.run(f"ListBuckets, {'with' if present else 'without'} the bucket",
              lambda: client.list_buckets(oss.ListBucketsRequest()), lambda reply: buckets(reply, bucket, present))


# --- objects -------------------------------------------------------------------------------------

def etag(data):
    return hashlib.md5(data).hexdigest().upper()


def put(steps, client, bucket, key, data):
    def check(reply):
        step.check(reply.etag.strip('"') == etag(data), f"etag {reply.etag}")
        return done(reply, key=key, etag=reply.etag, crc64=reply.hash_crc64)

    steps.run("PutObject", lambda: client.put_object(oss.PutObjectRequest(
        bucket, key, body=data, metadata={"origin": "sanyun"})), check)


def get(steps, client, bucket, key, data):
    """The SDK itself compares the checksum the server sent with the bytes it read."""
    def check(reply):
        body = reply.body.read()
        step.check(body == data, f"{len(body)} other bytes")
        step.check(reply.metadata.get("origin") == "sanyun", f"metadata {reply.metadata}")
        return done(reply, key=key, bytes=len(body), crc64=reply.hash_crc64)

    steps.run("GetObject", lambda: client.get_object(oss.GetObjectRequest(bucket, key)), check)


def get_range(steps, client, bucket, key, data):
    def check(reply):
        body = reply.body.read()
        step.check(reply.status_code == 206 and body == data[2:6], f"{reply.status_code} {body!r}")
        return done(reply, content_range=reply.content_range)

    steps.run("GetObject, range", lambda: client.get_object(oss.GetObjectRequest(
        bucket, key, range_header="bytes=2-5")), check)


def head(steps, client, bucket, key, data):
    def check(reply):
        step.check(reply.content_length == len(data), f"length {reply.content_length}")
        return done(reply, key=key, bytes=reply.content_length, content_type=reply.content_type)

    steps.run("HeadObject", lambda: client.head_object(oss.HeadObjectRequest(bucket, key)), check)


def delete(steps, client, bucket, key):
    steps.run("DeleteObject", lambda: client.delete_object(oss.DeleteObjectRequest(bucket, key)),
              lambda reply: done(reply, key=key))


def list_pages(steps, client, bucket, expected):
    """All keys, three a page."""
    def pages():
        paginator = client.list_objects_v2_paginator(limit=3)
        return list(paginator.iter_page(oss.ListObjectsV2Request(bucket)))

    def check(found):
        keys = [entry.key for page in found for entry in page.contents or []]
        step.check(keys == sorted(expected, key=str.encode), f"keys {keys}")
        return done(found[-1], pages=len(found), count=len(keys))

    steps.run("ListObjectsV2, pages", pages, check)


def list_delimiter(steps, client, bucket, expected):
    """One level: the common prefixes and the keys without a slash."""
    def check(reply):
        prefixes = [entry.prefix for entry in reply.common_prefixes or []]
        keys = [entry.key for entry in reply.contents or []]
        step.check(set(prefixes) == {key[:key.index("/") + 1] for key in expected if "/" in key}, f"{prefixes}")
        step.check(set(keys) == {key for key in expected if "/" not in key}, f"{keys}")
        return done(reply, prefixes=prefixes, count=reply.key_count)

    steps.run("ListObjectsV2, delimiter", lambda: client.list_objects_v2(oss.ListObjectsV2Request(
        bucket, delimiter="/", fetch_owner=True)), check)


def missing(steps, client, bucket):
    """A HEAD has no body; its error is in the header `x-oss-err`."""
    for name, call in (("GetObject", lambda: client.get_object(oss.GetObjectRequest(bucket, "no such key"))),
                       ("HeadObject", lambda: client.head_object(oss.HeadObjectRequest(bucket, "no such key")))):
        steps.refused(f"{name}, missing key", call, describe, {"status": 404, "code": "NoSuchKey"})


# --- presigned links -----------------------------------------------------------------------------

def fetch(method, url, headers=None, body=None):
    """A plain HTTP exchange without any SDK: status and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", body=body, headers=headers or {})
    reply = connection.getresponse()
    return reply.status, reply.read()


def link(client, request, **options):
    options.setdefault("expires", datetime.timedelta(minutes=5))
    return client.presign(request, **options)


def presigned(steps, client, bucket):
    key, data = "dir/presigned ü+%.txt", b"through a link"

    def upload():
        put_link = link(client, oss.PutObjectRequest(
            bucket, key, content_type="text/x-sanyun", metadata={"origin": "sanyun"}))
        return fetch("PUT", put_link.url, put_link.signed_headers, data)

    def ok(answer, body=None):
        step.check(answer[0] == 200 and body in (None, answer[1]), f"{answer}")
        return {"status": answer[0], "bytes": len(answer[1])}

    get_link = link(client, oss.GetObjectRequest(bucket, key))
    steps.run("presigned PUT", upload, ok)
    steps.run("presigned GET", lambda: fetch("GET", get_link.url), lambda answer: ok(answer, data))
    head(steps, client, bucket, key, data)
    altered = get_link.url.replace("presigned", "presignee")
    steps.run("presigned GET, altered key", lambda: fetch("GET", altered),
              lambda answer: refused_link(answer, "SignatureDoesNotMatch"))
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)
    expired = link(client, oss.GetObjectRequest(bucket, key), expiration=past)
    steps.run("presigned GET, expired before it was made", lambda: fetch("GET", expired.url),
              lambda answer: refused_link(answer))
    delete(steps, client, bucket, key)


def refused_link(answer, code=None):
    """A refusal with this code, or with any."""
    status, body = answer
    found = re.search(rb"<Code>(.*)</Code>", body)
    step.check(status // 100 == 4 and found, f"{answer}")
    step.check(code is None or (status, found[1].decode()) == (403, code), f"{answer}")
    return {"status": status, "code": found[1].decode()}


# --- runs ----------------------------------------------------------------------------------------

def accepted(steps, options, bucket):
    client = connect(options, options.right)
    contents = {key: f"content of {key}".encode() for key in KEYS}
    contents["big.bin"] = random.Random(7).randbytes(3 * 1024 * 1024)
    contents["empty"] = b""
    create_bucket(steps, client, bucket)
    list_buckets(steps, client, bucket, True)
    for key, data in contents.items():
        put(steps, client, bucket, key, data)
    for key, data in contents.items():
        get(steps, client, bucket, key, data)
        head(steps, client, bucket, key, data)
    get_range(steps, client, bucket, "plain.txt", contents["plain.txt"])
    list_pages(steps, client, bucket, contents)
    list_delimiter(steps, client, bucket, contents)
    missing(steps, client, bucket)
    presigned(steps, client, bucket)
    steps.refused("DeleteBucket, not empty", lambda: client.delete_bucket(oss.DeleteBucketRequest(bucket)),
                  describe, {"status": 409, "code": "BucketNotEmpty"})
    for key in contents:
        delete(steps, client, bucket, key)
    delete_bucket(steps, client, bucket)
    list_buckets(steps, client, bucket, False)


def refused(steps, options, bucket):
    """The bucket exists, because a missing bucket is reported before a wrong key."""
    right, wrong = connect(options, options.right), connect(options, (options.ak, options.sk))
    expected = REFUSALS[options.refusal]
    create_bucket(steps, right, bucket)
    for name, call in (
            ("ListBuckets", lambda: wrong.list_buckets(oss.ListBucketsRequest())),
            ("PutBucket", lambda: wrong.put_bucket(oss.PutBucketRequest(bucket + "-2"))),
            ("PutObject", lambda: wrong.put_object(oss.PutObjectRequest(bucket, "k", body=b"x"))),
            ("GetObject", lambda: wrong.get_object(oss.GetObjectRequest(bucket, "k"))),
            ("HeadObject", lambda: wrong.head_object(oss.HeadObjectRequest(bucket, "k"))),
            ("ListObjectsV2", lambda: wrong.list_objects_v2(oss.ListObjectsV2Request(bucket)))):
        steps.refused(name, call, describe, expected)
    bad_link = link(wrong, oss.GetObjectRequest(bucket, "k"))
    steps.run("presigned GET", lambda: fetch("GET", bad_link.url),
              lambda answer: refused_link(answer, expected["code"]))
    delete_bucket(steps, right, bucket)


def main():
    options = step.options(__doc__, "cn-hangzhou", lambda parser: parser.add_argument(
        "--signature-version", choices=["v4", "v1"], default="v4"))
    steps = step.Steps("oss")
    (refused if options.refusal else accepted)(steps, options, f"sanyun-{secrets.token_hex(4)}")
    steps.finish()


if __name__ == "__main__":
    main()
