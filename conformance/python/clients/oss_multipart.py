"""The official OSS SDK V2 as a client of a local server: parts, and the transfers that are made of them, broken off
and resumed. What one side writes the other reads: ours is `sanyun oss`, given with --ours."""

import hashlib
import io
import os
import pathlib
import random
import subprocess
import tempfile

import step

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2 import CopyError, DownloadError, UploadError
from oss import connect, etag, fetch, link
from oss_world import main, same_bytes, show

PART = 100 * 1024
DATA = random.Random(3).randbytes(8 * PART + 12_345)
HOSTILE = "parts/a+b %2F 文件\x01&<>.bin"
BROKEN_OFF = 9


def parts_etag(data, size):
    sums = [hashlib.md5(data[at:at + size]).digest() for at in range(0, len(data), size)]
    return f"{hashlib.md5(b''.join(sums)).hexdigest().upper()}-{len(sums)}"


# --- calls ---------------------------------------------------------------------------------------

def initiate(world, key, **more):
    made = world.expect(f"InitiateMultipartUpload {key!r}", lambda: world.client.initiate_multipart_upload(
        oss.InitiateMultipartUploadRequest(world.bucket, key, **more)), bucket=world.bucket, key=key)
    return made.upload_id


def send(world, key, upload, number, data):
    sent = world.expect(f"UploadPart {number}", lambda: world.client.upload_part(oss.UploadPartRequest(
        world.bucket, key, part_number=number, upload_id=upload, body=data)), etag=f'"{etag(data)}"')
    return oss.UploadPart(number, sent.etag)


def complete(world, key, upload, parts, **more):
    return lambda: world.client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        world.bucket, key, upload, complete_multipart_upload=oss.CompleteMultipartUpload(parts), **more))


def parts(world):
    client, bucket, key = world.client, world.bucket, HOSTILE
    upload = initiate(world, key, content_type="text/m", metadata={"m": "1"}, storage_class="IA", tagging="k=v",
                      cache_control="no-cache")
    sent = [send(world, key, upload, n + 1, DATA[n * PART:(n + 1) * PART]) for n in (1, 0, 2)]
    sent[0] = send(world, key, upload, 2, DATA[PART:2 * PART])
    sent.sort(key=lambda part: part.part_number)

    def list_parts(**more):
        return lambda: client.list_parts(oss.ListPartsRequest(bucket, key, upload, **more))

    world.expect("ListParts", list_parts(), lambda reply: step.check(
        [(part.part_number, part.size, part.etag) for part in reply.parts] == [
            (part.part_number, PART, part.etag) for part in sent] and all(part.hash_crc64 for part in reply.parts),
        show(reply.parts)), bucket=bucket, key=key, upload_id=upload, is_truncated=False, storage_class="IA")
    world.expect("ListParts, one", list_parts(max_parts=1, part_number_marker=1), lambda reply: step.check(
        [part.part_number for part in reply.parts] == [2], show(reply)), part_number_marker=1, max_parts=1,
        next_part_number_marker=2, is_truncated=True)
    world.value("ListParts, pages", lambda: [[part.part_number for part in page.parts] for page in
                                             client.list_parts_paginator(limit=2).iter_page(
                                                 oss.ListPartsRequest(bucket, key, upload))], [[1, 2], [3]])
    for name, given, code in (
            ("unknown part", [*sent, oss.UploadPart(9, sent[0].etag)], "InvalidPart"),
            ("wrong etag", [oss.UploadPart(1, sent[1].etag)], "InvalidPart"),
            ("wrong order", sent[::-1], "InvalidPartOrder")):
        world.refused(f"CompleteMultipartUpload, {name}", complete(world, key, upload, given), 400, code)
    world.expect("CompleteMultipartUpload", complete(world, key, upload, sent, acl="public-read"),
                 lambda reply: step.check(reply.hash_crc64 and reply.location, show(reply)), bucket=bucket, key=key,
                 etag=f'"{parts_etag(DATA[:3 * PART], PART)}"')
    world.expect("HeadObject, of parts", lambda: client.head_object(oss.HeadObjectRequest(bucket, key)),
                 object_type="Multipart", content_type="text/m", metadata={"m": "1"}, storage_class="IA",
                 tagging_count=1, cache_control="no-cache", content_length=3 * PART,
                 etag=f'"{parts_etag(DATA[:3 * PART], PART)}"')
    world.read(key, DATA[:3 * PART])
    world.refused("UploadPart, completed", lambda: client.upload_part(oss.UploadPartRequest(
        bucket, key, part_number=1, upload_id=upload, body=b"x")), 404, "NoSuchUpload")


