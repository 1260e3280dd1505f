"""CPU time of one official SDK making small calls to a local server.

    python bench_client.py --cloud huawei|tencent|alibaba|oss --mode sequential|concurrent|threads
        --count 2000 --endpoint http://127.0.0.1:PORT --ak AK --sk SK

Calls, all with small replies: Huawei `ListVpcs` v2, Tencent and Alibaba `DescribeInstances`, OSS `HeadObject`
of an object of five bytes in the bucket `sanyun-bench`, both made if missing.
`concurrent` keeps 64 calls in flight in the way that costs the SDK the least CPU: threads for Huawei
and Tencent, the asynchronous client for Alibaba and OSS (measured, see README.md), with a connection
pool of 64 where the SDK lets one set it. `threads` uses threads for all. Some calls are made first to
warm up. Prints the calls made and the user, system and wall seconds they took, measured around the
calls only.
"""

import clean_environment  # noqa: F401

import argparse
import asyncio
import atexit
import importlib
import json
import pathlib
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "clients"))

IN_FLIGHT = 64
REGIONS = {"huawei": "cn-north-4", "tencent": "ap-guangzhou", "alibaba": "cn-hangzhou", "oss": "cn-hangzhou"}


def huawei(options):
    module = importlib.import_module("huawei_vpc")
    config = module.HttpConfig(pool_connections=IN_FLIGHT, pool_maxsize=IN_FLIGHT)
    client = module.connect(options, config=config)
    return lambda: client.list_vpcs(module.v2.ListVpcsRequest(limit=10))


def tencent(options):
    module = importlib.import_module("tencent_cvm")
    client = module.connect(options)
    return lambda: client.DescribeInstances(module.models.DescribeInstancesRequest())


def alibaba(options):
    module = importlib.import_module("alibaba_ecs")
    client = module.connect(options, max_idle_conns=IN_FLIGHT)
    describe = client.describe_instances_async if asynchronous(options) else client.describe_instances
    return lambda: describe(module.models.DescribeInstancesRequest(region_id=REGIONS["alibaba"]))


def oss(options):
    module = importlib.import_module("oss")
    pool = module.oss.transport.RequestsHttpClient(max_connections=IN_FLIGHT)
    client = module.connect(options, options.right, pool)
    client.put_bucket(module.oss.PutBucketRequest("sanyun-bench"))
    client.put_object(module.oss.PutObjectRequest("sanyun-bench", "small", body=b"small"))
    if asynchronous(options):
        client = asynchronous_oss(module.config(options, options.right))
        options.close = client.close
    return lambda: client.head_object(module.oss.HeadObjectRequest("sanyun-bench", "small"))


def asynchronous_oss(config):
    from alibabacloud_oss_v2 import aio
    config.http_client = aio.transport.AioHttpClient(max_connections=IN_FLIGHT)
    return aio.AsyncClient(config)


CALLS = {"huawei": huawei, "tencent": tencent, "alibaba": alibaba, "oss": oss}


def asynchronous(options):
    """Whether to use the SDK's asynchronous client."""
    return options.mode == "concurrent" and options.cloud in ("alibaba", "oss")


# --- ways to make many calls ---------------------------------------------------------------------

def sequential(call):
    def run(count):
        for _ in range(count):
            call()

    return run


def threads(call):
    pool = ThreadPoolExecutor(IN_FLIGHT)

    def run(count):
        for done in [pool.submit(call) for _ in range(count)]:
            done.result()

    return run


def tasks(call, close):
    loop = asyncio.new_event_loop()
    if close:
        atexit.register(lambda: loop.run_until_complete(close()))

    async def worker(numbers):
        for _ in numbers:
            await call()

    async def all_workers(count):
        numbers = iter(range(count))
        await asyncio.gather(*(worker(numbers) for _ in range(IN_FLIGHT)))

    return lambda count: loop.run_until_complete(all_workers(count))


def runner(options):
    """A function that makes a number of calls in the mode asked for."""
    call = CALLS[options.cloud](options)
    if options.mode == "sequential":
        return sequential(call)
    return tasks(call, options.close) if asynchronous(options) else threads(call)


def measured(run, count):
    """Make the calls and return what they cost."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    run(count)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return {"calls": count, "cpu_user_s": round(after.ru_utime - before.ru_utime, 4),
            "cpu_sys_s": round(after.ru_stime - before.ru_stime, 4), "wall_s": round(wall, 4)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloud", required=True, choices=CALLS)
    parser.add_argument("--mode", required=True, choices=["sequential", "concurrent", "threads"])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--ak", required=True)
    parser.add_argument("--sk", required=True)
    options = parser.parse_args()
    options.host = options.endpoint.split("://", 1)[1].rstrip("/")
    options.region = REGIONS[options.cloud]
    options.right, options.signature_version = (options.ak, options.sk), "v4"
    options.close = None
    return options


def main():
    options = arguments()
    run = runner(options)
    run(IN_FLIGHT * 2)
    print(json.dumps({"cloud": options.cloud, "mode": options.mode, **measured(run, options.count)}))


if __name__ == "__main__":
    main()
