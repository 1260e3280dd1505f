"""The asynchronous client of the official OSS SDK V2 as a client of a local server: everything that it has."""

import argparse
import asyncio
import datetime
import random
import secrets
from urllib.parse import urlsplit

import step

import alibabacloud_oss_v2 as oss
import alibabacloud_oss_v2.aio as aio
from oss import KEYS, REFUSALS, config, describe, done, etag, fetch
from oss_world import VERSIONS, equal, same_bytes, show

PART = 100 * 1024
DATA = random.Random(13).randbytes(2 * PART + 777)
SOON = datetime.timedelta(minutes=5)


class World:
    """The steps with one asynchronous client."""

    def __init__(self, steps, options, version, keys):
        options.signature_version = version
        self.steps, self.version, self.bucket = steps, version, f"sanyun-{secrets.token_hex(4)}"
        self.client = aio.AsyncClient(config(options, keys))

    async def expect(self, name, call, check=lambda reply: {}, /, **more):
        """A call that succeeds, with these attributes of its reply; `check` may look at the rest."""
        def look(reply):
            equal(reply, more)
            return done(reply, **(check(reply) or {}))

        return await self.run(name, call, look)

    async def value(self, name, call, expected):
        """A call that returns this very value."""
        await self.run(name, call, lambda found: step.check(found == expected, f"{found!r}") or {})

    async def run(self, name, call, check):
        reply, error = await outcome(call)
        return self.steps.run(f"{self.version}: {name}", lambda: again(reply, error), check)

    async def refused(self, name, call, status, code):
        reply, error = await outcome(call)
        self.steps.refused(f"{self.version}: {name}", lambda: again(reply, error), describe,
                           {"status": status, "code": code})

    async def create(self):
        await self.expect("PutBucket", self.client.put_bucket(oss.PutBucketRequest(self.bucket, acl="private")))

    async def put(self, key, data=b"content", **more):
        return await self.expect(f"PutObject {key!r}", self.client.put_object(
            oss.PutObjectRequest(self.bucket, key, body=data, **more)))

    async def read(self, key, data, **more):
        async def read():
            reply = await self.client.get_object(oss.GetObjectRequest(self.bucket, key, **more))
            async with reply.body as body:
                return await body.read()

        await self.run(f"GetObject {key!r}", read(), lambda found: same_bytes(found, data))

    async def clear(self):
        async for page in self.client.list_object_versions_paginator().iter_page(
                oss.ListObjectVersionsRequest(self.bucket)):
            for entry in [*(page.version or []), *(page.delete_marker or [])]:
                await self.client.delete_object(
                    oss.DeleteObjectRequest(self.bucket, entry.key, version_id=entry.version_id))
        await self.expect("DeleteBucket", self.client.delete_bucket(oss.DeleteBucketRequest(self.bucket)))
        await self.client.close()


async def outcome(call):
    try:
        return await call, None
    except Exception as error:
        return None, error


def again(reply, error):
    if error is not None:
        raise error
    return reply


def tagging(**tags):
    return oss.Tagging(oss.TagSet([oss.Tag(key, value) for key, value in tags.items()]))


async def pages(paginator, request, entries):
    return [[entry for entry in entries(page) or []] async for page in paginator.iter_page(request)]


# --- buckets -------------------------------------------------------------------------------------