def small_parts(world):
    """A part that is not the last one must have 100 KiB; and all parts that are there, unnamed."""
    client, bucket = world.client, world.bucket
    upload = initiate(world, "small")
    sent = [send(world, "small", upload, n + 1, b"tiny") for n in range(2)]
    world.refused("CompleteMultipartUpload, small parts", complete(world, "small", upload, sent), 400, "EntityTooSmall")
    upload = initiate(world, "all")
    for n in range(2):
        send(world, "all", upload, n + 1, DATA[n * PART:(n + 1) * PART])
    world.expect("CompleteMultipartUpload, all", lambda: client.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(bucket, "all", upload, complete_all="yes")),
        etag=f'"{parts_etag(DATA[:2 * PART], PART)}"')
    world.read("all", DATA[:2 * PART])
    upload = initiate(world, "all")
    kept = send(world, "all", upload, 1, b"x")
    world.refused("CompleteMultipartUpload, forbid overwrite",
                  complete(world, "all", upload, [kept], forbid_overwrite=True), 409, "FileAlreadyExists")


def copied_parts(world):
    client, bucket, key = world.client, world.bucket, "parts/copied"
    upload = initiate(world, key)

    def copy(number, header, **more):
        return lambda: client.upload_part_copy(oss.UploadPartCopyRequest(
            bucket, key, part_number=number, upload_id=upload, source_bucket=bucket, source_key=HOSTILE,
            source_range=header, **more))

    spans = [(0, 2 * PART), (2 * PART, 3 * PART)]
    sent = []
    for number, (start, end) in enumerate(spans, 1):
        made = world.expect(f"UploadPartCopy {number}", copy(number, f"bytes={start}-{end - 1}"),
                            lambda reply: step.check(reply.last_modified, "no time"),
                            etag=f'"{etag(DATA[start:end])}"')
        sent.append(oss.UploadPart(number, made.etag))
    world.refused("UploadPartCopy, if_match", copy(1, None, if_match='"0"'), 412, "PreconditionFailed")
    world.expect("CompleteMultipartUpload, copied", complete(world, key, upload, sent))
    world.read(key, DATA[:3 * PART])


def uploads(world):
    """Listing what is under way, and giving it up."""
    client, bucket = world.client, world.bucket
    keys = ["up/a", "up/a", "up/b", "up/c/d", "up/文 件"]
    under_way = sorted((key, initiate(world, key)) for key in keys)

    def listed(page):
        return [(entry.key, entry.upload_id) for entry in page.uploads or []]

    world.value("ListMultipartUploads, pages", lambda: [listed(page) for page in
                client.list_multipart_uploads_paginator(limit=2).iter_page(
                    oss.ListMultipartUploadsRequest(bucket, prefix="up/"))],
                [under_way[:2], under_way[2:4], under_way[4:]])
    world.expect("ListMultipartUploads, delimiter", lambda: client.list_multipart_uploads(
        oss.ListMultipartUploadsRequest(bucket, prefix="up/", delimiter="/", key_marker="up/a")),
        lambda reply: step.check([key for key, _ in listed(reply)] == ["up/b", "up/文 件"]
                                 and all(entry.initiated for entry in reply.uploads), show(reply)),
        bucket=bucket, prefix="up/", delimiter="/", key_marker="up/a", is_truncated=False)
    for key, upload in under_way:
        world.expect("AbortMultipartUpload", lambda: client.abort_multipart_upload(
            oss.AbortMultipartUploadRequest(bucket, key, upload)))
    world.refused("AbortMultipartUpload, again", lambda: client.abort_multipart_upload(
        oss.AbortMultipartUploadRequest(bucket, *under_way[0])), 404, "NoSuchUpload")
    world.refused("ListParts, given up", lambda: client.list_parts(
        oss.ListPartsRequest(bucket, *under_way[0])), 404, "NoSuchUpload")
    world.value("nothing is under way", lambda: left(world, "up/"), [])


