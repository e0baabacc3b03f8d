"""Drives kube.v1 with grpcio and no .proto at hand: reflection gives the types, as it does for grpcurl.

Usage: resources_client.py DIRECTORY TARGET SCENARIO. DIRECTORY has ca.crt and NAME.crt, NAME.key for the clients
"admin" (system:masters), "reader" (may get, list and watch configmaps in the namespace default) and "nobody".
"""
import json
import os
import sys
import threading
import time

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Rpc"))
from reflection_client import field, fields, reflect  # noqa: E402

TIMEOUT = 30
SERVICE = "kube.v1.Resources"


class Api:
    """A channel and the methods that reflection finds on it; messages are Python dictionaries."""

    def __init__(self, directory, target, user, version="v1"):
        def read(name):
            with open(os.path.join(directory, name), "rb") as file:
                return file.read()

        credentials = grpc.ssl_channel_credentials(
            read("ca.crt"), *((read(user + ".key"), read(user + ".crt")) if user else (None, None)))
        self.channel = grpc.secure_channel(target, credentials, [
            ("grpc.max_receive_message_length", 64 << 20),
            # A call of this channel must not share a connection with another's certificate.
            ("grpc.use_local_subchannel_pool", 1),
        ])
        files = {}
        listed, = reflect(self.channel, version, [field(7, b"")])
        self.services = [dict(fields(value))[1].decode() for number, value in fields(listed[6]) if number == 1]
        for found in reflect(self.channel, version, [field(4, name.encode()) for name in self.services]):
            for _, value in fields(found[4]):
                file = descriptor_pb2.FileDescriptorProto.FromString(value)
                files[file.name] = file
        pool = descriptor_pool.DescriptorPool()
        for name in list(files):
            add(pool, files, name)
        factory = message_factory.MessageFactory(pool)
        self.methods = {}
        for method in pool.FindServiceByName(SERVICE).methods:
            self.methods[method.name] = (
                factory.GetPrototype(method.input_type), factory.GetPrototype(method.output_type), method.name == "Watch")

    def open(self, name, /, timeout=TIMEOUT, metadata=None, **request):
        """Starts a call; the result is grpcio's call object with raw messages."""
        request_type, response_type, streams = self.methods[name]
        make = self.channel.unary_stream if streams else self.channel.unary_unary
        method = make(f"/{SERVICE}/{name}", request_serializer=lambda m: m.SerializeToString(),
                      response_deserializer=response_type.FromString)
        message = json_format.ParseDict(request, request_type())
        return method(message, timeout=timeout, metadata=metadata) if streams else method.future(message, timeout=timeout, metadata=metadata)

    def __getattr__(self, name):
        def call(**request):
            started = self.open(name, **request)
            return (plain(event) for event in started) if self.methods[name][2] else plain(started.result())

        return call


def add(pool, files, name):
    """Adds a file after those that it imports."""
    file = files.pop(name, None)
    if file is not None:
        for imported in file.dependency:
            add(pool, files, imported)
        pool.Add(file)


