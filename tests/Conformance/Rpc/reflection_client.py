"""Calls a server about which it knows nothing, the way grpcurl does: reflection gives the types, health is called
with them. Usage: reflection_client.py TARGET v1|v1alpha
"""
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TIMEOUT = 20


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def fields(message):
    """The length-delimited and varint fields of a message, as (number, value)."""
    position = 0

    def read():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        tag = read()
        if tag & 7 == 2:
            length = read()
            yield tag >> 3, message[position:position + length]
            position += length
        elif tag & 7 == 0:
            yield tag >> 3, read()
        else:
            raise AssertionError(f"unexpected wire type {tag & 7}")


def reflect(channel, version, requests):
    method = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
    for request, response in zip(requests, channel.stream_stream(method)(iter(requests), timeout=TIMEOUT)):
        found = dict(fields(response))
        assert found[2] == request, "the original request is not repeated"
        yield found


def main():
    target, version = sys.argv[1:]
    with grpc.insecure_channel(target) as channel:
        listed, = reflect(channel, version, [field(7, b"")])
        services = [dict(fields(value))[1].decode() for number, value in fields(listed[6]) if number == 1]
        for name in ("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"):
            assert name in services, services

        pool = descriptor_pool.DescriptorPool()
        seen = set()
        for found in reflect(channel, version, [field(4, name.encode()) for name in services]):
            for number, value in fields(found[4]):
                assert number == 1
                file = descriptor_pb2.FileDescriptorProto.FromString(value)
                if file.name not in seen:
                    seen.add(file.name)
                    pool.Add(file)
        missing, = reflect(channel, version, [field(4, b"no.such.Symbol")])
        assert dict(fields(missing[7]))[1] == 5, "NOT_FOUND expected"

        for name in services:
            assert pool.FindServiceByName(name).methods, name
        method = pool.FindServiceByName("grpc.health.v1.Health").FindMethodByName("Check")
        factory = message_factory.MessageFactory(pool)
        request_type = factory.GetPrototype(method.input_type)
        response_type = factory.GetPrototype(method.output_type)
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=request_type.SerializeToString, response_deserializer=response_type.FromString)
        assert check(request_type(), timeout=TIMEOUT).status == 1
        assert check(request_type(service="up"), timeout=TIMEOUT).status == 1
        assert check(request_type(service="down"), timeout=TIMEOUT).status == 2
        try:
            check(request_type(service="unknown"), timeout=TIMEOUT)
            raise AssertionError("NOT_FOUND expected")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.NOT_FOUND
        watch = channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=request_type.SerializeToString, response_deserializer=response_type.FromString)
        updates = watch(request_type(service="unknown"), timeout=TIMEOUT)
        assert next(updates).status == 3
        updates.cancel()
    print("ok")


if __name__ == "__main__":
    main()
