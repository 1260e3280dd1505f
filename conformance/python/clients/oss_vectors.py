"""The official client of vector buckets, `alibabacloud_oss_v2.vectors.Client`, with the local server as its proxy: the
client asks the real host names, without TLS."""

import secrets

import step

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2 import vectors
from alibabacloud_oss_v2.vectors import models
from oss import REFUSALS, describe, done
from oss_world import equal

ACCOUNT = "100000000001"
INDEX = "anIndex"
POLICY = '{"Version": "1", "Statement": [{"Action": ["oss:GetVectors"], "Effect": "Deny"}]}'


def connect(options, keys):
    return vectors.Client(oss.Config(
        region=options.region, account_id=ACCOUNT, disable_ssl=True, proxy_host={"http": options.endpoint},
        credentials_provider=oss.credentials.StaticCredentialsProvider(*keys), retry_max_attempts=1))


class World:
    """The steps with one client, in a bucket of their own."""

    def __init__(self, steps, options):
        self.steps, self.region = steps, options.region
        self.client, self.bucket = connect(options, options.right), f"sanyun-{secrets.token_hex(4)}"

    def expect(self, name, request, check=lambda reply: None, /, **more):
        """A call that succeeds, with these attributes of its reply; `check` may look at the rest."""
        def look(reply):
            equal(reply, more)
            check(reply)
            return done(reply)

        return self.steps.run(name, lambda: call(self.client, name, request), look)

    def refused(self, name, request, status, code):
        self.steps.refused(f"{name}, refused", lambda: call(self.client, name, request), describe,
                           {"status": status, "code": code})

    def create(self):
        self.expect("put_vector_bucket", models.PutVectorBucketRequest(self.bucket))

    def delete(self):
        self.expect("delete_vector_bucket", models.DeleteVectorBucketRequest(self.bucket), status_code=204)


def call(client, name, request):
    return getattr(client, name)(request)


def buckets(world):
    def info(reply):
        found = reply.bucket_info
        step.check(found.name == f"acs:ossvector:{world.region}:{ACCOUNT}:{world.bucket}", found.name)
        step.check(found.location == f"oss-{world.region}" and found.creation_date, found.location)

    world.expect("get_vector_bucket", models.GetVectorBucketRequest(world.bucket), info)
    world.expect("list_vector_buckets", models.ListVectorBucketsRequest(prefix=world.bucket), lambda reply: step.check(
        [found.name.rsplit(":")[-1] for found in reply.buckets] == [world.bucket], reply.buckets))
    other = f"{world.bucket}-2"
    world.expect("put_vector_bucket", models.PutVectorBucketRequest(other, resource_group_id="rg"))
    request = models.ListVectorBucketsRequest(prefix=world.bucket, max_keys=1)
    world.expect("list_vector_buckets", request, is_truncated=True, next_marker=world.bucket)
    pages = world.client.list_vector_buckets_paginator().iter_page(request)
    world.steps.run("list_vector_buckets, pages", lambda: [found for page in pages for found in page.buckets],
                    lambda found: step.check([entry.resource_group_id for entry in found] == [None, "rg"], found) or {})
    world.expect("delete_vector_bucket", models.DeleteVectorBucketRequest(other), status_code=204)
    world.refused("get_vector_bucket", models.GetVectorBucketRequest("no-such-bucket"), 404, "NoSuchBucket")


def configurations(world):
    bucket = world.bucket
    status = oss.BucketLoggingStatus(logging_enabled=oss.LoggingEnabled(
        target_bucket="logs", target_prefix="p/", logging_role="role"))
    get = models.GetBucketLoggingRequest(bucket)
    none = oss.BucketLoggingStatus()
    world.expect("get_bucket_logging", get, bucket_logging_status=none)
    world.expect("put_bucket_logging", models.PutBucketLoggingRequest(bucket, bucket_logging_status=status))
    world.expect("get_bucket_logging", get, bucket_logging_status=status)
    world.expect("delete_bucket_logging", models.DeleteBucketLoggingRequest(bucket), status_code=204)
    world.expect("get_bucket_logging", get, lambda reply: step.check(
        reply.bucket_logging_status.logging_enabled is None, "still there"))
    get = models.GetBucketPolicyRequest(bucket)
    world.refused("get_bucket_policy", get, 404, "NoSuchBucketPolicy")
    world.expect("put_bucket_policy", models.PutBucketPolicyRequest(bucket, body=POLICY))
    world.expect("get_bucket_policy", get, body=POLICY)
    world.expect("delete_bucket_policy", models.DeleteBucketPolicyRequest(bucket), status_code=204)
    world.refused("get_bucket_policy", get, 404, "NoSuchBucketPolicy")