async def buckets(world):
    client, bucket = world.client, world.bucket
    await world.value("is_bucket_exist, none", client.is_bucket_exist(bucket), False)
    await world.create()
    await world.value("is_bucket_exist", client.is_bucket_exist(bucket), True)
    await world.expect("ListBuckets", client.list_buckets(oss.ListBucketsRequest(prefix=bucket)), lambda reply:
                       step.check([entry.name for entry in reply.buckets] == [bucket], show(reply)))
    found = pages(client.list_buckets_paginator(limit=1), oss.ListBucketsRequest(prefix=bucket),
                  lambda page: [entry.name for entry in page.buckets])
    await world.value("ListBuckets, pages", found, [[bucket]])
    await world.expect("DescribeRegions", client.describe_regions(oss.DescribeRegionsRequest("oss-cn-hangzhou")),
                       lambda reply: equal(reply.region_info[0], {"region": "oss-cn-hangzhou"}))
    await world.expect("PutBucketAcl", client.put_bucket_acl(oss.PutBucketAclRequest(bucket, acl="public-read")))
    await world.expect("GetBucketAcl", client.get_bucket_acl(oss.GetBucketAclRequest(bucket)), acl="public-read")
    await world.expect("GetBucketInfo", client.get_bucket_info(oss.GetBucketInfoRequest(bucket)), lambda reply: equal(
        reply.bucket_info, {"name": bucket, "acl": "public-read", "location": "oss-cn-hangzhou"}))
    await world.expect("GetBucketLocation", client.get_bucket_location(oss.GetBucketLocationRequest(bucket)),
                       location="oss-cn-hangzhou")
    await world.expect("GetBucketStat", client.get_bucket_stat(oss.GetBucketStatRequest(bucket)), object_count=0)


# --- objects -------------------------------------------------------------------------------------

async def objects(world):
    client, bucket = world.client, world.bucket
    for key in KEYS:
        await world.put(key, f"content of {key}".encode(), metadata={"m": "1"})
        await world.read(key, f"content of {key}".encode())
    await world.expect("HeadObject", client.head_object(oss.HeadObjectRequest(bucket, KEYS[0])),
                       metadata={"m": "1"}, content_type="text/plain", object_type="Normal")
    await world.expect("GetObjectMeta", client.get_object_meta(oss.GetObjectMetaRequest(bucket, KEYS[0])),
                       content_length=len(f"content of {KEYS[0]}"))
    await world.value("is_object_exist", client.is_object_exist(bucket, KEYS[0]), True)
    await world.value("is_object_exist, none", client.is_object_exist(bucket, "none"), False)
    await world.refused("GetObject, none", client.get_object(oss.GetObjectRequest(bucket, "none")), 404, "NoSuchKey")
    await world.refused("HeadObject, none", client.head_object(oss.HeadObjectRequest(bucket, "none")),
                        404, "NoSuchKey")
    ordered = sorted(KEYS, key=str.encode)
    expected = [ordered[at:at + 4] for at in range(0, len(ordered), 4)]

    def names(page):
        return [entry.key for entry in page.contents or []]

    for name, paginator, request in (
            ("ListObjects", client.list_objects_paginator, oss.ListObjectsRequest),
            ("ListObjectsV2", client.list_objects_v2_paginator, oss.ListObjectsV2Request)):
        await world.value(f"{name}, pages", pages(paginator(limit=4), request(bucket), names), expected)
    await world.expect("CopyObject", client.copy_object(oss.CopyObjectRequest(
        bucket, "copy", source_key=KEYS[1])), etag=f'"{etag(f"content of {KEYS[1]}".encode())}"')
    await world.expect("DeleteObject", client.delete_object(oss.DeleteObjectRequest(bucket, "copy")))
    await world.expect("DeleteMultipleObjects", client.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(
        bucket, objects=[oss.DeleteObject(key) for key in KEYS])), lambda reply: step.check(
            [entry.key for entry in reply.deleted_objects] == KEYS, show(reply)))


async def streams(world):
    """Bodies that come and go piece by piece."""
    client, bucket = world.client, world.bucket

    async def produce():
        for at in range(0, len(DATA), 9000):
            yield DATA[at:at + 9000]

    async def stream(**more):
        reply = await client.get_object_as_stream(oss.GetObjectRequest(bucket, "stream", **more))
        async with reply.body as body:
            return b"".join([chunk async for chunk in await body.iter_bytes()])

    await world.put("stream", produce())
    await world.run("GetObject as a stream", stream(), lambda found: same_bytes(found, DATA))
    await world.run("GetObject as a stream, range", stream(range_header="bytes=1000-150000"),
                    lambda found: same_bytes(found, DATA[1000:150_001]))
    await world.put("text", "ein Text")
    await world.read("text", b"ein Text")
    found = await asyncio.gather(*(stream(range_header=f"bytes={at}-{at + 999}") for at in range(0, 20_000, 1000)))
    await world.run("20 streams at once", done_later(b"".join(found)), lambda got: same_bytes(got, DATA[:20_000]))


