"""For the tests: what the importer makes of packages that are made up."""

import contextlib
import importlib
import pathlib
import tempfile
import zipfile

from archive import Package
from facts import Report


def read(cloud, packages):
    """The records of all versions, the problems and the notes; `packages` is name -> path -> text."""
    report = Report()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        opened = {}
        for name, files in packages.items():
            path = folder / f"{name}.whl"
            with zipfile.ZipFile(path, "w") as archive:
                for file, text in files.items():
                    archive.writestr(file, text)
            opened[name] = stack.enter_context(contextlib.closing(Package(path, name, "1.0")))
        versions = importlib.import_module(cloud).versions(opened, report)
        records = [record for version in versions for record in version.lines()]
    return records, report.problems, report.notes
