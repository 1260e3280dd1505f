"""Which file of which release is taken, and what the lock file says then; nothing is downloaded."""

import contextlib
import io
import pathlib
import tempfile
import types
import unittest

import fetch
import lock
from index import Index

METADATA = """Name: huaweicloudsdkall
Requires-Dist: huaweicloudsdkcore (>=3.1)
Requires-Dist: huaweicloudsdkecs (==3.1.2)
Requires-Dist: huaweicloudsdkvpc==3.1.2

Requires-Dist: huaweicloudsdktext (==1)
"""


class Version(tuple):
    """Like pip's: `1.2rc` is a pre-release."""

    def __new__(cls, text):
        version = super().__new__(cls, [int(part) for part in text.removesuffix("rc").split(".")])
        version.text, version.is_prerelease = text, text.endswith("rc")
        return version

    def __str__(self):
        return self.text


def candidate(file, version, yanked=False):
    link = types.SimpleNamespace(filename=file, is_wheel=file.endswith(".whl"), is_yanked=yanked)
    return types.SimpleNamespace(version=Version(version), link=link)


class Offline(Index):
    """An index that has some files and transfers their names as their content."""

    FILES = [
        candidate("echo-1.9.tar.gz", "1.9"),
        candidate("echo-1.10.tar.gz", "1.10"),
        candidate("echo-1.10-py3-none-any.whl", "1.10"),
        candidate("echo-1.11.tar.gz", "1.11", yanked=True),
        candidate("echo-1.12rc.tar.gz", "1.12rc"),
    ]

    def pip(self):
        return None, types.SimpleNamespace(find_all_candidates=lambda _: self.FILES)

    def download(self, link, name):
        (self.cache / name).write_text(name, encoding="utf-8")
        return fetch.sha256(self.cache / name)


class Fetch(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.index, self.lock = Offline(self.folder), self.folder / "packages.lock"
        self.said = io.StringIO()
        stack.enter_context(contextlib.redirect_stderr(self.said))
        stack.enter_context(contextlib.redirect_stdout(self.said))

    def test_newest_release_and_a_wheel_first(self):
        self.assertEqual(self.index.find("echo")[:2], ("echo-1.10-py3-none-any.whl", "1.10"))
        self.assertEqual(self.index.find("echo", "1.9")[:2], ("echo-1.9.tar.gz", "1.9"))
        self.assertEqual(self.index.find("echo", "1.11")[:2], ("echo-1.11.tar.gz", "1.11"))
        with self.assertRaises(LookupError):
            self.index.find("echo", "2.0")

    def test_lock_file(self):
        fetch.add(self.lock, self.index, "alibaba", ["echo==1.9"])
        fetch.add(self.lock, self.index, "huawei", ["echo==1.9"])
        self.assertEqual([row.cloud for row in lock.read(self.lock)], ["huawei", "alibaba"])
        fetch.update(self.lock, self.index, ["alibaba"])
        self.assertEqual([row.release for row in lock.read(self.lock)], ["1.9", "1.10"])
        self.assertIn("alibaba: echo 1.9 -> 1.10", self.said.getvalue())

    def test_packages_that_are_no_longer_named(self):
        fetch.add(self.lock, self.index, "huawei", ["echo==1.9", "gone==1.9"])
        fetch.drop(self.lock, "huawei", {"echo"})
        self.assertEqual([row.package for row in lock.read(self.lock)], ["echo"])

    def test_files_are_those_of_the_lock_file(self):
        fetch.add(self.lock, self.index, "alibaba", ["echo"])
        (self.folder / "echo-1.10-py3-none-any.whl").unlink()
        fetch.get(self.lock, self.index, ["alibaba"])
        (self.folder / "echo-1.10-py3-none-any.whl").write_text("another", encoding="utf-8")
        with self.assertRaises(SystemExit):
            fetch.get(self.lock, self.index, ["alibaba"])
        self.assertIn("SHA-256 differs", self.said.getvalue())

    def test_packages_that_a_package_names(self):
        wanted = [("huaweicloudsdkecs", "3.1.2"), ("huaweicloudsdkvpc", "3.1.2")]
        self.assertEqual(fetch.requires(METADATA), wanted)


if __name__ == "__main__":
    unittest.main()