async def done_later(value):
    return value


class Cut:
    """A wire to the server that breaks once, in the middle of an answer."""

    def __init__(self, endpoint, after):
        self.target, self.left, self.connections = urlsplit(endpoint), after, 0
        self.tasks = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.endpoint = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.gather(*self.tasks)

    async def connect(self, reader, writer):
        self.tasks.append(asyncio.current_task())
        self.connections += 1
        their_reader, their_writer = await asyncio.open_connection(self.target.hostname, self.target.port)
        both = [asyncio.create_task(self.pass_on(reader, their_writer)),
                asyncio.create_task(self.pass_on(their_reader, writer, self.connections == 1))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, their_writer):
            end.close()
        await asyncio.wait(both)

    async def pass_on(self, reader, writer, breaks=False):
        while data := await reader.read(8192):
            writer.write(data)
            await writer.drain()
            self.left -= len(data) if breaks else 0
            if breaks and self.left <= 0:
                return


async def resumed(world, options, version):
    """A stream that breaks goes on where it was."""
    async with Cut(options.endpoint, 60_000) as wire:
        there = argparse.Namespace(**{**vars(options), "endpoint": wire.endpoint, "signature_version": version})
        client = aio.AsyncClient(config(there, options.right))

        async def stream():
            reply = await client.get_object_as_stream(oss.GetObjectRequest(world.bucket, "stream"))
            async with reply.body as body:
                return await body.read()

        await world.run("GetObject as a stream, broken", stream(), lambda found: same_bytes(found, DATA))
        await world.value("it was broken", done_later(wire.connections), 2)
        await client.close()


async def attributes(world):
    client, bucket = world.client, world.bucket
    await world.put("t", storage_class="IA", tagging="a=1")
    await world.expect("GetObjectTagging, of its making", client.get_object_tagging(
        oss.GetObjectTaggingRequest(bucket, "t")), tag_set=tagging(a="1").tag_set)
    await world.expect("PutObjectTagging", client.put_object_tagging(
        oss.PutObjectTaggingRequest(bucket, "t", tagging=tagging(b="2", c="3"))))
    await world.expect("GetObjectTagging", client.get_object_tagging(oss.GetObjectTaggingRequest(bucket, "t")),
                       tag_set=tagging(b="2", c="3").tag_set)
    await world.expect("DeleteObjectTagging", client.delete_object_tagging(
        oss.DeleteObjectTaggingRequest(bucket, "t")))
    await world.expect("PutObjectAcl", client.put_object_acl(oss.PutObjectAclRequest(bucket, "t", acl="public-read")))
    await world.expect("GetObjectAcl", client.get_object_acl(oss.GetObjectAclRequest(bucket, "t")), acl="public-read")
    await world.expect("PutSymlink", client.put_symlink(oss.PutSymlinkRequest(bucket, "link", target="t")))
    await world.expect("GetSymlink", client.get_symlink(oss.GetSymlinkRequest(bucket, "link")), target="t")
    await world.read("link", b"content")
    await world.put("cold", storage_class="Archive")
    await world.refused("GetObject, archived", client.get_object(oss.GetObjectRequest(bucket, "cold")),
                        403, "InvalidObjectState")
    await world.expect("RestoreObject", client.restore_object(oss.RestoreObjectRequest(
        bucket, "cold", restore_request=oss.RestoreRequest(days=1))), status_code=202)
    await world.read("cold", b"content")


