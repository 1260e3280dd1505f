"""Remove everything from the environment that could change what an official SDK sends.

Import this module first. The SDKs read proxies, credentials, endpoints and user agents from the
environment and from files in the home directory; their HTTP library replaces the signature by Basic
credentials when `~/.netrc` names the host; Huawei's writes a file there when it is imported. So the
process gets an empty home directory, which is removed when it ends.
"""

import os
import tempfile

_PREFIXES = ("HUAWEICLOUD_", "HW_", "TENCENTCLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_", "OSS_")
_NAMES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy",
          "requests_ca_bundle", "curl_ca_bundle", "netrc", "debug"}

for _name in list(os.environ):
    if _name.startswith(_PREFIXES) or _name.lower() in _NAMES:
        del os.environ[_name]

_home = tempfile.TemporaryDirectory(prefix="sanyun-conformance-")
os.environ["HOME"] = os.environ["USERPROFILE"] = _home.name
