"""Reads the vendors' packages as data and writes the facts as line records. Nothing is executed or installed.

usage: import.py CLOUD OUT < PACKAGES

PACKAGES has one line a package: file, name, release, and the service versions wanted from it (`service/version`,
separated by commas; nothing = all). OUT receives one file `<service>/<version>.records` a service version.
The last lines on standard output are the report: `note` and `problem` lines, cells separated by tabs.
"""

import importlib
import pathlib
import sys

from archive import Package
from facts import Report


def main(cloud, out):
    packages, wanted = {}, {}
    for line in sys.stdin.read().splitlines():
        path, name, release, services = (line.split("\t") + [""])[:4]
        packages[name] = Package(path, name, release)
        wanted[name] = set(filter(None, services.split(",")))
    report = Report()
    everything = set().union(*wanted.values())
    source = importlib.import_module(cloud)
    for version in source.versions(packages, lambda service, version: wants(everything, service, version), report):
        write(pathlib.Path(out), version, report)
    for kind, lines in (("note", report.notes), ("problem", report.problems)):
        for line in lines:
            print(kind, line, sep="\t")


def wants(wanted, service, version):
    return not wanted or f"{service}/{version}" in wanted or service in wanted


def write(out, version, report):
    with report.catching(version):
        text = "".join(line + "\n" for line in version.lines())
        path = out / version.service / f"{version.version}.records"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
