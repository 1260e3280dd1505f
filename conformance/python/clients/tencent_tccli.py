"""Tencent Cloud's own command, `tccli`, against a local server: every source of keys, its ways to write parameters, and
its outputs. Each step is a process of its own with a home folder of its own."""

import json
import os
import pathlib
import subprocess

import step

from tencent_cvm import REFUSALS
from tencent_world import EXPIRED_TOKEN, MISSING, TEMPORARY, arn, folder, no_proxy, proxied
from tls import Terminator

ZONES = ["ap-guangzhou-1", "ap-guangzhou-2", "ap-guangzhou-3", "ap-guangzhou-4"]
SESSION = ["--role-arn", arn(), "--role-session-name", "a-session"]


class Failed(Exception):
    """The command ended with another code than 0."""

    def __init__(self, output):
        super().__init__(output.stdout + output.stderr)
        self.code = output.returncode


def describe(error):
    return {"exit": getattr(error, "code", None), "message": str(error).strip()}


class Command:
    """The command on one machine: a home folder and its environment."""

    def __init__(self, options, variables=None, files=None):
        self.options = options
        home = folder(files or {})
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1",
                            "TENCENTCLOUD_REGION": "ap-guangzhou", **no_proxy(options), **(variables or {})}

    def run(self, *arguments):
        """What it prints."""
        output = subprocess.run([self.options.tccli, *arguments], env=self.environment, capture_output=True, text=True,
                                timeout=60)
        if output.returncode != 0:
            raise Failed(output)
        return output.stdout

    def local(self, *arguments):
        """The same with the address of the local cloud. A scheme in it becomes a part of `Host` (spec 2, 19.12), which
        is what is signed and compared."""
        return self.run(*arguments, "--endpoint", self.options.endpoint)

    def zones(self, *arguments):
        return json.loads(self.local("cvm", "DescribeZones", *arguments))


def keys(options):
    return {"TENCENTCLOUD_SECRET_ID": options.ak, "TENCENTCLOUD_SECRET_KEY": options.sk}


def temporary():
    return dict(zip(("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"), TEMPORARY))


def tke(token="an id token"):
    return {"TKE_REGION": "ap-guangzhou", "TKE_PROVIDER_ID": "a-provider", "TKE_ROLE_ARN": arn(),
            "TKE_WEB_IDENTITY_TOKEN_FILE": str(folder({"token": token}) / "token")}


def profile(name, **content):
    return {f".tccli/{name}.credential": json.dumps(content)}


def all_zones(reply):
    step.check([zone["Zone"] for zone in reply["ZoneSet"]] == ZONES, f"{reply}")
    step.check(reply["RequestId"], "no RequestId")
    return {"request_id": reply["RequestId"]}


def equals(expected):
    def checked(found):
        step.check(found == expected, f"{found!r}")
        return {"found": found}
    return checked


def contains(*texts):
    def checked(found):
        step.check(all(text in found for text in texts), found)
        return {"length": len(found)}
    return checked


def with_sts(options, variables=None, files=None):
    """A machine on which the address of STS is configured."""
    command = Command(options, variables, files)
    command.run("configure", "set", "sts.endpoint", options.endpoint)
    return command


def configured(options, variables=None):
    """A machine with a profile as `tccli configure` writes it."""
    command = Command(options, variables)
    command.run("configure", "set", "secretId", options.ak, "secretKey", options.sk, "region", "ap-guangzhou",
                "--profile", "own")
    return command


def by_name(options, tls, variables, *arguments):
    """A call with nothing configured at all: https to Tencent Cloud's own names, through a proxy."""
    return json.loads(Command(options, {**variables, **tls.trusting}).run(*(arguments or ("cvm", "DescribeZones"))))


def credentials(steps, options, tls):
    pair = ["--secretId", options.ak, "--secretKey", options.sk]
    static = {"secretId": options.ak, "secretKey": options.sk}
    assume = {"TENCENTCLOUD_ROLE_ARN": arn(), "TENCENTCLOUD_ROLE_SESSION_NAME": "a-session"}
    roles = {**static, "role-arn": arn(), "role-session-name": "a-session"}
    calls = {
        "keys in the environment": lambda: Command(options, keys(options)).zones(),
        "keys and token in the environment": lambda: Command(options, temporary()).zones(),
        "keys as options": lambda: Command(options).zones(*pair),
        "keys and token as options": lambda: Command(options).zones(
            "--secretId", TEMPORARY[0], "--secretKey", TEMPORARY[1], "--token", TEMPORARY[2]),
        "a profile written by configure": lambda: configured(options).zones("--profile", "own"),
        "the default profile": lambda: Command(options, files=profile("default", **static)).zones(),
        "a profile named by TCCLI_PROFILE": lambda: configured(options, {"TCCLI_PROFILE": "own"}).zones(),
        "a role as option": lambda: with_sts(options, keys(options)).zones(*SESSION),
        "a role in the environment": lambda: with_sts(options, {**keys(options), **assume}).zones(),
        "a role in the profile": lambda: with_sts(options, files=profile("default", **roles)).zones(),
        "the machine's role": lambda: Command(options, proxied(options)).zones("--use-cvm-role"),
        "the machine's role in the profile": lambda: Command(
            options, proxied(options), profile("default", type="cvm-role")).zones(),
        "TKE": lambda: by_name(options, tls, tke()),
    }
    for name, call in calls.items():
        steps.run(name, call, all_zones)


