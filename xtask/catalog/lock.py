"""The lock file: one line a package, cells separated by tabs: cloud, package, release, file, SHA-256."""

import dataclasses
import pathlib

CLOUDS = ["huawei", "tencent", "alibaba"]
HEAD = """\
# The packages that the catalog is made from; read and written by `cargo xtask catalog` (docs/catalog.md).
# cloud, package, release, file, SHA-256
"""


@dataclasses.dataclass(frozen=True)
class Row:
    cloud: str
    package: str
    release: str
    file: str
    sha256: str

    def order(self):
        return CLOUDS.index(self.cloud), self.package


def read(path):
    """The rows of a lock file; none if there is no file yet."""
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [Row(*line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")]


def write(path, rows):
    """Replaces the file, sorted by cloud and package."""
    lines = ["\t".join(dataclasses.astuple(row)) for row in sorted(rows, key=Row.order)]
    pathlib.Path(path).write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def put(path, rows):
    """Puts rows into the file, in place of those of the same packages."""
    rows = {(row.cloud, row.package): row for row in [*read(path), *rows]}
    write(path, rows.values())
