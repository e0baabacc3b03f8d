"""A grpcio server for the client under test. Prints its port, ends when its standard input does."""
import sys
import threading
import time
from concurrent import futures

import grpc

OPTIONS = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]
active = 0
lock = threading.Lock()


def count(context):
    """Counts the call as active until it ends, however that happens."""
    global active
    with lock:
        active += 1

    def done():
        global active
        with lock:
            active -= 1

    assert context.add_callback(done)


def unary(request, context):
    return request


def fail(request, context):
    code, _, text = request.partition(b":")
    context.set_trailing_metadata((("reason", "asked for"), ("raw-bin", bytes([0, 1, 254, 255]))))
    context.abort([c for c in grpc.StatusCode if c.value[0] == int(code)][0], text.decode())


def fail_late(request, context):
    yield b"before"
    fail(request, context)


def throw(request, context):
    raise RuntimeError("broken")


def hang(request, context):
    count(context)
    ended = threading.Event()
    context.add_callback(ended.set)
    ended.wait(60)
    return b""


def hang_stream(request, context):
    count(context)
    ended = threading.Event()
    context.add_callback(ended.set)
    yield b"hanging"
    ended.wait(60)


def metadata(request, context):
    found = [(k, v) for k, v in context.invocation_metadata() if k in ("text", "raw-bin")]
    context.send_initial_metadata((("initial", "i"), ("initial-bin", b"\x00\xff")))
    context.set_trailing_metadata((("trailing", "t"), ("trailing-bin", b"\x7f")))
    return b";".join(k.encode() + b"=" + (v.hex().upper().encode() if isinstance(v, bytes) else v.encode()) for k, v in found)


def expand(request, context):
    number, _, text = request.partition(b":")
    for _ in range(int(number)):
        yield text


def flood(request, context):
    count(context)
    while context.is_active():
        yield b"x" * 100_000


def collect(requests, context):
    return b",".join(requests)


def early_end(requests, context):
    next(requests)
    return b"enough"


def chat(requests, context):
    for request in requests:
        yield request


def compressed(request, context):
    context.set_compression(grpc.Compression.Gzip)
    return request


def encoding(request, context):
    return dict(context.invocation_metadata()).get("grpc-encoding", "unseen").encode()


HANDLERS = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "Fail": grpc.unary_unary_rpc_method_handler(fail),
    "FailLate": grpc.unary_stream_rpc_method_handler(fail_late),
    "Throw": grpc.unary_unary_rpc_method_handler(throw),
    "Hang": grpc.unary_unary_rpc_method_handler(hang),
    "HangStream": grpc.unary_stream_rpc_method_handler(hang_stream),
    "Metadata": grpc.unary_unary_rpc_method_handler(metadata),
    "Deadline": grpc.unary_unary_rpc_method_handler(lambda _, context: str(context.time_remaining()).encode()),
    "Active": grpc.unary_unary_rpc_method_handler(lambda _, context: str(active).encode()),
    "Expand": grpc.unary_stream_rpc_method_handler(expand),
    "Flood": grpc.unary_stream_rpc_method_handler(flood),
    "Collect": grpc.stream_unary_rpc_method_handler(collect),
    "EarlyEnd": grpc.stream_unary_rpc_method_handler(early_end),
    "Chat": grpc.stream_stream_rpc_method_handler(chat),
    "Compressed": grpc.unary_unary_rpc_method_handler(compressed),
}

server = grpc.server(futures.ThreadPoolExecutor(max_workers=130), options=OPTIONS)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("kube.conformance.Echo", HANDLERS),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
