"""The official Alibaba Cloud OCR SDK as a client of a local server: recognition by URL."""

import step
from alibaba import REFUSALS, config, describe

from alibabacloud_ocr20191230 import models
from alibabacloud_ocr20191230.client import Client


def connect(options):
    return Client(config(options))


def request():
    return models.RecognizeCharacterRequest(
        image_url="http://bucket.oss-cn-shanghai.aliyuncs.com/a b/文件+1.jpg?x=1&y=2", min_height=10,
        output_probability=True)


def recognised(reply):
    step.check(reply.status_code == 200 and reply.body.request_id, f"status {reply.status_code}, no request id")
    step.check(reply.body.data is not None, "no data")
    return {"status": reply.status_code, "request_id": reply.body.request_id,
            "count": len(reply.body.data.results or [])}


def main():
    options = step.options(__doc__, region="cn-shanghai")
    steps = step.Steps("alibaba_ocr")
    client = connect(options)
    if options.refusal:
        steps.refused("RecognizeCharacter", lambda: client.recognize_character(request()), describe,
                      REFUSALS[options.refusal])
    else:
        steps.run("RecognizeCharacter", lambda: client.recognize_character(request()), recognised)
    steps.finish()


if __name__ == "__main__":
    main()
