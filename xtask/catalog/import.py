"""Reads the vendors' packages as data and writes the facts as line records. Nothing is executed or installed.

usage: import.py CLOUD OUT < PACKAGES

PACKAGES has one line a package: file, name, release. OUT receives one file `<service>/<version>.records` a service
version. Standard output is the report: `note` and `problem` lines, cells separated by tabs.
"""

import gc
import importlib
import multiprocessing
import os
import pathlib
import sys

from archive import Package
from facts import Report
from progress import progress


def main(cloud, out):
    rows = [line.split("\t") for line in sys.stdin.read().splitlines()]
    groups = grouped(cloud, rows)
    reports = []
    with multiprocessing.Pool(os.cpu_count()) as pool:
        # The largest first, so that no core is left with one of them at the end.
        order = sorted(range(len(groups)), key=lambda at: -sum(os.path.getsize(row[0]) for row in groups[at]))
        done = pool.imap_unordered(read, [(at, cloud, out, groups[at]) for at in order])
        for count, report in enumerate(done, 1):
            reports.append(report)
            progress(f"reading {cloud}", count, len(groups))
    # In the order of the packages, whichever process was faster.
    for kind in (1, 2):
        for report in sorted(reports):
            for line in report[kind]:
                print(("note", "problem")[kind - 1], line, sep="\t")


def grouped(cloud, rows):
    """The packages that are read together: those of Tencent Cloud complete each other, others stand alone."""
    return [rows] if cloud == "tencent" else [[row] for row in rows]


def read(job):
    """One group of packages, in a process of its own."""
    at, cloud, out, rows = job
    # Syntax trees are many small objects that live as long as the process works on the package.
    gc.disable()
    report = Report()
    packages = {name: Package(path, name, release) for path, name, release in rows}
    for version in importlib.import_module(cloud).versions(packages, report):
        write(pathlib.Path(out), version, report)
    gc.collect()
    return at, report.notes, report.problems


def write(out, version, report):
    with report.catching(version):
        text = "".join(line + "\n" for line in version.lines())
        path = out / version.service / f"{version.version}.records"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two packages must not write the facts of one service version.
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
