"""What python-etcd3 offers, run against one member: prints what it was answered, without what differs between clusters.

Usage: etcd3_client.py HOST PORT CA CERT KEY
"""

import io
import sys
import threading

import etcd3
from etcd3.etcdrpc.auth_pb2 import Permission

HOST, PORT = sys.argv[1], int(sys.argv[2])
TLS = dict(zip(("ca_cert", "cert_cert", "cert_key"), sys.argv[3:6]))
PATIENCE = 20


def connect(**more):
    return etcd3.client(host=HOST, port=PORT, timeout=PATIENCE, **TLS, **more)


def say(what, *answers):
    print(what + ":", *answers, flush=True)


def refused(what, call):
    try:
        call()
        say(what, "not refused")
    except Exception as error:
        inner = error.args[0] if error.args else ""
        say(what, type(error).__name__, getattr(error, "details", lambda: inner)())


def keys(store):
    store.put("k/a", "1")
    store.put("k/b", "2")
    say("put, previous", store.put("k/a", "3", prev_kv=True).prev_kv.value)
    value, meta = store.get("k/a")
    say("get", value, meta.key, meta.version, meta.mod_revision - meta.create_revision, meta.lease_id)
    say("get nothing", store.get("k/none"))
    say("serializable", store.get("k/a", serializable=True)[0])
    say("prefix", [(value, meta.key) for value, meta in store.get_prefix("k/")])
    say("prefix sorted", [meta.key for _, meta in store.get_prefix("k/", sort_order="descend", sort_target="key")])
    say("by value", [value for value, _ in store.get_prefix("k/", sort_order="descend", sort_target="value")])
    say("keys only", [(value, meta.key) for value, meta in store.get_prefix("k/", keys_only=True)])
    say("range", [meta.key for _, meta in store.get_range("k/a", "k/b")])
    say("all", len(list(store.get_all())) > 1)
    say("new", store.put_if_not_exists("k/c", "c"), store.put_if_not_exists("k/c", "d"))
    say("replace", store.replace("k/c", "c", "d"), store.replace("k/c", "c", "e"), store.get("k/c")[0])
    say("delete", store.delete("k/c"), store.delete("k/c"))
    say("delete, previous", store.delete("k/b", prev_kv=True, return_response=True).prev_kvs[0].value)
    say("delete prefix", store.delete_prefix("k/").deleted)
    refused("empty key", lambda: store.put("", "x"))
    refused("too large", lambda: store.put("big", b"x" * (1600 * 1024)))


def transactions(store):
    t = store.transactions
    store.put("t/a", "1")
    done, answers = store.transaction(
        compare=[t.value("t/a") == "1", t.version("t/a") > 0, t.create("t/none") == 0, t.mod("t/a") != 0],
        success=[t.put("t/b", "2"), t.get("t/a"), t.delete("t/a"), t.txn([t.version("t/b") == 1], [t.put("t/c", "3")], [])],
        failure=[t.put("t/no", "0")])
    say("txn", done, [answer if isinstance(answer, list) and not answer else type(answer).__name__ for answer in answers])
    done, answers = store.transaction(
        compare=[t.value("t/b") < "1"], success=[], failure=[t.get("t/b"), t.get("t/c")])
    say("txn otherwise", done, [[(value, meta.key) for value, meta in answer] for answer in answers])
    refused("twice", lambda: store.transaction(compare=[], success=[t.put("t/x", "1"), t.put("t/x", "2")], failure=[]))
    refused("too many", lambda: store.transaction(compare=[], success=[t.put("t/%d" % i, "1") for i in range(129)], failure=[]))
    say("refused ones did nothing", store.get("t/x")[0], store.get("t/1")[0])


def watches(store):
    events, cancel = store.watch("w/a")
    store.put("w/a", "1")
    store.put("w/b", "no")
    store.delete("w/a")
    say("watch", [(type(e).__name__, e.key, e.value) for e in (next(events), next(events))])
    cancel()
    revision = int(store.put("w/a", "2").header.revision)
    store.put("w/c", "3")
    events, cancel = store.watch_prefix("w/", start_revision=revision, prev_kv=True)
    store.put("w/a", "4")
    say("history", [(e.key, e.value, e.prev_value) for e in (next(events), next(events), next(events))])
    cancel()
    seen, done = [], threading.Event()

    def note(answer):
        seen.extend(answer.events)
        done.set()

    watch = store.add_watch_prefix_callback("w/", note)
    store.put("w/d", "6")
    say("callback", done.wait(PATIENCE), seen[0].value)
    store.cancel_watch(watch)
    threading.Timer(0.3, lambda: store.put("w/once", "7")).start()
    say("once", store.watch_once("w/once", timeout=PATIENCE).value)
    refused("once, in vain", lambda: store.watch_once("w/never", timeout=0.2))
    store.compact(revision + 1)
    refused("compacted", lambda: next(store.watch("w/a", start_revision=revision)[0]))
    refused("compacted again", lambda: store.compact(revision))