async def appends(world):
    client, bucket = world.client, world.bucket

    def append(position, data):
        return client.append_object(oss.AppendObjectRequest(bucket, "grow", position=position, body=data))

    await world.expect("AppendObject", append(0, b"abc"), next_position=3)
    await world.expect("AppendObject, again", append(3, b"def"), next_position=6)
    await world.refused("AppendObject, wrong position", append(3, b"x"), 409, "PositionNotEqualToLength")
    await world.read("grow", b"abcdef")
    await world.expect("SealAppendObject", client.seal_append_object(
        oss.SealAppendObjectRequest(bucket, "grow", position=6)), lambda reply: step.check(reply.sealed_time, "open"))


async def versions(world):
    client, bucket, key = world.client, world.bucket, "v"
    await world.expect("PutBucketVersioning", client.put_bucket_versioning(oss.PutBucketVersioningRequest(
        bucket, versioning_configuration=oss.VersioningConfiguration("Enabled"))))
    await world.expect("GetBucketVersioning", client.get_bucket_versioning(oss.GetBucketVersioningRequest(bucket)),
                       version_status="Enabled")
    first, second = await world.put(key, b"1"), await world.put(key, b"2")
    await world.read(key, b"1", version_id=first.version_id)
    gone = await world.expect("DeleteObject", client.delete_object(oss.DeleteObjectRequest(bucket, key)),
                              delete_marker=True)
    expected = [gone.version_id, second.version_id, first.version_id]
    found = pages(client.list_object_versions_paginator(limit=1), oss.ListObjectVersionsRequest(bucket, prefix=key),
                  lambda page: [entry.version_id for entry in [*(page.delete_marker or []), *(page.version or [])]])
    await world.value("ListObjectVersions, pages", found, [[version] for version in expected])


async def parts(world):
    client, bucket, key = world.client, world.bucket, "parts/ü"
    begun = await world.expect("InitiateMultipartUpload", client.initiate_multipart_upload(
        oss.InitiateMultipartUploadRequest(bucket, key, metadata={"m": "1"})), key=key)
    upload = begun.upload_id
    first = await world.expect("UploadPart", client.upload_part(oss.UploadPartRequest(
        bucket, key, part_number=1, upload_id=upload, body=DATA[:PART])), etag=f'"{etag(DATA[:PART])}"')
    second = await world.expect("UploadPartCopy", client.upload_part_copy(oss.UploadPartCopyRequest(
        bucket, key, part_number=2, upload_id=upload, source_key="stream", source_range=f"bytes={PART}-")))
    found = pages(client.list_parts_paginator(limit=1), oss.ListPartsRequest(bucket, key, upload),
                  lambda page: [part.etag for part in page.parts])
    await world.value("ListParts, pages", found, [[first.etag], [second.etag]])
    found = pages(client.list_multipart_uploads_paginator(limit=1), oss.ListMultipartUploadsRequest(bucket),
                  lambda page: [(entry.key, entry.upload_id) for entry in page.uploads])
    await world.value("ListMultipartUploads, pages", found, [[(key, upload)]])
    await world.expect("CompleteMultipartUpload", client.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(bucket, key, upload, complete_multipart_upload=oss.CompleteMultipartUpload(
            [oss.UploadPart(1, first.etag), oss.UploadPart(2, second.etag)]))), key=key)
    await world.read(key, DATA)
    begun = await client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket, key))
    await world.expect("AbortMultipartUpload", client.abort_multipart_upload(
        oss.AbortMultipartUploadRequest(bucket, key, begun.upload_id)))
    await world.refused("ListParts, given up", client.list_parts(oss.ListPartsRequest(bucket, key, begun.upload_id)),
                        404, "NoSuchUpload")