def vector(number):
    return {"key": f"key-{number}", "data": {"float32": [number / 10, 1.0, -1.5]},
            "metadata": {"kind": "even" if number % 2 == 0 else "odd"}}


def indexes(world):
    bucket = world.bucket
    request = models.PutVectorIndexRequest(
        bucket, data_type="float32", dimension=3, distance_metric="euclidean", index_name=INDEX,
        metadata={"nonFilterableMetadataKeys": ["note"]})
    world.expect("put_vector_index", request)
    world.refused("put_vector_index", request, 409, "VectorIndexAlreadyExists")

    def check(index):
        expected = {"indexName": INDEX, "dimension": 3, "distanceMetric": "euclidean", "dataType": "float32"}
        step.check(expected.items() <= index.items(), index)

    world.expect("get_vector_index", models.GetVectorIndexRequest(bucket, INDEX), lambda reply: check(reply.index))
    world.expect("list_vector_indexes", models.ListVectorIndexesRequest(bucket), lambda reply: check(reply.indexes[0]))
    world.refused("get_vector_index", models.GetVectorIndexRequest(bucket, "none"), 404, "NoSuchVectorIndex")
    world.refused("delete_vector_bucket", models.DeleteVectorBucketRequest(bucket), 409, "BucketNotEmpty")


def contents(world):
    bucket, client, all_vectors = world.bucket, world.client, [vector(number) for number in range(5)]
    world.expect("put_vectors", models.PutVectorsRequest(bucket, INDEX, all_vectors))
    world.expect("get_vectors", models.GetVectorsRequest(
        bucket, INDEX, ["key-3", "none"], return_data=True, return_metadata=True), vectors=[vector(3)])
    pages = client.list_vectors_paginator().iter_page(models.ListVectorsRequest(bucket, INDEX, max_results=2))
    world.steps.run("list_vectors, pages", lambda: [found["key"] for page in pages for found in page.vectors],
                    lambda keys: step.check(keys == [f"key-{n}" for n in range(5)], keys) or {"count": len(keys)})

    def query(**more):
        return models.QueryVectorsRequest(
            bucket, index_name=INDEX, query_vector={"float32": [0.4, 1.0, -1.5]}, top_k=2, **more)

    def near(reply):
        first, second = reply.vectors
        step.check((first["key"], second["key"]) == ("key-4", "key-3"), reply.vectors)
        step.check(first["distance"] < 1e-6 and abs(second["distance"] - 0.1) < 1e-6, reply.vectors)

    world.expect("query_vectors", query(return_distance=True), near)
    odd = {"$and": [{"kind": {"$in": ["odd"]}}]}
    world.expect("query_vectors", query(filter=odd, return_metadata=True), vectors=[
        {"key": f"key-{number}", "metadata": {"kind": "odd"}} for number in (3, 1)])
    world.refused("query_vectors", query(filter={"note": {"$eq": "x"}}), 400, "InvalidArgument")
    world.refused("put_vectors", models.PutVectorsRequest(bucket, INDEX, [{"key": "k", "data": {"float32": [1]}}]),
                  400, "InvalidArgument")
    world.expect("delete_vectors", models.DeleteVectorsRequest(bucket, INDEX, ["key-0", "key-1"]), status_code=204)
    world.expect("list_vectors", models.ListVectorsRequest(bucket, INDEX, return_data=True, return_metadata=True),
                 vectors=all_vectors[2:])
    world.refused("put_vector_index_fusion", models.PutVectorIndexFusionRequest(bucket, INDEX, schema_configuration={}),
                  501, "NotImplemented")
    world.expect("delete_vector_index", models.DeleteVectorIndexRequest(bucket, INDEX), status_code=204)


def main():
    options = step.options(__doc__, "cn-hangzhou")
    steps = step.Steps("oss_vectors")
    world = World(steps, options)
    world.create()
    if options.refusal:
        wrong, expected = connect(options, (options.ak, options.sk)), REFUSALS[options.refusal]
        for name, request in [("get_vector_bucket", models.GetVectorBucketRequest(world.bucket)),
                              ("list_vector_buckets", models.ListVectorBucketsRequest()),
                              ("list_vector_indexes", models.ListVectorIndexesRequest(world.bucket))]:
            steps.refused(name, lambda: call(wrong, name, request), describe, expected)
    else:
        for part in (buckets, configurations, indexes, contents):
            part(world)
    world.delete()
    steps.finish()


if __name__ == "__main__":
    main()
