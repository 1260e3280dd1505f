"""Reading the files of a Python package without installing it."""

import tarfile
import zipfile


class Package:
    """A wheel or a source archive, read as data."""

    def __init__(self, path, name, release):
        self.name, self.release = name, release
        if str(path).endswith(".whl"):
            self._zip = zipfile.ZipFile(path)
            self._paths = {info.filename: info for info in self._zip.infolist()}
        else:
            self._zip = None
            self._tar = tarfile.open(path)
            # Files of a source archive stand below one folder `<name>-<release>/`.
            self._paths = {member.name.partition("/")[2]: member for member in self._tar.getmembers() if member.isfile()}

    def close(self):
        (self._zip or self._tar).close()

    def paths(self):
        return self._paths.keys()

    def has(self, path):
        return path in self._paths

    def read(self, path):
        """The text of a file."""
        member = self._paths[path]
        data = self._zip.read(member) if self._zip else self._tar.extractfile(member).read()
        return data.decode("utf-8")

    def metadata(self):
        """What the package says about itself."""
        for path in self._paths:
            if path.endswith(".dist-info/METADATA") or path == "PKG-INFO":
                return self.read(path)
        return ""

    def licence(self):
        return licence_of(self.metadata())

    def source(self):
        return [self.name, self.release, self.licence()]


def licence_of(metadata):
    """The licence that a package's metadata names."""
    header = metadata.partition("\n\n")[0]
    for key in ("License-Expression: ", "License: ", "Classifier: License :: OSI Approved :: "):
        for line in header.splitlines():
            if line.startswith(key):
                return line.removeprefix(key).strip()
    return ""