async def links(world):
    client, bucket, key, data = world.client, world.bucket, "link ü+%", b"through a link"

    async def send(request, body=None):
        made = await client.presign(request, expires=SOON)
        return await asyncio.to_thread(fetch, made.method, made.url, made.signed_headers, body)

    def ok(answer, body=None):
        step.check(answer[0] == 200 and body in (None, answer[1]), str(answer))
        return {"status": answer[0]}

    await world.run("link PutObject", send(oss.PutObjectRequest(bucket, key, metadata={"m": "1"}), data), ok)
    await world.run("link GetObject", send(oss.GetObjectRequest(bucket, key)), lambda answer: ok(answer, data))
    await world.run("link HeadObject", send(oss.HeadObjectRequest(bucket, key)), ok)


async def retention(world):
    client, bucket, key = world.client, world.bucket, "kept"
    until, wish = "2099-01-01T00:00:00.000Z", oss.ObjectWormConfiguration(object_worm_enabled="Enabled")
    await world.refused("GetBucketObjectWormConfiguration, none", client.get_bucket_object_worm_configuration(
        oss.GetBucketObjectWormConfigurationRequest(bucket)), 404, "NoSuchObjectWormConfiguration")
    await world.expect("PutBucketObjectWormConfiguration", client.put_bucket_object_worm_configuration(
        oss.PutBucketObjectWormConfigurationRequest(bucket, object_worm_configuration=wish)))
    await world.expect("GetBucketObjectWormConfiguration", client.get_bucket_object_worm_configuration(
        oss.GetBucketObjectWormConfigurationRequest(bucket)), object_worm_configuration=wish)
    await world.put(key)

    def hold(status):
        return client.put_object_legal_hold(oss.PutObjectLegalHoldRequest(
            bucket, key, legal_hold=oss.LegalHold(status=status)))

    def keep(mode):
        return client.put_object_retention(oss.PutObjectRetentionRequest(
            bucket, key, retention=oss.Retention(mode=mode, retain_until_date=until)))

    await world.refused("GetObjectRetention, none", client.get_object_retention(
        oss.GetObjectRetentionRequest(bucket, key)), 404, "NoSuchObjectLockConfiguration")
    await world.expect("PutObjectLegalHold", hold("ON"))
    await world.expect("GetObjectLegalHold", client.get_object_legal_hold(
        oss.GetObjectLegalHoldRequest(bucket, key)), legal_hold=oss.LegalHold(status="ON"))
    await world.refused("DeleteObject, held", client.delete_object(oss.DeleteObjectRequest(bucket, key)),
                        409, "FileImmutable")
    await world.expect("PutObjectLegalHold, off", hold("OFF"))
    await world.expect("PutObjectRetention", keep("GOVERNANCE"))
    await world.expect("GetObjectRetention", client.get_object_retention(oss.GetObjectRetentionRequest(bucket, key)),
                       retention=oss.Retention(mode="GOVERNANCE", retain_until_date=until))
    await world.refused("DeleteObject, kept", client.delete_object(oss.DeleteObjectRequest(bucket, key)),
                        409, "FileImmutable")
    await world.expect("DeleteObject, all the same", client.delete_object(
        oss.DeleteObjectRequest(bucket, key, bypass_governance_retention=True)))


