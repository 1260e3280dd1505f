"""Runs the official SDK of one cloud over cases and prints what it did.

    python oracle.py --cloud huawei|tencent|alibaba|oss < cases.jsonl > vectors.jsonl

A case is a line of JSON with the members `kind` and `input` of a test vector, and optionally `name`.
It is answered by a line with `name`, `kind`, `input` and `expected`: a test vector whose `expected`
is what the SDK did just now. Nothing is sent: the transport is captured, and the clock, the nonces
and the boundaries are those of the case.
"""

import clean_environment  # noqa: F401  (first: it changes what the SDKs see)
from oracles import frozen  # noqa: F401  (second: it replaces the clock before the SDKs copy it)

import argparse
import importlib
import json
import sys


def outcome(runners, case):
    """What the SDK did with one case; an exception becomes its class name."""
    try:
        return runners[case["kind"]](case["input"])
    except Exception as error:  # the SDKs raise every class there is
        return {"error": type(error).__name__, "message": str(error)}


def answer(runners, number, line):
    """The vector for one line of input; an unknown kind is a mistake of the caller."""
    case = json.loads(line)
    name, kind = case.get("name", f"case {number}"), case["kind"]
    if kind not in runners:
        sys.exit(f"oracle: {name}: unknown kind {kind!r}, known: {', '.join(runners)}")
    # Before the run: some SDKs change the values they are given.
    given = json.dumps({"name": name, "kind": kind, "input": case["input"]}, ensure_ascii=False)
    return f'{given[:-1]}, "expected": {json.dumps(outcome(runners, case), ensure_ascii=False)}}}'


def load(cloud):
    """The runners of one cloud; only that cloud's SDK is imported."""
    return importlib.import_module(f"oracles.{cloud}").RUNNERS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloud", required=True, choices=["huawei", "tencent", "alibaba", "oss"])
    runners = load(parser.parse_args().cloud)
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    for number, line in enumerate(filter(str.strip, sys.stdin), 1):
        print(answer(runners, number, line), flush=True)


if __name__ == "__main__":
    main()
