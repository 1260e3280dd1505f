"""Downloads the packages of the lock file with the user's own pip (index, proxy, certificates as configured).

usage: fetch.py LOCK CACHE CLOUD...           download what is missing and check every SHA-256
       fetch.py --add LOCK CACHE CLOUD PACKAGE==RELEASE [WANTED]   download one package and write its line

The lock file has one line a package, cells separated by tabs: cloud, package, release, file, SHA-256, and the service
versions wanted from it (`service/version`, separated by commas; nothing = all). Only wheels are downloaded: preparing a
source archive would run its `setup.py`. A source archive can be put into CACHE by hand; its SHA-256 is checked as well.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile

CELLS = ("cloud", "package", "release", "file", "sha256", "wanted")


def read(lock):
    lines = pathlib.Path(lock).read_text(encoding="utf-8").splitlines()
    rows = [(line.split("\t") + [""])[: len(CELLS)] for line in lines if line and not line.startswith("#")]
    return [dict(zip(CELLS, row)) for row in rows]


def fetch(lock, cache, clouds):
    for row in read(lock):
        if row["cloud"] in clouds:
            path = pathlib.Path(cache, row["file"])
            if not path.exists():
                print(f"downloading {row['package']} {row['release']}", flush=True)
                download(f"{row['package']}=={row['release']}", path.parent)
            if sha256(path) != row["sha256"]:
                sys.exit(f"{path}: SHA-256 differs from the lock file")


def download(requirement, folder):
    """Puts the one file that pip finds into the folder and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        if subprocess.run([*command, "--dest", empty, requirement]).returncode:
            sys.exit(f"pip could not download {requirement}")
        (found,) = pathlib.Path(empty).iterdir()
        return found.rename(folder / found.name)


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def add(lock, cache, cloud, requirement, wanted=""):
    package, _, release = requirement.partition("==")
    path = download(requirement, pathlib.Path(cache))
    row = [cloud, package, release, path.name, sha256(path), wanted]
    lines = pathlib.Path(lock).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split("\t")[:2] != row[:2]]
    comments = [line for line in kept if not line or line.startswith("#")]
    rows = sorted([line for line in kept if line not in comments] + ["\t".join(row).rstrip("\t")], key=order)
    pathlib.Path(lock).write_text("\n".join(comments + rows) + "\n", encoding="utf-8")


def order(line):
    clouds = ["huawei", "tencent", "alibaba"]
    cloud, package = line.split("\t")[:2]
    return clouds.index(cloud), package


if __name__ == "__main__":
    if sys.argv[1] == "--add":
        add(*sys.argv[2:])
    else:
        fetch(sys.argv[1], sys.argv[2], sys.argv[3:])
