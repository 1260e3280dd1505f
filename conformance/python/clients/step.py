"""What the client scripts share: options, one line of JSON a step, the exit code.

Import this first: it puts the folder above on the path and cleans the environment.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import clean_environment  # noqa: E402,F401

import argparse  # noqa: E402
import json  # noqa: E402

UNKNOWN_KEY = "SANYUNUNKNOWNKEY0001"


def options(description, region, more=lambda parser: None):
    """The command line of a client; `refusal` says which refusal to expect, if any.
    `more` adds a client's own options to the parser."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--endpoint", required=True, help="http://127.0.0.1:PORT")
    parser.add_argument("--ak", required=True, help="access key id")
    parser.add_argument("--sk", required=True, help="its secret")
    parser.add_argument("--region", default=region)
    refusal = parser.add_mutually_exclusive_group()
    refusal.add_argument("--wrong-secret", dest="refusal", action="store_const", const="wrong secret")
    refusal.add_argument("--wrong-key", dest="refusal", action="store_const", const="wrong key")
    more(parser)
    given = parser.parse_args()
    given.host = given.endpoint.split("://", 1)[1].rstrip("/")
    given.right = (given.ak, given.sk)
    if given.refusal == "wrong secret":
        given.sk += "x"
    if given.refusal == "wrong key":
        given.ak = UNKNOWN_KEY
    return given


class Steps:
    """Runs the steps of one client and remembers whether one went wrong."""

    def __init__(self, client):
        self.client = client
        self.failed = False

    def report(self, name, ok, details):
        self.failed = self.failed or not ok
        line = {"client": self.client, "step": name, "ok": ok, **details}
        print(json.dumps(line, ensure_ascii=False), flush=True)

    def run(self, name, call, check):
        """Make a call that has to succeed; `check(reply)` asserts and returns what to print.
        Returns the reply, or None when the step failed."""
        try:
            reply = call()
            details = check(reply)
        except Exception as error:
            self.report(name, False, {"error": type(error).__name__, "message": str(error)})
            return None
        self.report(name, True, details)
        return reply

    def refused(self, name, call, describe, expected):
        """Make a call that has to fail; `describe(error)` gives the facts of the error, and every
        member of `expected` has to be in them (a text member: as a part)."""
        try:
            call()
        except Exception as error:
            facts = {"error": type(error).__name__, **describe(error)}
            ok = all(matches(facts.get(key), value) for key, value in expected.items())
            self.report(name, ok, facts if ok else {**facts, "expected": expected})
            return
        self.report(name, False, {"error": "the call succeeded", "expected": expected})

    def finish(self):
        sys.exit(1 if self.failed else 0)


def matches(found, expected):
    if isinstance(expected, str):
        return expected in str(found)
    return found == expected


def check(condition, message):
    """Like `assert`, but never switched off."""
    if not condition:
        raise AssertionError(message)
