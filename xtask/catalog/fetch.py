"""Keeps the lock file and the packages that it names.

usage: fetch.py LOCK CACHE get CLOUD...                          download what is missing, check every SHA-256
       fetch.py LOCK CACHE add CLOUD PACKAGE[==RELEASE]...       put packages into the lock file (default: newest release)
       fetch.py LOCK CACHE update CLOUD...                       bring the lock file to the newest releases
"""

import re
import sys

import lock
from archive import Package
from index import Index, parallel, sha256

# This package names all others of its cloud, at one release.
HUAWEI_ALL = "huaweicloudsdkall"
TENCENT = ["tccli", "tencentcloud-sdk-python"]


def get(path, index, clouds):
    """Downloads what is missing; ends the program if a file is not the one of the lock file."""
    rows = [row for row in lock.read(path) if row.cloud in clouds]
    missing = [row for row in rows if not (index.cache / row.file).exists()]
    _, errors = parallel("downloading", lambda row: index.download(locked_link(index, row), row.file), missing)
    for row in rows:
        there = index.cache / row.file
        if there.exists() and sha256(there) != row.sha256:
            errors.append((row, "SHA-256 differs from the lock file"))
    complain(errors)


def locked_link(index, row):
    """The index may have several files of a release; the lock file says which one."""
    for candidate in index.files(row.package):
        if candidate.link.filename == row.file:
            return candidate.link
    raise LookupError(f"the index has no file {row.file}")


def add(path, index, cloud, requirements):
    """Looks the packages up, downloads them and writes their lines."""
    rows, errors = parallel("looking up", lambda it: locked(index, cloud, it), requirements)
    lock.put(path, rows)
    complain(errors)


def locked(index, cloud, requirement):
    package, _, release = requirement.partition("==")
    file, release, link = index.find(package, release)
    there = index.cache / file
    digest = sha256(there) if there.exists() else index.download(link, file)
    return lock.Row(cloud, package, release, file, digest)


def update(path, index, clouds):
    for cloud in clouds:
        before = releases(path, cloud)
        wanted = NEWEST[cloud](index, before)
        add(path, index, cloud, wanted)
        drop(path, cloud, {requirement.partition("==")[0] for requirement in wanted})
        for package, release in releases(path, cloud).items():
            if before.get(package) != release:
                print(f"{cloud}: {package} {before.get(package, 'new')} -> {release}", flush=True)


def drop(path, cloud, wanted):
    """Takes packages out that are no longer named."""
    rows = lock.read(path)
    gone = [row for row in rows if row.cloud == cloud and row.package not in wanted]
    lock.write(path, [row for row in rows if row not in gone])
    for row in gone:
        print(f"{cloud}: {row.package} {row.release} is no longer there", flush=True)


def releases(path, cloud):
    return {row.package: row.release for row in lock.read(path) if row.cloud == cloud}


def huawei(index, _before):
    """What the newest release of the package of all packages names."""
    row = locked(index, "huawei", HUAWEI_ALL)
    package = Package(index.cache / row.file, row.package, row.release)
    return [f"{name}=={release}" for name, release in requires(package.metadata())]


def requires(metadata):
    """Name and release of the packages of one cloud that a package's metadata names."""
    header = metadata.partition("\n\n")[0]
    return re.findall(r"^Requires-Dist: (huaweicloudsdk\w+) ?\(?==([\w.]+)\)?$", header, re.MULTILINE)


NEWEST = {
    "huawei": huawei,
    "tencent": lambda _index, _before: TENCENT,
    # No package names the others, and an index is not asked for all its names: new products come by `add`.
    "alibaba": lambda _index, before: list(before),
}


def complain(errors):
    for item, error in errors:
        print(f"{getattr(item, 'file', item)}: {error}", file=sys.stderr)
    if errors:
        sys.exit(1)


def main(path, cache, command, *words):
    index = Index(cache)
    if command == "add":
        add(path, index, words[0], words[1:])
    else:
        {"get": get, "update": update}[command](path, index, words)


if __name__ == "__main__":
    main(*sys.argv[1:])