async def not_served(world):
    """What is refused, and said to be."""
    client, bucket = world.client, world.bucket
    for name, call in (
            ("CreateBucketMetadataConfiguration", client.create_bucket_metadata_configuration(
                oss.CreateBucketMetadataConfigurationRequest(
                    bucket, metadata_configuration=oss.MetadataConfiguration()))),
            ("GetBucketMetadataConfiguration", client.get_bucket_metadata_configuration(
                oss.GetBucketMetadataConfigurationRequest(bucket))),
            ("UpdateBucketMetadataInventoryTableConfiguration",
             client.update_bucket_metadata_inventory_table_configuration(
                 oss.UpdateBucketMetadataInventoryTableConfigurationRequest(
                     bucket, inventory_table_configuration=oss.InventoryTableConfiguration()))),
            ("UpdateBucketMetadataJournalTableConfiguration",
             client.update_bucket_metadata_journal_table_configuration(
                 oss.UpdateBucketMetadataJournalTableConfigurationRequest(
                     bucket, journal_table_configuration=oss.JournalTableConfiguration()))),
            ("DeleteBucketMetadataConfiguration", client.delete_bucket_metadata_configuration(
                oss.DeleteBucketMetadataConfigurationRequest(bucket))),
            ("DoMetaQueryAction", client.do_meta_query_action(
                oss.DoMetaQueryActionRequest(bucket, action="createDataset"))),
            ("DoDataPipelineAction", client.do_data_pipeline_action(
                oss.DoDataPipelineActionRequest(action="listDataPipelineConfigurations")))):
        await world.refused(name, call, 501, "NotImplemented")
    if world.version == "v1":
        return  # Row 17 of the defects: parameters `x-oss-*` are not signed.
    await world.refused("ProcessObject", client.process_object(oss.ProcessObjectRequest(
        bucket, "t", process="image/resize,w_100|sys/saveas,o_dGVzdA")), 501, "NotImplemented")
    await world.refused("AsyncProcessObject", client.async_process_object(oss.AsyncProcessObjectRequest(
        bucket, "t", process="video/convert,f_mp4|sys/saveas,o_dGVzdA")), 501, "NotImplemented")


async def any_operation(world):
    """A call by its parts, as one makes it for an operation that the client has no method for."""
    call = oss.OperationInput(op_name="GetBucketReferer", method="GET", bucket=world.bucket,
                              parameters={"referer": ""}, op_metadata={"sub-resource": ["referer"]})
    await world.run("invoke_operation", world.client.invoke_operation(call), lambda reply: step.check(
        reply.status_code == 200 and b"AllowEmptyReferer" in reply.http_response.content, str(reply)) or {})


# --- runs ----------------------------------------------------------------------------------------

async def accepted(world, options):
    await buckets(world)
    await objects(world)
    await streams(world)
    await resumed(world, options, world.version)
    await attributes(world)
    await appends(world)
    await parts(world)
    await links(world)
    await retention(world)
    await not_served(world)
    await any_operation(world)
    await versions(world)
    await world.clear()


async def refused(steps, options, version):
    """The bucket exists, because a missing bucket is reported before a wrong key."""
    right, wrong = (World(steps, options, version, keys) for keys in (options.right, (options.ak, options.sk)))
    expected, bucket = REFUSALS[options.refusal], right.bucket
    await right.create()
    for name, call in (
            ("ListBuckets", wrong.client.list_buckets(oss.ListBucketsRequest())),
            ("GetBucketInfo", wrong.client.get_bucket_info(oss.GetBucketInfoRequest(bucket))),
            ("PutObject", wrong.client.put_object(oss.PutObjectRequest(bucket, "k", body=b"x"))),
            ("GetObject", wrong.client.get_object(oss.GetObjectRequest(bucket, "k"))),
            ("GetObject as a stream", wrong.client.get_object_as_stream(oss.GetObjectRequest(bucket, "k"))),
            ("HeadObject", wrong.client.head_object(oss.HeadObjectRequest(bucket, "k"))),
            ("ListObjectsV2", wrong.client.list_objects_v2(oss.ListObjectsV2Request(bucket))),
            ("InitiateMultipartUpload", wrong.client.initiate_multipart_upload(
                oss.InitiateMultipartUploadRequest(bucket, "k"))),
            ("is_object_exist", wrong.client.is_object_exist(bucket, "k"))):
        await right.refused(name, call, expected["status"], expected["code"])
    await wrong.client.close()
    await right.clear()


async def run(steps, options):
    for version in VERSIONS:
        if options.refusal:
            await refused(steps, options, version)
        else:
            await accepted(World(steps, options, version, options.right), options)


if __name__ == "__main__":
    given, all_steps = step.options(__doc__, "cn-hangzhou"), step.Steps("oss_async")
    asyncio.run(run(all_steps, given))
    all_steps.finish()