def plain(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def expect(code, call):
    """Runs a call that must fail; the Kubernetes Status from the trailers."""
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"expected {code}, got {error.code()}: {error.details()}"
        trailers = dict(error.trailing_metadata())
        assert trailers.get("audit-id"), trailers
        rich = dict(fields(trailers["grpc-status-details-bin"]))
        assert rich[1] == code.value[0], rich
        assert rich[2].decode() == error.details(), (rich, error.details())
        packed = any_pb2.Any.FromString(rich[3])
        status = struct_pb2.Struct()
        assert packed.Unpack(status), packed
        status = json_format.MessageToDict(status)
        assert status["kind"] == "Status" and status["status"] == "Failure", status
        return status, error.details()
    raise AssertionError(f"expected {code}, got success")


def configmap(name, app="grpc", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": {"app": app}}, "data": data}


CONFIGMAPS = {"version": "v1", "resource": "configmaps", "namespace": "default"}
DEPLOYMENTS = {"group": "apps", "version": "v1", "resource": "deployments", "namespace": "default"}


def methods(connect, version="v1"):
    api = connect("admin", version)
    assert set(api.methods) == {"Discover", "Get", "List", "Watch", "Create", "Update", "Patch", "Delete", "DeleteCollection"}
    name = "all-" + version

    created = api.Create(object=configmap(name, name, a="1"), field_manager="grpcio", **CONFIGMAPS)["object"]
    assert created["data"] == {"a": "1"} and created["metadata"]["uid"], created
    watch = api.open("Watch", field_selector="metadata.name=" + name, resource_version=created["metadata"]["resourceVersion"], **CONFIGMAPS)
    events = (plain(event) for event in watch)

    got = api.Get(name=name, **CONFIGMAPS)["object"]
    assert got == created, (got, created)
    partial = api.Get(name=name, metadata_only=True, **CONFIGMAPS)["object"]
    assert partial["kind"] == "PartialObjectMetadata" and "data" not in partial and partial["metadata"]["name"] == name, partial

    got["data"]["a"] = "2"
    updated = api.Update(name=name, object=got, **CONFIGMAPS)
    assert updated["object"]["data"] == {"a": "2"} and not updated.get("created"), updated
    change = next(events)
    assert change["type"] == "MODIFIED" and change["object"]["data"] == {"a": "2"}, change

    patched = api.Patch(name=name, type="MERGE", patch={"data": {"b": "3"}}, **CONFIGMAPS)["object"]
    assert patched["data"] == {"a": "2", "b": "3"}, patched
    patched = api.Patch(name=name, type="JSON", patch=[{"op": "remove", "path": "/data/a"}], **CONFIGMAPS)["object"]
    assert patched["data"] == {"b": "3"}, patched
    patched = api.Patch(name=name, type="STRATEGIC", patch={"data": {"c": "4"}}, dry_run=True, **CONFIGMAPS)["object"]
    assert patched["data"] == {"b": "3", "c": "4"}, patched
    assert api.Get(name=name, **CONFIGMAPS)["object"]["data"] == {"b": "3"}
    assert [next(events)["type"] for _ in range(2)] == ["MODIFIED"] * 2

    for i in range(5):
        api.Create(object=configmap(f"{name}-page-{i}", name), **CONFIGMAPS)
    page = api.List(limit=1, **CONFIGMAPS)
    assert int(page["remaining_item_count"]) >= 5 and len(page["items"]) == 1, page
    page = api.List(label_selector="app=" + name, limit=4, **CONFIGMAPS)
    assert page["kind"] == "ConfigMapList" and page["api_version"] == "v1" and len(page["items"]) == 4 and page["continue"], page
    rest = api.List(label_selector="app=" + name, limit=4, **{"continue": page["continue"]}, **CONFIGMAPS)
    assert len(rest["items"]) == 2 and not rest.get("continue") and rest["resource_version"] == page["resource_version"], rest
    assert len(api.List(version="v1", resource="configmaps", label_selector="app=" + name)["items"]) == 6, "all namespaces"
    deleted = api.DeleteCollection(label_selector="app=" + name, field_selector="metadata.name!=" + name, **CONFIGMAPS)
    assert len(deleted["items"]) == 5, deleted

    gone = api.Delete(name=name, preconditions={"uid": created["metadata"]["uid"]}, **CONFIGMAPS)["object"]
    assert gone["kind"] == "Status" and gone["status"] == "Success", gone
    last = next(events)
    assert last["type"] == "DELETED" and last["object"]["metadata"]["name"] == name, last
    watch.cancel()

    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
           "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}},
                    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}
    web = api.Create(object=web, **DEPLOYMENTS)["object"]
    assert web["spec"]["progressDeadlineSeconds"] == 600 and web["metadata"]["generation"] == 1, web
    scale = api.Get(name=name, subresource="scale", **DEPLOYMENTS)["object"]
    scale["spec"]["replicas"] = 3
    assert api.Update(name=name, subresource="scale", object=scale, **DEPLOYMENTS)["object"]["spec"]["replicas"] == 3
    scaled = api.Patch(name=name, type="STRATEGIC", patch={"spec": {"template": {"spec": {"containers": [{"name": "d", "image": "e"}]}}}}, **DEPLOYMENTS)["object"]
    assert scaled["spec"]["replicas"] == 3 and [c["name"] for c in scaled["spec"]["template"]["spec"]["containers"]] == ["d", "c"], scaled
    api.Delete(name=name, propagation_policy="ORPHAN", grace_period_seconds=0, **DEPLOYMENTS)


def v1alpha(connect):
    methods(connect, "v1alpha")


def discover(connect):
    found = {(r.get("group", ""), r["version"], r["resource"]): r for r in connect("admin").Discover()["resources"]}
    pods = found["", "v1", "pods"]
    assert pods["kind"] == "Pod" and pods["namespaced"] and pods["short_names"] == ["po"] and "watch" in pods["verbs"], pods
    assert {"status", "eviction", "binding"} <= {s["name"] for s in pods["subresources"]}, pods
    assert not found["", "v1", "nodes"].get("namespaced")
    only = connect("admin").Discover(group="apps", version="v1")["resources"]
    assert {r["resource"] for r in only} == {"controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"}, only


def errors(connect):
    api = connect("admin")
    status, text = expect(grpc.StatusCode.NOT_FOUND, lambda: api.Get(name="no", **CONFIGMAPS))
    assert text == 'configmaps "no" not found' and status["reason"] == "NotFound" and status["code"] == 404 and status["details"]["name"] == "no", status
    api.Create(object=configmap("twice"), **CONFIGMAPS)
    status, _ = expect(grpc.StatusCode.ALREADY_EXISTS, lambda: api.Create(object=configmap("twice"), **CONFIGMAPS))
    assert status["reason"] == "AlreadyExists", status

    stale = api.Get(name="twice", **CONFIGMAPS)["object"]
    api.Patch(name="twice", type="MERGE", patch={"data": {"x": "y"}}, **CONFIGMAPS)
    stale["data"] = {"x": "z"}
    status, _ = expect(grpc.StatusCode.ABORTED, lambda: api.Update(name="twice", object=stale, **CONFIGMAPS))
    assert status["reason"] == "Conflict", status
    expect(grpc.StatusCode.ABORTED, lambda: api.Delete(name="twice", preconditions={"uid": "other"}, **CONFIGMAPS))

    status, _ = expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Create(object=configmap("Bad_Name"), **CONFIGMAPS))
    assert status["reason"] == "Invalid" and status["details"]["causes"][0]["field"] == "metadata.name", status
    strict = configmap("strict")
    strict["datum"] = {}
    status, _ = expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Create(object=strict, field_validation="STRICT", **CONFIGMAPS))
    assert 'unknown field "datum"' in status["message"], status
    warned = api.Create(object=strict, field_validation="WARN", dry_run=True, **CONFIGMAPS)
    assert warned["warnings"] == ['unknown field "datum"'], warned

    for bad in (dict(version="v1", resource="", name="x"), dict(version="", resource="pods", name="x"),
                dict(version="v1", resource="pods", namespace="default"), dict(version="v1", resource="pods", namespace="default", name="../x"),
                dict(version="v1", resource="watch", name="pods"), dict(version="v1", resource="namespaces", name="default", subresource="configmaps")):
        expect_local(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Get(**bad))
    expect_local(grpc.StatusCode.UNIMPLEMENTED, lambda: api.Get(version="v1", resource="pods", namespace="default", name="x", subresource="log"))
    expect(grpc.StatusCode.NOT_FOUND, lambda: api.Get(version="v1", resource="nonsense", namespace="default", name="x"))
    expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: list(api.Watch(field_selector="spec.nonsense=x", **CONFIGMAPS)))
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: api.Get(group="authentication.k8s.io", version="v1", resource="tokenreviews", name="x"))

    # Hundreds of causes do not fit into trailers that clients take; the first ones arrive.
    many = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "many"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
                "containers": [{"name": f"C_{i}", "image": "i"} for i in range(300)]}}}}
    status, _ = expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Create(object=many, **DEPLOYMENTS))
    assert status["reason"] == "Invalid" and len(status["details"]["causes"]) > 3 and "more causes" in status["details"]["causes"][-1]["message"], status

    reader = connect("reader")
    assert reader.Get(name="twice", **CONFIGMAPS)
    status, text = expect(grpc.StatusCode.PERMISSION_DENIED, lambda: reader.Delete(name="twice", **CONFIGMAPS))
    assert text == 'configmaps "twice" is forbidden: User "reader" cannot delete resource "configmaps" in API group "" in the namespace "default"', text
    nobody = connect("nobody")
    expect(grpc.StatusCode.PERMISSION_DENIED, lambda: nobody.List(**CONFIGMAPS))
    expect(grpc.StatusCode.PERMISSION_DENIED, lambda: list(nobody.Watch(**CONFIGMAPS)))
    anonymous = connect(None)
    status, _ = expect(grpc.StatusCode.PERMISSION_DENIED, lambda: anonymous.List(**CONFIGMAPS))
    assert "system:anonymous" in status["message"], status
    status, _ = expect(grpc.StatusCode.UNAUTHENTICATED, lambda: anonymous.List(metadata=[("authorization", "Bearer nonsense")], **CONFIGMAPS))
    assert status["reason"] == "Unauthorized", status


