"""What the longer scripts with the official OSS SDK V2 share.

Every script runs its steps with signatures of both versions, in a bucket of its own each time.
"""

import datetime
import secrets

import step

import alibabacloud_oss_v2 as oss
from oss import REFUSALS, connect, describe, done

VERSIONS = ("v4", "v1")


class World:
    """The steps with one client. `more` gives the attributes that a reply must have."""

    def __init__(self, steps, options, version, keys):
        options.signature_version = version
        self.steps, self.options, self.version, self.keys = steps, options, version, keys
        self.client = connect(options, keys)
        self.bucket = f"sanyun-{secrets.token_hex(4)}"

    def run(self, name, call, check):
        return self.steps.run(f"{self.version}: {name}", call, check)

    def expect(self, name, call, check=lambda reply: {}, /, **more):
        """A call that succeeds, with these attributes of its reply; `check` may look at the rest."""
        def look(reply):
            equal(reply, more)
            return done(reply, **(check(reply) or {}))

        return self.run(name, call, look)

    def value(self, name, call, expected):
        """A call that returns this very value."""
        self.run(name, call, lambda found: step.check(found == expected, f"{found!r}") or {"value": str(found)[:80]})

    def refused(self, name, call, status, code):
        self.steps.refused(f"{self.version}: {name}", call, describe, {"status": status, "code": code})

    def raises(self, name, call, message):
        """A call that the SDK itself gives up with a message that has this part."""
        self.steps.refused(f"{self.version}: {name}", call, lambda error: {"message": str(error)}, {"message": message})

    def create(self, bucket=None, **more):
        bucket = bucket or self.bucket
        self.expect("PutBucket", lambda: self.client.put_bucket(oss.PutBucketRequest(bucket, **more)))

    def put(self, key, data=b"content", **more):
        return self.expect(f"PutObject {key}", lambda: self.client.put_object(
            oss.PutObjectRequest(self.bucket, key, body=data, **more)))

    def read(self, key, data, **more):
        return self.expect(f"GetObject {key}", lambda: self.client.get_object(
            oss.GetObjectRequest(self.bucket, key, **more)), lambda reply: same_bytes(reply.body.read(), data))

    def clear(self, bucket=None):
        """Removes all versions of all objects, all uploads, and the bucket."""
        bucket = bucket or self.bucket
        for page in self.client.list_object_versions_paginator().iter_page(oss.ListObjectVersionsRequest(bucket)):
            for entry in [*(page.version or []), *(page.delete_marker or [])]:
                self.client.delete_object(oss.DeleteObjectRequest(bucket, entry.key, version_id=entry.version_id))
        for page in self.client.list_multipart_uploads_paginator().iter_page(oss.ListMultipartUploadsRequest(bucket)):
            for entry in page.uploads or []:
                self.client.abort_multipart_upload(oss.AbortMultipartUploadRequest(bucket, entry.key, entry.upload_id))
        self.expect("DeleteBucket", lambda: self.client.delete_bucket(oss.DeleteBucketRequest(bucket)))


def equal(reply, expected):
    for name, value in expected.items():
        found = getattr(reply, name)
        step.check(same(value, found), f"{name}: {show(found)} instead of {show(value)}")


def same(sent, found):
    """Whether everything that is set in `sent` is so in `found`; models are compared by their fields."""
    if sent is None:
        return True
    if isinstance(sent, list):
        return isinstance(found, list) and len(sent) == len(found) and all(map(same, sent, found))
    if hasattr(sent, "_attribute_map"):
        fields = sent._attribute_map
        return found is not None and all(same(getattr(sent, name), getattr(found, name)) for name in fields)
    if isinstance(sent, datetime.datetime):
        return isinstance(found, datetime.datetime) and sent == found.replace(tzinfo=found.tzinfo or sent.tzinfo)
    return sent == found


def show(value):
    """A model as text, all the way down."""
    if isinstance(value, list):
        return [show(item) for item in value]
    if hasattr(value, "_attribute_map"):
        fields = {name: show(getattr(value, name, None)) for name in value._attribute_map}
        return {name: field for name, field in fields.items() if field is not None}
    return value


def same_bytes(found, expected):
    step.check(found == expected, f"{len(found)} bytes instead of {len(expected)}, or others")
    return {"bytes": len(found)}


def main(client, description, accepted, calls, more=lambda parser: None):
    """`accepted(world)` are the steps with the right key; `calls(client, bucket)` are names and calls that a wrong
    key is refused for."""
    options = step.options(description, "cn-hangzhou", more)
    steps = step.Steps(client)
    for version in VERSIONS:
        if options.refusal:
            refused(steps, options, version, calls)
        else:
            accepted(World(steps, options, version, options.right))
    steps.finish()


def refused(steps, options, version, calls):
    """The bucket exists, because a missing bucket is reported before a wrong key."""
    right, expected = World(steps, options, version, options.right), REFUSALS[options.refusal]
    wrong = connect(options, (options.ak, options.sk))
    right.create()
    for name, call in calls(wrong, right.bucket):
        right.refused(name, call, expected["status"], expected["code"])
    right.clear()
