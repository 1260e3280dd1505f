"""Who the official default chain is in this environment: one line of JSON. The package reads the environment when it is
imported, so that every environment needs a process of its own."""

import json
import sys

from alibabacloud_credentials.client import Client as Credential
from alibabacloud_sts20150401.client import Client
from alibabacloud_tea_openapi.models import Config


def main(host):
    try:
        credential = Credential()
        found = credential.get_credential()
        client = Client(Config(credential=credential, protocol="http", endpoint=host, region_id="cn-hangzhou"))
        print(json.dumps({"provider": found.provider_name, "arn": client.get_caller_identity().body.arn}))
    except Exception as error:
        print(json.dumps({"error": type(error).__name__, "code": getattr(error, "code", None), "message": str(error)}))


if __name__ == "__main__":
    main(sys.argv[1])
