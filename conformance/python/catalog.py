"""Runs the model classes and typed clients of the vendors' packages over operations of our catalog.

    python catalog.py --cloud huawei|tencent|alibaba --packages FOLDER --scratch FOLDER < cases.jsonl

A case is a line of JSON with `kind`: `structures` compares what the catalog says about an operation with the model
classes and answers with the differences; `call` makes the call with the typed client and answers with the request that
it would have sent and the value that it made of the case's reply. A package is taken from FOLDER (the importer's cache)
or, where that lacks it, from this environment if it is installed in the same release; else the answer is
`{"missing": ...}`.

Sort the cases by package: one is loaded at a time and forgotten when the next one comes.
"""

import clean_environment  # noqa: F401  (first: it changes what the SDKs see)
from oracles import frozen  # noqa: F401  (second: it replaces the clock before the SDKs copy it)

import argparse
import importlib
import json
import sys
import traceback
import warnings

from official.packages import Missing, Packages


def answer(cloud, packages, case):
    """What came of one case; an exception becomes its class, its text and where it happened."""
    try:
        with packages.of(case):
            return getattr(cloud, case["kind"])(case)
    except Missing as missing:
        return {"missing": str(missing)}
    except Exception as error:  # the SDKs raise every class there is
        last = traceback.extract_tb(error.__traceback__)[-1]
        return {"error": type(error).__name__, "message": str(error)[:2000], "at": f"{last.name}:{last.lineno}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloud", required=True, choices=["huawei", "tencent", "alibaba"])
    parser.add_argument("--packages", required=True, help="the importer's cache of downloaded packages")
    parser.add_argument("--scratch", required=True, help="where packages are unpacked; kept for the next run")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.stdin.reconfigure(encoding="utf-8")
    # What the SDKs print must not come between the answers.
    answers, sys.stdout = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False), sys.stderr
    cloud = importlib.import_module(f"official.{given.cloud}")
    packages = Packages(given.packages, given.scratch)
    for line in filter(str.strip, sys.stdin):
        case = json.loads(line)
        print(json.dumps(answer(cloud, packages, case), ensure_ascii=False, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
