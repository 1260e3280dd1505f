"""Feeds test vectors through the oracle and compares: the proof that the oracle is right.

    python selfcheck.py FILE...        (huawei.jsonl, tencent.jsonl, alibaba.jsonl, oss.jsonl)

The cloud is the file's name. The oracle has to reproduce what the official SDK did, defects
included: `expected`, or `official` where a vector says that `expected` diverges from it. Prints
per kind how many agree, names each difference, and exits 1 if there is one.
"""

import clean_environment  # noqa: F401
from oracles import frozen  # noqa: F401

import collections
import json
import pathlib
import sys

import oracle

# Not offered by the oracle: a signature that differs every time, and the public key to verify it with.
RANDOM = {"public_key", "sample_signature_der"}
# Free text that the vectors' rules do not compare.
INFORMATIVE = {"message"}


def lower_names(headers):
    return {name.lower(): value for name, value in headers.items()}


def differences(expected, found, path=""):
    """Where `found` does not have what `expected` says; members that only `found` has are fine."""
    if path.endswith("headers") and isinstance(expected, dict) and isinstance(found, dict):
        expected, found = lower_names(expected), lower_names(found)
        extra = sorted(set(found) - set(expected))
        if extra:
            return [f"{path}: not expected: {', '.join(extra)}"]
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key, value in expected.items() if key not in RANDOM | INFORMATIVE
                for line in differences(value, found.get(key, "(absent)"), f"{path}.{key}")]
    if path.endswith(".url") and isinstance(expected, str):
        expected = expected.removesuffix("?")  # one vector shows the URL before the HTTP library drops the `?`
    if expected == found:
        return []
    return [f"{path}: expected {expected!r}\n    found {found!r}"]


def check(cloud, path):
    """Count of (kind, verdict) for one file of vectors; each difference is printed."""
    runners = oracle.load(cloud)
    counts = collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        verdict = compare(runners, vector)
        counts[vector["kind"], verdict] += 1
    return counts


def compare(runners, vector):
    if vector["kind"] not in runners:
        return "other kind"
    found = json.loads(json.dumps(oracle.outcome(runners, vector)))
    if isinstance(found, dict) and found.get("error") == "NotImplementedError":
        return "not covered"
    expected = vector["official"] if vector.get("diverges") else vector["expected"]
    wrong = differences(expected, found)
    if wrong and isinstance(found, dict) and "error" in found:
        wrong = [f"the SDK failed: {found}"]
    if wrong:
        print(f"{vector['kind']} {vector['name']!r} differs\n  " + "\n  ".join(wrong))
    return "differ" if wrong else "agree"


def main():
    failed = False
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        counts = check(path.stem, path)
        for kind in sorted({kind for kind, _ in counts}):
            if not counts[kind, "other kind"]:
                print(f"{path.stem:8} {kind:16} agree {counts[kind, 'agree']:4}  differ {counts[kind, 'differ']:4}"
                      f"  not covered {counts[kind, 'not covered']:4}")
            failed = failed or counts[kind, "differ"] > 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
