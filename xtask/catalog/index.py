"""The user's package index, through the user's own pip: its finder, its session, its settings.

The command `pip download` itself would run the `setup.py` of a source archive to learn its dependencies, and takes one
package at a time. Here pip finds and transfers files; nothing more is done with them.
"""

import hashlib
import os
import pathlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

from progress import progress

# Few enough to be a polite guest of the index.
TRANSFERS = 6


class Index:
    """Finds and downloads files of packages. Each thread has a pip session of its own."""

    def __init__(self, cache):
        self.cache, self.threads = pathlib.Path(cache), threading.local()

    def pip(self):
        """Session and finder as the command `pip download` makes them from configuration and environment."""
        if not hasattr(self.threads, "pip"):
            from pip._internal.commands import create_command

            command = create_command("download")
            options, _ = command.parse_args([])
            session = command._build_session(options)
            # The packages are read, not run: which Python they ask for does not matter.
            self.threads.pip = session, command._build_package_finder(options, session, ignore_requires_python=True)
        return self.threads.pip

    def find(self, package, release=""):
        """File name, release and pip's link of a release, or of the newest; a wheel before a source archive."""
        found = [it for it in self.files(package) if suits(it, release)]
        if not found:
            raise LookupError(f"no file of {package} {release or 'that is neither yanked nor a pre-release'}")
        newest = max(found, key=lambda it: (it.version, it.link.is_wheel))
        return newest.link.filename, str(newest.version), newest.link

    def files(self, package):
        """All files of a package, as pip's candidates."""
        _, finder = self.pip()
        return finder.find_all_candidates(package)

    def download(self, link, name):
        """Puts the file into the cache (under its name only when it is whole) and returns its SHA-256."""
        from pip._internal.network.download import Downloader

        session, _ = self.pip()
        part = self.cache / f".{name}.{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            path, _ = Downloader(session, "off")(link, str(part))
            digest = sha256(path)
            if link.hash_name == "sha256" and link.hash != digest:
                raise LookupError(f"{name}: SHA-256 is not what the index says")
            os.replace(path, self.cache / name)
            return digest
        finally:
            shutil.rmtree(part, ignore_errors=True)


def suits(candidate, release):
    """Whether a file is of the release; with no release, whether it may be the newest."""
    if release:
        return str(candidate.version) == release
    return not (candidate.link.is_yanked or candidate.version.is_prerelease)


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def parallel(what, work, items):
    """`work` on every item by several threads, with the progress on standard error; results, and errors by item."""
    results, errors = [], []
    with ThreadPoolExecutor(TRANSFERS) as pool:
        running = [(item, pool.submit(work, item)) for item in items]
        for done, (item, future) in enumerate(running, 1):
            try:
                results.append(future.result())
            except Exception as error:
                errors.append((item, error))
            progress(what, done, len(running))
    return results, errors