def leases(store):
    lease = store.lease(600)
    store.put("l/a", "1", lease=lease)
    store.put("l/b", "1", lease=lease.id)
    say("lease", lease.ttl, lease.remaining_ttl > 590, lease.granted_ttl, sorted(lease.keys))
    say("refresh", [answer.TTL for answer in lease.refresh()])
    say("meta", store.get("l/a")[1].lease_id == lease.id)
    lease.revoke()
    say("revoked", store.get("l/a"), store.get_lease_info(lease.id).TTL)
    say("own id", store.lease(100, lease_id=4711).id)
    refused("id taken", lambda: store.lease(100, lease_id=4711))
    refused("revoke nothing", lambda: store.revoke_lease(99))
    refused("put with none", lambda: store.put("l/c", "1", lease=99))
    store.revoke_lease(4711)
    short = store.lease(2)
    events, cancel = store.watch("l/short")
    store.put("l/short", "1", lease=short)
    say("expiry", [type(e).__name__ for e in (next(events), next(events))])
    cancel()


def locks(store):
    # How this library waits for a lock that is held does not work with Debian's version of tenacity, whatever the server.
    lock = store.lock("one", ttl=30)
    say("lock", lock.acquire(), lock.is_acquired(), store.lock("one").is_acquired())
    say("refresh lock", [answer.TTL for answer in lock.refresh()])
    say("unlock", lock.release(), lock.is_acquired(), lock.release())
    with store.lock("two") as held:
        say("with", held.is_acquired())


def cluster(store):
    members = list(store.members)
    say("members", len(members) in (1, 3), all(m.name and m.peer_urls and m.client_urls for m in members))
    refused("no change", lambda: members[0].update(list(members[0].peer_urls)))
    say("alarms", list(store.list_alarms()))
    made = list(store.create_alarm())
    # The store takes this alarm back by itself when there is room, so what holds in between is not compared.
    say("alarm", [alarm.alarm_type for alarm in made])
    list(store.disarm_alarm())
    say("disarmed", list(store.list_alarms()))
    status = store.status()
    say("status", status.version[:2], status.db_size > 0, status.leader.name != "", status.raft_index > 0, status.raft_term > 0)
    hashes = store.hash()
    say("hash", isinstance(hashes, int))
    store.defragment()
    file = io.BytesIO()
    store.snapshot(file)
    say("snapshot", file.tell() % 4096 == 32)


def users(store):
    # Over TLS alone: grpc sends no token otherwise.
    rpc = etcd3.etcdrpc
    auth = rpc.AuthStub(store.channel)
    for user, role in (("root", "root"), ("eve", "reader")):
        auth.UserAdd(rpc.AuthUserAddRequest(name=user, password=user + "pw"))
        auth.RoleAdd(rpc.AuthRoleAddRequest(name=role))
        auth.UserGrantRole(rpc.AuthUserGrantRoleRequest(user=user, role=role))
    auth.RoleGrantPermission(rpc.AuthRoleGrantPermissionRequest(
        name="reader", perm=Permission(permType=Permission.READ, key=b"u/", range_end=b"u0")))
    store.put("u/a", "1")
    auth.AuthEnable(rpc.AuthEnableRequest())
    try:
        refused("nobody", lambda: store.get("u/a"))
        refused("wrong password", lambda: connect(user="eve", password="no"))
        eve = connect(user="eve", password="evepw")
        say("eve reads", eve.get("u/a")[0])
        refused("eve writes", lambda: eve.put("u/a", "2"))
        events, cancel = eve.watch_prefix("u/")
        root = connect(user="root", password="rootpw")
        root.put("u/a", "3")
        say("eve watches", next(events).value)
        cancel()
    finally:
        root = connect(user="root", password="rootpw")
        rpc.AuthStub(root.channel).AuthDisable(rpc.AuthDisableRequest(), metadata=root.metadata)
    for user, role in (("root", "root"), ("eve", "reader")):
        auth.UserDelete(rpc.AuthUserDeleteRequest(name=user))
        auth.RoleDelete(rpc.AuthRoleDeleteRequest(role=role))
    say("disabled", store.get("u/a")[0])


for part in (keys, transactions, watches, leases, locks, cluster, users):
    with connect() as client:
        part(client)
print("ok", flush=True)
