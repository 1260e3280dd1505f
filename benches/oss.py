"""The jobs of `cargo xtask bench oss` done with the official OSS SDK V2: the same arguments and the same line of JSON
as those of our own client (`benches/src/oss/client.rs`).

    python oss.py --job put|get|upload|download|small-put|small-get|list --endpoint http://127.0.0.1:PORT
        [--bytes N] [--count N] [--lanes N] [--file PATH]
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "conformance" / "python"))

import clean_environment  # noqa: E402, F401

import argparse
import io
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import alibabacloud_oss_v2 as oss

BUCKET = "sanyun-bench"
PIECE_BYTES = 256 << 10
PART_BYTES = 8 << 20
PARALLEL = 3
SMALL = b"\x5a" * 4096


class Pattern(io.RawIOBase):
    """So many bytes, all of the same piece of memory."""

    def __init__(self, size):
        self.piece, self.size, self.at = b"\x5a" * PIECE_BYTES, size, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.at

    def seek(self, offset, whence=io.SEEK_SET):
        self.at = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence] + offset
        return self.at

    def read(self, count=-1):
        left = self.size - self.at
        count = min(left if count is None or count < 0 else count, left, PIECE_BYTES)
        self.at += count
        return self.piece if count == PIECE_BYTES else self.piece[:count]

    def __len__(self):
        return self.size


def put(client, options):
    client.put_object(oss.PutObjectRequest(BUCKET, "big", body=Pattern(options.bytes)))


def get(client, options):
    read = 0
    with client.get_object(oss.GetObjectRequest(BUCKET, "big")).body as body:
        for piece in body.iter_bytes(block_size=PIECE_BYTES):
            read += len(piece)
    assert read == options.bytes, read


def upload(client, options):
    uploader = client.uploader(part_size=PART_BYTES, parallel_num=PARALLEL)
    uploader.upload_file(oss.PutObjectRequest(BUCKET, "file"), options.file)


def download(client, options):
    downloader = client.downloader(part_size=PART_BYTES, parallel_num=PARALLEL)
    downloader.download_file(oss.GetObjectRequest(BUCKET, "file"), options.file)


def many(options, call):
    with ThreadPoolExecutor(options.lanes) as pool:
        for done in [pool.submit(call, f"small/{number:05}") for number in range(options.count)]:
            done.result()


def small_put(client, options):
    many(options, lambda key: client.put_object(oss.PutObjectRequest(BUCKET, key, body=SMALL)))


def small_get(client, options):
    def call(key):
        with client.get_object(oss.GetObjectRequest(BUCKET, key)).body as body:
            assert len(body.read()) == len(SMALL)

    many(options, call)


def listing(client, options):
    pages = client.list_objects_v2_paginator().iter_page(oss.ListObjectsV2Request(BUCKET, prefix="small/", max_keys=1000))
    assert sum(len(page.contents) for page in pages) == options.count


JOBS = {"put": put, "get": get, "upload": upload, "download": download,
        "small-put": small_put, "small-get": small_get, "list": listing}


def connect(options):
    transport = oss.transport.RequestsHttpClient(max_connections=max(options.lanes, PARALLEL))
    return oss.Client(oss.Config(
        region="cn-hangzhou", endpoint=options.endpoint, http_client=transport,
        credentials_provider=oss.credentials.StaticCredentialsProvider("sanyun-local-ak", "sanyun-local-sk")))


def peak_kib():
    """The most memory that was resident."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", required=True, choices=JOBS)
    parser.add_argument("--endpoint", required=True)
    for name, default in [("--bytes", 0), ("--count", 0), ("--lanes", 1)]:
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--file")
    options = parser.parse_args()
    os.sched_setaffinity(0, {1})
    client = connect(options)
    client.is_object_exist(BUCKET, "warm")
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    JOBS[options.job](client, options)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "peak_kib": peak_kib()}))


if __name__ == "__main__":
    main()
