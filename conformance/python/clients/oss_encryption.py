"""Client-side encryption: the official OSS SDK V2 and ours through the same local server. What one
side writes, in one piece or in parts, the other reads, whole and in ranges.

Ours is `sanyun-conformance encryption`, given with --peer.
"""

import json
import pathlib
import random
import secrets
import subprocess
import tempfile

import step

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2 import EncryptionClient
from alibabacloud_oss_v2.crypto.master_rsa_cipher import MasterRsaCipher
from Crypto.PublicKey import RSA
from oss import REFUSALS, connect, create_bucket, delete_bucket, describe, done

PART = 102400
SIZES = {"empty": 0, "short": 5, "block": 16, "large": 3 * 1024 * 1024 + 5}
# Of the object `large`; suffix ranges are wrong in the official SDK, and are read by ours alone.
RANGES = ["bytes=0-0", "bytes=5-20", "bytes=16-31", "bytes=102395-102410", "bytes=3145700-"]
SUFFIX = "bytes=-7"
PREFIX = "client-side-encryption-"


class Key:
    """A master key: for the official SDK, and as a file for ours."""

    def __init__(self, folder, name, pkcs):
        self.description = {"name": name, "n": [1, 2]}
        key = RSA.generate(2048)
        self.private = key.export_key(pkcs=pkcs).decode()
        self.cipher = MasterRsaCipher(self.description, key.public_key().export_key().decode(), self.private)
        self.file = folder / f"{name}.pem"
        self.file.write_text(self.private)

    def options(self, older=""):
        # Another order and spacing than the official SDK compares: ours compares JSON.
        return [f"--{older}private", str(self.file),
                f"--{older}description", json.dumps(self.description, separators=(",", ":"))]


class Peer:
    """Our side."""

    def __init__(self, options, bucket, folder):
        self.program = options.peer
        self.common = ["--endpoint", options.endpoint, "--ak", options.ak, "--sk", options.sk, "--bucket", bucket]
        self.file = folder / "content"

    def run(self, what, key, *more):
        command = [self.program, "encryption", what, *self.common, "--key", key, "--file", str(self.file), *more]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if ended.returncode:
            raise RuntimeError(ended.stderr.strip())
        return ended.stdout.strip()

    def put(self, key, data, *more):
        self.file.write_bytes(data)
        return self.run("put", key, *more)

    def get(self, key, *more):
        self.file.unlink(missing_ok=True)
        self.run("get", key, *more)
        return self.file.read_bytes()


class World:
    """Both sides with one master key."""

    def __init__(self, steps, options, bucket, folder):
        self.steps, self.bucket = steps, bucket
        self.client = connect(options, (options.ak, options.sk))
        self.old, self.new = Key(folder, "old", 1), Key(folder, "new", 8)
        self.peer = Peer(options, bucket, folder)
        self.official = EncryptionClient(self.client, self.old.cipher)

    def official_put(self, key, data):
        self.steps.run(f"official puts {key}", lambda: self.official.put_object(
            oss.PutObjectRequest(self.bucket, key, body=data)), done)

    def official_get(self, key, expected, range_header=None, client=None):
        def read():
            reply = (client or self.official).get_object(
                oss.GetObjectRequest(self.bucket, key, range_header=range_header))
            return reply, reply.body.read()

        def check(found):
            reply, body = found
            step.check(body == expected, f"{len(body)} bytes instead of {len(expected)}, or others")
            return done(reply, bytes=len(body), content_range=reply.content_range)

        self.steps.run(f"official gets {key} {range_header or ''}", read, check)

    def peer_put(self, key, data, *more):
        self.steps.run(f"ours puts {key}", lambda: self.peer.put(key, data, *self.old.options(), *more),
                       lambda said: {"said": said})

    def peer_get(self, key, expected, range_header=None, keys=None):
        more = ["--range", range_header] if range_header else []
        self.steps.run(f"ours gets {key} {range_header or ''}",
                       lambda: self.peer.get(key, *(keys or self.old.options()), *more),
                       lambda body: same(body, expected))

    def both_get(self, key, data):
        self.peer_get(key, data)
        self.official_get(key, data)

    def both_get_ranges(self, key, data):
        for header in RANGES:
            first, last = header[6:].split("-")
            expected = data[int(first):int(last) + 1 if last else None]
            self.peer_get(key, expected, header)
            self.official_get(key, expected, header)
        self.peer_get(key, data[-7:], SUFFIX)

    def is_encrypted(self, key, data):
        """What the server keeps: other bytes, and the whole envelope."""
        def check(reply):
            body, names = reply.body.read(), {name.lower() for name in reply.metadata}
            step.check(len(body) == len(data) and (body != data or not data), "the server has the plain bytes")
            wanted = {PREFIX + name for name in ("key", "start", "wrap-alg", "cek-alg", "matdesc")}
            step.check(wanted <= names, f"metadata {names}")
            return done(reply, metadata=sorted(names))

        self.steps.run(f"what is kept of {key}", lambda: self.client.get_object(
            oss.GetObjectRequest(self.bucket, key)), check)