def left(world, prefix):
    return [entry.upload_id for entry in world.client.list_multipart_uploads(
        oss.ListMultipartUploadsRequest(world.bucket, prefix=prefix)).uploads or []]


def links(world):
    """The same by links alone."""
    client, bucket, key = world.client, world.bucket, "parts/link ü"

    def send_link(request, body=None):
        made = link(client, request)
        status, answer = fetch(made.method, made.url, made.signed_headers, body)
        step.check(status // 100 == 2, f"{status} {answer}")
        return answer.decode()

    def run(name, request, body=None):
        return world.run(f"link {name}", lambda: send_link(request, body), lambda answer: {"bytes": len(answer)})

    begun = run("InitiateMultipartUpload", oss.InitiateMultipartUploadRequest(bucket, key, content_type="text/x"))
    upload = begun.split("<UploadId>")[1].split("<")[0]
    run("UploadPart 1", oss.UploadPartRequest(bucket, key, part_number=1, upload_id=upload), DATA[:PART])
    run("UploadPart 2", oss.UploadPartRequest(bucket, key, part_number=2, upload_id=upload), b"end")
    body = "<CompleteMultipartUpload>" + "".join(
        f"<Part><PartNumber>{n}</PartNumber><ETag>{etag(part)}</ETag></Part>"
        for n, part in ((1, DATA[:PART]), (2, b"end"))) + "</CompleteMultipartUpload>"
    run("CompleteMultipartUpload", oss.CompleteMultipartUploadRequest(bucket, key, upload), body)
    world.read(key, DATA[:PART] + b"end")
    begun = run("InitiateMultipartUpload", oss.InitiateMultipartUploadRequest(bucket, key))
    run("AbortMultipartUpload", oss.AbortMultipartUploadRequest(
        bucket, key, begun.split("<UploadId>")[1].split("<")[0]))
    world.value("nothing is under way", lambda: left(world, key), [])


# --- transfers -----------------------------------------------------------------------------------

class Progress:
    """What a progress callback was told; after `limit` bytes it ends the process, as a crash would."""

    def __init__(self, limit=None):
        self.calls, self.limit = [], limit

    def __call__(self, step_bytes, transferred, total):
        self.calls.append((step_bytes, transferred, total))
        if self.limit is not None and transferred >= self.limit:
            os._exit(BROKEN_OFF)


def broken_off(call):
    """Runs a transfer in a process of its own, which ends in the middle of it: its exit status."""
    child = os.fork()
    if child == 0:
        try:
            call()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def upload(world, folder):
    client, bucket, source = world.client, world.bucket, folder / "source.html"
    source.write_bytes(DATA)
    tag = f'"{parts_etag(DATA, PART)}"'

    def upload_file(key, uploader=client, progress=None, **options):
        return uploader.uploader(part_size=PART, **options).upload_file(
            oss.PutObjectRequest(bucket, key, metadata={"u": "1"}, tagging="k=v", progress_fn=progress), str(source))

    progress = Progress()
    world.expect("upload_file, parts", lambda: upload_file("up/file", progress=progress), etag=tag)
    world.value("upload_file, progress", lambda: (len(progress.calls), progress.calls[-1][1:]),
                (9, (len(DATA), len(DATA))))
    world.expect("HeadObject, uploaded", lambda: client.head_object(oss.HeadObjectRequest(bucket, "up/file")),
                 content_type="text/html", metadata={"u": "1"}, tagging_count=1, object_type="Multipart")
    world.read("up/file", DATA)
    world.expect("upload_file, one piece", lambda: client.uploader().upload_file(
        oss.PutObjectRequest(bucket, "up/one"), str(source)), etag=f'"{etag(DATA)}"', upload_id=None)
    world.read("up/one", DATA)
    world.expect("upload_from", lambda: client.uploader(part_size=PART).upload_from(
        oss.PutObjectRequest(bucket, "up/from"), io.BytesIO(DATA)), etag=tag)
    world.expect("upload_from, a pipe", lambda: client.uploader(part_size=PART).upload_from(
        oss.PutObjectRequest(bucket, "up/pipe"), Pipe(DATA)), etag=tag)
    world.read("up/pipe", DATA)
    world.raises("upload_file, no file", lambda: client.uploader().upload_file(
        oss.PutObjectRequest(bucket, "up/none"), str(folder / "none")), "File not exists")
    given_up(world, source)
    resumed_upload(world, folder, source, upload_file, tag)


class Pipe(io.RawIOBase):
    """Bytes that come once. Short reads would make small parts (row 8 of the defects)."""

    def __init__(self, data):
        self.inner = io.BytesIO(data)

    def readable(self):
        return True

    def read(self, size=-1):
        return self.inner.read(size)


def given_up(world, source):
    """An upload that fails at its end is taken away, unless its parts are to be left."""
    client, bucket = world.client, world.bucket

    def fail(key, **options):
        def interfere(step_bytes, transferred, total):
            client.put_object(oss.PutObjectRequest(bucket, key, body=b"somebody else's"))

        return lambda: client.uploader(part_size=PART, **options).upload_file(
            oss.PutObjectRequest(bucket, key, forbid_overwrite=True, progress_fn=interfere), str(source))

    for name, options, count in (("aborted", {}, 0), ("left", {"leave_parts_on_error": True}, 1)):
        world.raises(f"upload_file, {name}", fail(f"given-up/{name}", **options), "FileAlreadyExists")
        world.value(f"upload_file, {name}: under way", lambda: len(left(world, f"given-up/{name}")), count)


def resumed_upload(world, folder, source, upload_file, tag):
    def options(progress):
        # A folder without a slash at the end is not used itself (row 21 of the defects).
        return {"progress": progress, "enable_checkpoint": True, "checkpoint_dir": f"{folder}/", "parallel_num": 1}

    world.value("upload_file breaks off", lambda: broken_off(lambda: upload_file(
        "up/resumed", connect(world.options, world.keys), **options(Progress(3 * PART)))), BROKEN_OFF)
    under_way, progress = left(world, "up/resumed"), Progress()
    world.value("one upload is under way, one checkpoint", lambda: (
        len(under_way), len(list(folder.glob("*.ucp")))), (1, 1))
    world.expect("upload_file, resumed", lambda: upload_file("up/resumed", **options(progress)),
                 etag=tag, upload_id=under_way[0])
    world.value("upload_file sent the rest", lambda: (progress.calls[0], len(progress.calls)),
                ((PART, 4 * PART, len(DATA)), 6))
    world.read("up/resumed", DATA)
    world.value("nothing is left over", lambda: (left(world, "up/resumed"), list(folder.glob("*.ucp"))), ([], []))
    broken_off(lambda: upload_file("up/changed", connect(world.options, world.keys), **options(Progress(3 * PART))))
    source.write_bytes(DATA[::-1])
    os.utime(source, (1, 1))
    world.expect("upload_file, the file changed", lambda: upload_file("up/changed", **options(None)),
                 lambda reply: step.check(reply.upload_id not in under_way, "resumed"),
                 etag=f'"{parts_etag(DATA[::-1], PART)}"')
    world.read("up/changed", DATA[::-1])


def download(world, folder):
    client, bucket, target = world.client, world.bucket, folder / "target"

    def download_file(key, downloader=client, progress=None, header=None, **options):
        target.unlink(missing_ok=True)
        return lambda: downloader.downloader(part_size=PART, **options).download_file(
            oss.GetObjectRequest(bucket, key, progress_fn=progress, range_header=header), str(target))

    def expect(name, call, data):
        world.run(f"download_file{name}", call, lambda reply: step.check(
            reply.written == len(data), f"{reply.written} bytes") or same_bytes(target.read_bytes(), data))

    progress = Progress()
    expect("", download_file("up/file", progress=progress), DATA)
    world.value("download_file, progress", lambda: progress.calls[-1][1:], (len(DATA), len(DATA)))
    expect(", temporary file", download_file("up/one", use_temp_file=True, block_size=4096, parallel_num=5), DATA)
    world.value("the temporary file is gone", lambda: pathlib.Path(f"{target}.temp").exists(), False)
    # Other ranges than from the beginning fail in the official SDK (row 6 of the defects).
    expect(", range", download_file("up/one", header="bytes=0-250000"), DATA[:250_001])
    client.put_object(oss.PutObjectRequest(bucket, "empty", body=b""))
    expect(", empty", download_file("empty"), b"")
    world.raises("download_file, no object", download_file("none"), "NoSuchKey")
    memory = io.BytesIO()
    world.run("download_to", lambda: client.downloader(part_size=PART).download_to(
        oss.GetObjectRequest(bucket, "up/file"), memory), lambda reply: same_bytes(memory.getvalue(), DATA))
    options = {"enable_checkpoint": True, "checkpoint_dir": f"{folder}/", "verify_data": True, "parallel_num": 1}
    resumed_download(world, folder, target, download_file, options)


def resumed_download(world, folder, target, download_file, options):
    world.value("download_file breaks off", lambda: broken_off(download_file(
        "up/file", connect(world.options, world.keys), Progress(5 * PART), **options)), BROKEN_OFF)
    world.value("one checkpoint", lambda: len(list(folder.glob("*.dcp"))), 1)
    progress, part = Progress(), target.read_bytes()
    resume = download_file("up/file", progress=progress, **options)
    target.write_bytes(part)
    world.run("download_file, resumed", resume, lambda reply: same_bytes(target.read_bytes(), DATA))
    world.value("download_file got the rest", lambda: sum(count for count, _, _ in progress.calls),
                len(DATA) - 4 * PART)
    world.value("no checkpoint is left over", lambda: list(folder.glob("*.dcp")), [])


def copy(world):
    client, bucket = world.client, world.bucket
    options = {"part_size": 2 * PART, "multipart_copy_threshold": PART}

    def copier(target, source="up/file", more=options, **request):
        return lambda: client.copier(**more).copy(oss.CopyObjectRequest(
            bucket, target, source_bucket=bucket, source_key=source, **request))

    def head(target, **more):
        world.expect(f"HeadObject {target}", lambda: client.head_object(oss.HeadObjectRequest(bucket, target)), **more)

    world.expect("copier, whole", copier("copy/whole", more={}), upload_id=None)
    world.expect("copier, whole though large", copier("copy/shallow"), upload_id=None)
    tag = f'"{parts_etag(DATA, 2 * PART)}"'
    by_parts, progress = {**options, "disable_shallow_copy": True}, Progress()
    world.expect("copier, parts", copier("copy/parts", more=by_parts, progress_fn=progress),
                 lambda reply: step.check(reply.upload_id, "no parts"), etag=tag)
    world.value("copier, progress", lambda: progress.calls[-1][1:], (len(DATA), len(DATA)))
    head("copy/parts", metadata={"u": "1"}, content_type="text/html", tagging_count=1, object_type="Multipart")
    world.expect("copier, parts, replace", copier(
        "copy/replace", more=by_parts, metadata_directive="REPLACE", metadata={"n": "2"}, content_type="text/n",
        tagging_directive="REPLACE", tagging="a=1&b=2", storage_class="IA"), etag=tag)
    head("copy/replace", metadata={"n": "2"}, content_type="text/n", tagging_count=2, storage_class="IA")
    for key in ("whole", "shallow", "parts", "replace"):
        world.read(f"copy/{key}", DATA)
    world.raises("copier, no source", copier("copy/none", "none"), "NoSuchKey")
    other = f"{bucket}-other"
    world.create(other)
    world.expect("copier, other bucket", lambda: client.copier(**options).copy(oss.CopyObjectRequest(
        other, "c", source_bucket=bucket, source_key="up/file")), etag=tag)
    world.expect("HeadObject, other bucket", lambda: client.head_object(oss.HeadObjectRequest(other, "c")),
                 content_length=len(DATA), metadata={"u": "1"})
    world.clear(other)


# --- ours ----------------------------------------------------------------------------------------

def ours(world, folder):
    """Objects of both sides, in one piece, of parts and grown, under any name."""
    file = folder / "ours"
    environment = {**os.environ, "OSS_ACCESS_KEY_ID": world.keys[0], "OSS_ACCESS_KEY_SECRET": world.keys[1],
                   "OSS_REGION": world.options.region}

    def sanyun(*arguments):
        ended = subprocess.run([world.options.ours, "--endpoint", world.options.endpoint, "oss", *map(str, arguments)],
                               capture_output=True, timeout=120, env=environment)
        if ended.returncode:
            raise RuntimeError(ended.stderr.decode().strip())
        return ended.stdout

    def address(key):
        return f"oss://{world.bucket}/{key}"

    key, names = "ours/文 件+%2F&?#.bin", ("whole", "parts")
    for name, data in zip(names, (DATA[:5], DATA)):
        file.write_bytes(data)
        world.run(f"ours puts, {name}", lambda: sanyun("cp", file, address(key)), lambda said: {})
        world.read(key, data)
        target = folder / "theirs"
        world.run(f"official downloads, {name}", lambda: world.client.downloader(part_size=PART).download_file(
            oss.GetObjectRequest(world.bucket, key), str(target)), lambda _: same_bytes(target.read_bytes(), data))
    for name in ("up/file", "copy/parts", HOSTILE.replace("\x01", ""), "up/one"):
        if name.startswith("parts"):
            world.put(name, DATA)
        world.run(f"ours reads {name}", lambda: sanyun("cat", address(name)), lambda found: same_bytes(found, DATA))
    with world.client.append_file(world.bucket, "ours/grown") as grown:
        grown.write(b"theirs ")
    file.write_bytes(b"ours")
    world.run("ours appends", lambda: sanyun("append", file, address("ours/grown")), lambda said: {})
    world.read("ours/grown", b"theirs ours")


# --- runs ----------------------------------------------------------------------------------------

def accepted(world):
    world.create()
    parts(world)
    small_parts(world)
    copied_parts(world)
    uploads(world)
    links(world)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        upload(world, folder)
        download(world, folder)
        copy(world)
        ours(world, folder)
    world.clear()


def calls(client, bucket):
    yield "InitiateMultipartUpload", lambda: client.initiate_multipart_upload(
        oss.InitiateMultipartUploadRequest(bucket, "k"))
    yield "UploadPart", lambda: client.upload_part(oss.UploadPartRequest(
        bucket, "k", part_number=1, upload_id="u", body=b"x"))
    yield "CompleteMultipartUpload", lambda: client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        bucket, "k", "u", complete_multipart_upload=oss.CompleteMultipartUpload([oss.UploadPart(1, "x")])))
    yield "AbortMultipartUpload", lambda: client.abort_multipart_upload(
        oss.AbortMultipartUploadRequest(bucket, "k", "u"))
    yield "ListParts", lambda: client.list_parts(oss.ListPartsRequest(bucket, "k", "u"))
    yield "ListMultipartUploads", lambda: client.list_multipart_uploads(oss.ListMultipartUploadsRequest(bucket))
    yield "uploader", lambda: cause(lambda: client.uploader(part_size=PART).upload_from(
        oss.PutObjectRequest(bucket, "k"), io.BytesIO(DATA)))
    yield "downloader", lambda: client.downloader().download_to(oss.GetObjectRequest(bucket, "k"), io.BytesIO())
    yield "copier", lambda: client.copier().copy(oss.CopyObjectRequest(bucket, "k", source_key="j"))


def cause(call):
    """The transfers wrap an error of the service once more."""
    try:
        return call()
    except (UploadError, DownloadError, CopyError) as error:
        raise error.unwrap() from error


if __name__ == "__main__":
    main("oss_multipart", __doc__, accepted, calls, lambda parser: parser.add_argument(
        "--ours", required=True, help="the program `sanyun`"))
