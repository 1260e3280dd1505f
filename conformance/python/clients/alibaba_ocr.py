"""The official Alibaba Cloud OCR SDK as a client of a local server: recognition by URL, and of a local file, which the SDK
posts to OSS first (`…Advance`), synchronous and asynchronous, with keys and with temporary keys.

For a file the SDK asks `openplatform.aliyuncs.com` and posts by `https` whatever the endpoint is: the local cloud is its
proxy, and another one ends TLS.
"""

import asyncio
import io
import os
import random
import re
import urllib.parse
import urllib.request

import step
from alibaba import REFUSALS, config, describe
from alibaba_world import TEMPORARY
from tls import Terminator

from alibabacloud_ocr20191230 import models
from alibabacloud_ocr20191230.client import Client
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

BUCKET = "sanyun-local-upload"


def by_url(url="http://bucket.oss-cn-shanghai.aliyuncs.com/a b/文件+1.jpg?x=1&y=2"):
    return models.RecognizeCharacterRequest(image_url=url, min_height=10, output_probability=True)


def recognised(reply):
    step.check(reply.status_code == 200 and reply.body.request_id, f"status {reply.status_code}, no request id")
    step.check(reply.body.data is not None, "no data")
    return {"status": reply.status_code, "request_id": reply.body.request_id,
            "count": len(reply.body.data.results or [])}


class Files:
    """Recognition of files."""

    def __init__(self, steps, options):
        self.steps, self.options = steps, options
        tls = Terminator(options, f"oss-{options.region}.aliyuncs.com")
        certificate = tls.trusting["TRUSTED"]
        # The asynchronous client knows no option for it.
        os.environ["SSL_CERT_FILE"] = certificate
        self.runtime = RuntimeOptions(ca=certificate, http_proxy=options.endpoint, https_proxy=tls.trusting["https_proxy"])

    def client(self, keys):
        given = dict(zip(("access_key_id", "access_key_secret", "security_token"), keys))
        return Client(Config(**given, protocol="http", region_id=self.options.region))

    def recognise(self, content, keys):
        request = models.RecognizeCharacterAdvanceRequest(
            image_urlobject=io.BytesIO(content), min_height=10, output_probability=True)
        return self.client(keys).recognize_character_advance(request, self.runtime)

    def recognise_async(self, content, keys):
        request = models.RecognizeCharacterAdvanceRequest(
            image_urlobject=io.BytesIO(content), min_height=10, output_probability=True)
        return asyncio.run(self.client(keys).recognize_character_advance_async(request, self.runtime))

    def get(self, target):
        with urllib.request.urlopen(f"{self.options.endpoint}/{BUCKET}{target}") as reply:
            return reply.read()

    def arrived(self, reply, content):
        """The file lies in the store as it was."""
        keys = re.findall("<Key>(.*?)</Key>", self.get("?list-type=2&max-keys=1000").decode())
        step.check(any(self.get("/" + urllib.parse.quote(key)) == content for key in keys), f"not among {len(keys)}")
        return {**recognised(reply), "bytes": len(content)}

    def all(self):
        for name, keys in (("keys", (self.options.ak, self.options.sk)), ("temporary keys", TEMPORARY)):
            # 1024 bytes never end: spec 10.
            for size in (1, 1023, 1025, 100_000):
                for kind, call in (("sync", self.recognise), ("async", self.recognise_async)):
                    content = random.randbytes(size)
                    self.steps.run(f"RecognizeCharacterAdvance, {name}, {size} bytes, {kind}",
                                   lambda: call(content, keys), lambda reply: self.arrived(reply, content))

    def refused(self, expected):
        keys = (self.options.ak, self.options.sk)
        for kind, call in (("sync", self.recognise), ("async", self.recognise_async)):
            self.steps.refused(f"RecognizeCharacterAdvance, {kind}", lambda: call(b"x", keys), describe, expected)


def main():
    options = step.options(__doc__, region="cn-shanghai")
    steps = step.Steps("alibaba_ocr")
    client, files = Client(config(options)), Files(steps, options)
    if options.refusal:
        expected = {"error": "ClientException", **REFUSALS[options.refusal]}
        steps.refused("RecognizeCharacter", lambda: client.recognize_character(by_url()), describe, expected)
        files.refused(expected)
    else:
        steps.run("RecognizeCharacter", lambda: client.recognize_character(by_url()), recognised)
        files.all()
        missing = by_url(f"http://{BUCKET}.oss-{options.region}.aliyuncs.com/missing")
        steps.refused("a file that is not there", lambda: client.recognize_character(missing), describe,
                      {"error": "ClientException", "status": 400, "code": "InvalidFile.Download"})
    steps.finish()


if __name__ == "__main__":
    main()
