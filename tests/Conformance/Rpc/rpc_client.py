"""Drives the server under test with grpcio, a foreign implementation. Usage: rpc_client.py TARGET SCENARIO.

Messages are raw bytes, so no generated code is needed. A scenario that fails raises, and the process exits with 1.
"""
import os
import subprocess
import sys
import threading
import time

import grpc

SERVICE = "/kube.conformance.Echo/"
TIMEOUT = 20


def unary(channel, method):
    return channel.unary_unary(SERVICE + method)


def expect(code, call, detail=None):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"expected {code}, got {error.code()}: {error.details()}"
        if detail is not None:
            assert error.details() == detail, f"expected {detail!r}, got {error.details()!r}"
        return error
    raise AssertionError(f"expected {code}, got success")


def call_kinds(channel):
    assert unary(channel, "Unary")(b"hello", timeout=TIMEOUT) == b"hello"
    assert unary(channel, "Unary")(b"", timeout=TIMEOUT) == b""
    assert list(channel.unary_stream(SERVICE + "Expand")(b"500:x", timeout=TIMEOUT)) == [b"x"] * 500
    assert list(channel.unary_stream(SERVICE + "Expand")(b"0:x", timeout=TIMEOUT)) == []
    assert list(channel.unary_stream(SERVICE + "ExpandBuffered")(b"5000:yy", timeout=TIMEOUT)) == [b"yy"] * 5000
    collect = channel.stream_unary(SERVICE + "Collect")
    assert collect(iter([b"a", b"b", b"c"]), timeout=TIMEOUT) == b"a,b,c"
    assert collect(iter([]), timeout=TIMEOUT) == b""
    conversation(channel, 200)


def conversation(channel, rounds):
    """Sends the next request only after the answer to the last, so nothing may be held back on either side."""
    answered = threading.Semaphore(1)

    def requests():
        for i in range(rounds):
            assert answered.acquire(timeout=TIMEOUT)
            yield b"%d" % i

    seen = 0
    for answer in channel.stream_stream(SERVICE + "Chat")(requests(), timeout=TIMEOUT):
        assert answer == b"%d" % seen, answer
        seen += 1
        answered.release()
    assert seen == rounds


def large_message(channel):
    payload = os.urandom(4 * 1024 * 1024)
    for _ in range(3):
        assert unary(channel, "Unary")(payload, timeout=TIMEOUT) == payload
    assert list(channel.stream_stream(SERVICE + "Chat")(iter([payload] * 3), timeout=TIMEOUT)) == [payload] * 3


def hundred_streams(channel):
    calls = []
    for i in range(100):
        gate = threading.Event()

        def requests(number=i, released=gate):
            yield b"first %d" % number
            assert released.wait(TIMEOUT)
            yield b"second %d" % number

        calls.append((gate, channel.stream_stream(SERVICE + "Chat")(requests(), timeout=60)))
    for i, (_, call) in enumerate(calls):
        assert next(call) == b"first %d" % i
    assert unary(channel, "Active")(b"", timeout=TIMEOUT) == b"100"
    for gate, _ in calls:
        gate.set()
    for i, (_, call) in enumerate(calls):
        assert list(call) == [b"second %d" % i]


def errors(channel):
    error = expect(
        grpc.StatusCode.FAILED_PRECONDITION,
        lambda: unary(channel, "Fail")("9:não 100%\n你好".encode(), timeout=TIMEOUT),
        "não 100%\n你好")
    trailers = dict(error.trailing_metadata())
    assert trailers["reason"] == "asked for", trailers
    assert trailers["raw-bin"] == bytes([0, 1, 254, 255]), trailers
    for code in grpc.StatusCode:
        if code != grpc.StatusCode.OK:
            expect(code, lambda: unary(channel, "Fail")(b"%d:x" % code.value[0], timeout=TIMEOUT), "x")
    stream = channel.unary_stream(SERVICE + "FailLate")(b"10:late", timeout=TIMEOUT)
    assert next(stream) == b"before"
    error = expect(grpc.StatusCode.ABORTED, lambda: next(stream), "late")
    assert dict(error.trailing_metadata())["reason"] == "asked for"
    expect(grpc.StatusCode.UNKNOWN, lambda: unary(channel, "Throw")(b"", timeout=TIMEOUT))
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: unary(channel, "Nothing")(b"", timeout=TIMEOUT),
           "unknown method Nothing for service kube.conformance.Echo")
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: channel.unary_unary("/no.Such/Thing")(b"", timeout=TIMEOUT),
           "unknown service no.Such")