def names(steps, options, tls):
    who = ["sts", "GetCallerIdentity", "--filter", "Type"]
    steps.run("https by name", lambda: by_name(options, tls, keys(options)), all_zones)
    steps.run("https by name, who it is", lambda: by_name(options, tls, keys(options), *who), equals("CAMUser"))
    steps.run("https by name, a role", lambda: by_name(options, tls, keys(options), *who, *SESSION), equals("CAMRole"))
    steps.run("https by name, TKE", lambda: by_name(options, tls, tke(), *who), equals("CAMRole"))


def outputs(steps, options):
    command = Command(options, keys(options))
    steps.run("--filter", lambda: command.zones("--filter", "ZoneSet[].Zone"), equals(ZONES))
    steps.run("--output table", lambda: command.local("cvm", "DescribeZones", "--output", "table"),
              contains("ZoneSet", "ap-guangzhou-1", "|", "+--"))
    steps.run("--output text", lambda: command.local("cvm", "DescribeZones", "--output", "text", "--filter",
                                                     "ZoneSet[].Zone"), equals("\t".join(ZONES) + "\n"))
    steps.run("--generate-cli-skeleton",
              lambda: list(json.loads(command.local("cvm", "DescribeInstances", "--generate-cli-skeleton"))),
              equals(["InstanceIds", "Filters", "Offset", "Limit"]))
    reached = json.dumps({"expr": "ZoneSet[0].ZoneState", "to": "AVAILABLE", "timeout": 5, "interval": 1})
    steps.run("--waiter", lambda: command.zones("--waiter", reached), all_zones)
    never = json.dumps({"expr": "ZoneSet[0].ZoneState", "to": "GONE", "timeout": 0, "interval": 0})
    steps.refused("--waiter, in vain", lambda: command.zones("--waiter", never), describe, {"exit": 255})
    steps.run("other options", lambda: command.zones("--language", "en-US", "--timeout", "5", "--version", "2017-03-12",
                                                     "--request-client", "own", "--region", "ap-guangzhou"), all_zones)


def started(command):
    """The ids of two instances, started with a request in a file."""
    request = {"InstanceChargeType": "POSTPAID_BY_HOUR", "InstanceType": "S5.MEDIUM2", "ImageId": "img-487zeit5",
               "Placement": {"Zone": "ap-guangzhou-3"}, "InstanceCount": 2, "InstanceName": "三云 & test"}
    path = pathlib.Path(command.environment["HOME"]) / "request.json"
    path.write_text(json.dumps(request), encoding="utf-8")
    reply = command.local("cvm", "RunInstances", "--cli-input-json", f"file://{path}")
    return json.loads(reply)["InstanceIdSet"]


def parameters(steps, options):
    command = Command(options, keys(options))
    found = steps.run("--cli-input-json", lambda: started(command), lambda ids: equals(2)(len(ids)))
    if found is None:
        return
    ids = ["--filter", "sort(InstanceSet[].InstanceId)"]
    steps.run("parameters as JSON", lambda: json.loads(command.local(
        "cvm", "DescribeInstances", "--InstanceIds", json.dumps(found), "--Limit", "5", *ids)), equals(sorted(found)))
    steps.run("parameters unfolded", lambda: json.loads(command.local(
        "cvm", "DescribeInstances", "--cli-unfold-argument", "--Filters.0.Name", "instance-name", "--Filters.0.Values",
        "三云 & test", "x", "--Filters.1.Name", "zone", "--Filters.1.Values", "ap-guangzhou-3", *ids)),
        equals(sorted(found)))
    steps.run("TerminateInstances", lambda: json.loads(command.local(
        "cvm", "TerminateInstances", "--InstanceIds", json.dumps(found))), lambda reply: {"id": reply["RequestId"]})


def not_accepted(steps, options, tls):
    wrong = {**temporary(), "TENCENTCLOUD_TOKEN": "another"}
    steps.refused("wrong token", lambda: Command(options, wrong).zones(), describe,
                  {"exit": 255, "message": "AuthFailure.TokenFailure"})
    steps.refused("missing role", lambda: with_sts(options, keys(options)).zones(
        "--role-arn", arn(MISSING), "--role-session-name", "a-session"), describe,
        {"exit": 255, "message": "ResourceNotFound.RoleNotFound"})
    steps.refused("TKE, expired id token", lambda: by_name(options, tls, tke(EXPIRED_TOKEN)), describe,
                  {"exit": 255, "message": "InvalidParameter.WebIdentityTokenError"})
    steps.refused("no keys", lambda: Command(options).zones(), describe,
                  {"exit": 255, "message": "secretId is invalid"})
    steps.refused("unknown action", lambda: Command(options, keys(options)).local("cvm", "DescribeNothing"), describe,
                  {"exit": 252})


def accepted(steps, options):
    tls = Terminator(options, "tencentcloudapi.com")
    credentials(steps, options, tls)
    names(steps, options, tls)
    outputs(steps, options)
    parameters(steps, options)
    not_accepted(steps, options, tls)


def spoiled(steps, options):
    expected = {"exit": 255, "message": REFUSALS[options.refusal]["code"]}
    steps.refused("keys in the environment", lambda: Command(options, keys(options)).zones(), describe, expected)
    steps.refused("a profile written by configure", lambda: configured(options).zones("--profile", "own"),
                  describe, expected)
    steps.refused("a role as option", lambda: with_sts(options, keys(options)).zones(*SESSION), describe, expected)


def main():
    options = step.options(__doc__, "ap-guangzhou",
                           lambda parser: parser.add_argument("--tccli", required=True, help="path of the command"))
    steps = step.Steps("tencent_tccli")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