def same(body, expected):
    step.check(body == expected, f"{len(body)} bytes instead of {len(expected)}, or others")
    return {"bytes": len(body)}


# --- what is written -----------------------------------------------------------------------------

def single(world, contents):
    for name, data in contents.items():
        for key, put in ((f"official/{name}", world.official_put), (f"ours/{name}", world.peer_put)):
            put(key, data)
            world.is_encrypted(key, data)
            world.both_get(key, data)
            if name == "large":
                world.both_get_ranges(key, data)


def begin(world, key, size):
    return world.official.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(
        world.bucket, key, cse_part_size=PART, cse_data_size=size))


def send(world, begun, key, number, data):
    part = data[(number - 1) * PART:number * PART]
    reply = world.official.upload_part(oss.UploadPartRequest(
        world.bucket, key, part_number=number, upload_id=begun.upload_id, body=part,
        cse_multipart_context=begun.cse_multipart_context))
    return oss.UploadPart(part_number=number, etag=reply.etag)


def official_parts(world, key, data):
    def upload():
        begun = begin(world, key, len(data))
        parts = [send(world, begun, key, number, data) for number in range(1, -(-len(data) // PART) + 1)]
        return world.official.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
            world.bucket, key, upload_id=begun.upload_id,
            complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts)))

    world.steps.run(f"official puts {key} in parts", upload, done)


def multipart(world, data):
    official_parts(world, "official/parts", data)
    world.peer_put("ours/parts", data, "--part-size", str(PART))
    for key in ("official/parts", "ours/parts"):
        world.is_encrypted(key, data)
        world.both_get(key, data)
        world.both_get_ranges(key, data)


def resumed(world, data):
    """The official SDK begins and sends two parts; ours goes on with the rest, with keys from the list of parts."""
    key = "both/parts"

    def begun_by_official():
        begun = begin(world, key, len(data))
        for number in (1, 3):
            send(world, begun, key, number, data)
        return begun

    begun = world.steps.run(f"official begins {key}", begun_by_official, done)
    world.steps.run(f"ours goes on with {key}", lambda: world.peer.put(
        key, data, *world.old.options(), "--part-size", str(PART), "--resume", begun.upload_id),
        lambda said: step.check(said == "2 parts were there", said) or {"said": said})
    world.both_get(key, data)
    world.both_get_ranges(key, data)


def older(world, data):
    """A newer key for new objects; the older one is found by its description."""
    both = [*world.new.options(), *world.old.options("older-")]
    renewed = EncryptionClient(world.client, world.new.cipher, [world.old.cipher])
    for key in ("official/large", "ours/large"):
        world.peer_get(key, data, keys=both)
        world.official_get(key, data, client=renewed)
    world.steps.refused("ours gets with a key that does not fit",
                        lambda: world.peer.get("official/large", *world.new.options()),
                        lambda error: {"message": str(error)},
                        {"message": "the master key does not fit the object"})


def plain(world):
    """Objects that are not encrypted are read as they are."""
    world.steps.run("PutObject, plain", lambda: world.client.put_object(
        oss.PutObjectRequest(world.bucket, "plain", body=b"0123456789abcdefghij")), done)
    world.both_get("plain", b"0123456789abcdefghij")
    world.peer_get("plain", b"hij", "bytes=17-")
    world.official_get("plain", b"hij", "bytes=17-")


# --- runs ----------------------------------------------------------------------------------------

def accepted(world):
    source = random.Random(7)
    contents = {name: source.randbytes(size) for name, size in SIZES.items()}
    create_bucket(world.steps, world.client, world.bucket)
    single(world, contents)
    multipart(world, contents["large"])
    resumed(world, contents["large"])
    older(world, contents["large"])
    plain(world)
    for page in world.client.list_objects_v2_paginator().iter_page(oss.ListObjectsV2Request(world.bucket)):
        for entry in page.contents or []:
            world.client.delete_object(oss.DeleteObjectRequest(world.bucket, entry.key))
    delete_bucket(world.steps, world.client, world.bucket)


def refused(world, options):
    right, expected = connect(options, options.right), REFUSALS[options.refusal]
    create_bucket(world.steps, right, world.bucket)
    world.steps.refused("official puts", lambda: world.official.put_object(
        oss.PutObjectRequest(world.bucket, "k", body=b"x")), describe, expected)
    world.steps.refused("ours puts", lambda: world.peer.put("k", b"x", *world.old.options()),
                        lambda error: {"message": str(error)}, {"message": expected["code"]})
    delete_bucket(world.steps, right, world.bucket)


def main():
    def more(parser):
        parser.add_argument("--signature-version", choices=["v4", "v1"], default="v4")
        parser.add_argument("--peer", required=True, type=pathlib.Path, help="the program sanyun-conformance")

    options = step.options(__doc__, "cn-hangzhou", more)
    steps = step.Steps("oss_encryption")
    with tempfile.TemporaryDirectory() as folder:
        world = World(steps, options, f"sanyun-{secrets.token_hex(4)}", pathlib.Path(folder))
        if options.refusal:
            refused(world, options)
        else:
            accepted(world)
    steps.finish()


if __name__ == "__main__":
    main()