def oversize(channel):
    expect(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary(channel, "Unary")(b"x" * (6 * 1024 * 1024), timeout=TIMEOUT),
           "received message larger than max (6291456 vs. 5242880)")
    assert unary(channel, "Unary")(b"after", timeout=TIMEOUT) == b"after"
    expect(grpc.StatusCode.RESOURCE_EXHAUSTED,
           lambda: list(channel.stream_stream(SERVICE + "Chat")(iter([b"x" * (6 * 1024 * 1024)] * 3), timeout=TIMEOUT)))
    assert unary(channel, "Unary")(b"after", timeout=TIMEOUT) == b"after"


def metadata(channel):
    sent = (("text", "some text"), ("raw-bin", bytes(range(256))), ("raw-bin", b"\x01"), ("raw-bin", b""))
    answer, call = unary(channel, "Metadata").with_call(b"", metadata=sent, timeout=TIMEOUT)
    assert answer == b"text=some text;raw-bin=" + bytes(range(256)).hex().upper().encode() + b";raw-bin=01;raw-bin=", answer
    initial, trailing = dict(call.initial_metadata()), dict(call.trailing_metadata())
    assert initial["initial"] == "i" and initial["initial-bin"] == b"\x00\xff", initial
    assert trailing["trailing"] == "t" and trailing["trailing-bin"] == b"\x7f", trailing


def deadline(channel):
    began = time.monotonic()
    expect(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: unary(channel, "Hang")(b"", timeout=0.3))
    assert time.monotonic() - began < 10
    expect(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(channel.unary_stream(SERVICE + "HangStream")(b"", timeout=0.3)))
    wait_idle(channel)
    left = float(unary(channel, "Deadline")(b"", timeout=30))
    assert 25 < left <= 30.1, left


def cancel(channel):
    call = unary(channel, "Hang").future(b"", timeout=60)
    wait_active(channel, 1)
    call.cancel()
    wait_idle(channel)
    stream = channel.unary_stream(SERVICE + "HangStream")(b"", timeout=60)
    assert next(stream) == b"hanging"
    stream.cancel()
    wait_idle(channel)
    released = threading.Event()

    def requests():
        yield b"one"
        released.wait(TIMEOUT)

    chat = channel.stream_stream(SERVICE + "Chat")(requests(), timeout=60)
    assert next(chat) == b"one"
    chat.cancel()
    wait_idle(channel)
    released.set()


def slow_reader(channel):
    """Opens a flood and reads nothing: the server has to stop writing."""
    flood = channel.unary_stream(SERVICE + "Flood")(b"", timeout=60)
    next(flood)
    last, still = -1, 0
    for _ in range(2000):
        now = int(unary(channel, "Flooded")(b"", timeout=TIMEOUT))
        still = still + 1 if now == last else 0
        last = now
        if still == 20:
            break
    assert still == 20, "the server goes on writing"
    assert last < 64 * 1024 * 1024, last
    flood.cancel()
    wait_idle(channel)


def vanish(channel):
    """Another process dies in the middle of its streams, without a word."""
    children = [subprocess.Popen([sys.executable, __file__, sys.argv[1], "die"], stdout=subprocess.PIPE) for _ in range(3)]
    for child in children:
        assert child.stdout.readline().strip() == b"open"
    wait_active(channel, 30)
    for child in children:
        child.kill()
        child.wait(TIMEOUT)
    wait_idle(channel)
    call_kinds(channel)


def die(channel):
    streams = [channel.unary_stream(SERVICE + "HangStream")(b"", timeout=60) for _ in range(10)]
    for stream in streams:
        assert next(stream) == b"hanging"
    print("open", flush=True)
    time.sleep(60)


def gzip(channel):
    payload = b"abc" * 100_000
    calls = unary(channel, "Unary"), channel.stream_stream(SERVICE + "Chat")
    assert calls[0](payload, compression=grpc.Compression.Gzip, timeout=TIMEOUT) == payload
    assert list(calls[1](iter([payload] * 5), compression=grpc.Compression.Gzip, timeout=TIMEOUT)) == [payload] * 5
    answer, call = unary(channel, "Encoding").with_call(payload, compression=grpc.Compression.Gzip, timeout=TIMEOUT)
    assert answer == b"gzip", answer
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: calls[0](payload, compression=grpc.Compression.Deflate, timeout=TIMEOUT))


def wait_active(channel, count):
    for _ in range(2000):
        if int(unary(channel, "Active")(b"", timeout=TIMEOUT)) >= count:
            return
    raise AssertionError(f"the server never had {count} calls")


def wait_idle(channel):
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if unary(channel, "Active")(b"", timeout=TIMEOUT) == b"0":
            return
    raise AssertionError("calls are left on the server")


def main():
    options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]
    with grpc.insecure_channel(sys.argv[1], options=options) as channel:
        globals()[sys.argv[2]](channel)
    print("ok")


main()