def expect_local(code, call):
    """An error that the edge finds before there is a request to audit."""
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"expected {code}, got {error.code()}: {error.details()}"
        return
    raise AssertionError(f"expected {code}, got success")


def numbers(connect):
    api = connect("admin")
    exact, beyond = 2 ** 53 - 1, 2 ** 53 + 1
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "numbers"}, "spec": {
        "suspend": True, "activeDeadlineSeconds": exact,
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}}
    jobs = {"group": "batch", "version": "v1", "resource": "jobs", "namespace": "default"}
    created = api.Create(object=job, dry_run=True, **jobs)["object"]
    assert created["spec"]["activeDeadlineSeconds"] == exact, created

    # What a double does not hold goes as a string of digits, both ways, and is a number in the store.
    job["spec"]["activeDeadlineSeconds"] = str(beyond)
    created = api.Create(object=job, **jobs)["object"]
    assert created["spec"]["activeDeadlineSeconds"] == str(beyond), created
    created["metadata"]["labels"] = {"touched": "yes"}
    updated = api.Update(name="numbers", object=created, **jobs)["object"]
    assert updated["spec"]["activeDeadlineSeconds"] == str(beyond), updated
    job["spec"]["activeDeadlineSeconds"] = beyond
    expect_local(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Create(object=job, **jobs))
    job["spec"]["activeDeadlineSeconds"] = "5"
    expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: api.Create(object=job, **jobs))


def deadline(connect):
    api = connect("admin")
    started = time.monotonic()
    watch = api.open("Watch", timeout=1, **CONFIGMAPS)
    try:
        for _ in watch:
            pass
        raise AssertionError("the watch ended without an error")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error
    assert 0.5 < time.monotonic() - started < 10
    ended = list(api.Watch(timeout_seconds=1, resource_version=api.List(**CONFIGMAPS)["resource_version"], **CONFIGMAPS))
    assert ended == [], "a watch whose own time is over ends without an error"


def cancel(connect):
    api = connect("admin")
    for _ in range(20):
        watch = api.open("Watch", **CONFIGMAPS)
        watch.initial_metadata()
        watch.cancel()
        try:
            list(watch)
            raise AssertionError("a cancelled watch went on")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.CANCELLED, error
    # A client that vanishes with watches open.
    for _ in range(5):
        other = connect("admin")
        watches = [other.open("Watch", **CONFIGMAPS) for _ in range(4)]
        for watch in watches:
            watch.initial_metadata()
        other.channel.close()


def hundred_watches(connect):
    api = connect("admin")
    version = api.List(**CONFIGMAPS)["resource_version"]
    watches = [api.open("Watch", resource_version=version, label_selector=f"number in ({i}, all)", **CONFIGMAPS) for i in range(100)]
    for watch in watches:
        watch.initial_metadata()
    for value in ("all", "7"):
        obj = configmap("fan-out-" + value)
        obj["metadata"]["labels"] = {"number": value}
        api.Create(object=obj, **CONFIGMAPS)
    for watch in watches:
        event = plain(next(watch))
        assert event["type"] == "ADDED" and event["object"]["metadata"]["name"] == "fan-out-all", event
    assert plain(next(watches[7]))["object"]["metadata"]["name"] == "fan-out-7"
    for watch in watches:
        watch.cancel()


def initial_events(connect):
    api = connect("admin")
    for i in range(3):
        api.Create(object=configmap(f"initial-{i}"), **CONFIGMAPS)
    watch = api.open("Watch", send_initial_events=True, allow_bookmarks=True, **CONFIGMAPS)
    names = []
    for event in map(plain, watch):
        if event["type"] == "BOOKMARK":
            assert event["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}, event
            break
        assert event["type"] == "ADDED", event
        names.append(event["object"]["metadata"]["name"])
    assert {f"initial-{i}" for i in range(3)} <= set(names), names
    watch.cancel()
    stale = api.open("Watch", resource_version="1", **CONFIGMAPS)
    try:
        for _ in stale:
            break
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.OUT_OF_RANGE, error
    stale.cancel()


def slow_reader(connect):
    """A watcher that reads nothing costs the server a bounded buffer, and others nothing."""
    api = connect("admin")
    slow, quick = connect("admin"), connect("admin")
    version = api.List(**CONFIGMAPS)["resource_version"]
    asleep = slow.open("Watch", resource_version=version, **CONFIGMAPS)
    asleep.initial_metadata()
    awake = quick.open("Watch", resource_version=version, label_selector="size=large", **CONFIGMAPS)
    awake.initial_metadata()
    large = configmap("large", text="x" * 500_000)
    large["metadata"]["labels"] = {"size": "large"}
    api.Create(object=large, **CONFIGMAPS)
    for i in range(20):
        api.Patch(name="large", type="MERGE", patch={"data": {"n": str(i)}}, **CONFIGMAPS)
    seen = 0
    for event in map(plain, awake):
        seen += 1
        if event["object"]["data"].get("n") == "19":
            break
    assert seen == 21, seen
    asleep.cancel()
    awake.cancel()


def main():
    directory, target, scenario = sys.argv[1:]
    opened = []

    def connect(user, version="v1"):
        opened.append(Api(directory, target, user, version))
        return opened[-1]

    globals()[scenario](connect)
    for api in opened:
        api.channel.close()
    print("ok", flush=True)


main()
