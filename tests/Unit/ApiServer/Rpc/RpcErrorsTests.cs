using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Api.Errors;
using Kube.ApiServer.Rpc;

namespace Kube.ApiServer.Tests.Rpc;

public sealed class RpcErrorsTests
{
    [Theory]
    [InlineData(400, "BadRequest", StatusCode.InvalidArgument)]
    [InlineData(401, "Unauthorized", StatusCode.Unauthenticated)]
    [InlineData(403, "Forbidden", StatusCode.PermissionDenied)]
    [InlineData(404, "NotFound", StatusCode.NotFound)]
    [InlineData(405, "MethodNotAllowed", StatusCode.Unimplemented)]
    [InlineData(409, "AlreadyExists", StatusCode.AlreadyExists)]
    [InlineData(409, "Conflict", StatusCode.Aborted)]
    [InlineData(410, "Expired", StatusCode.OutOfRange)]
    [InlineData(413, "RequestEntityTooLarge", StatusCode.ResourceExhausted)]
    [InlineData(415, "UnsupportedMediaType", StatusCode.Unimplemented)]
    [InlineData(422, "Invalid", StatusCode.InvalidArgument)]
    [InlineData(429, "TooManyRequests", StatusCode.ResourceExhausted)]
    [InlineData(500, "InternalError", StatusCode.Internal)]
    [InlineData(500, "ServerTimeout", StatusCode.Unavailable)]
    [InlineData(503, "ServiceUnavailable", StatusCode.Unavailable)]
    [InlineData(504, "Timeout", StatusCode.DeadlineExceeded)]
    [InlineData(418, "", StatusCode.FailedPrecondition)]
    public void Codes(int code, string reason, StatusCode expected)
    {
        var error = RpcErrors.Of(new KubeStatus(code, reason, "why"));
        Assert.Equal(expected, error.StatusCode);
        Assert.Equal("why", error.Status.Detail);
        var rich = Details(error);
        Assert.Equal((int)expected, rich.Code);
        var status = Assert.Single(rich.Details).Unpack<Struct>();
        Assert.Equal(code, status.Fields["code"].NumberValue);
        Assert.Equal("why", status.Fields["message"].StringValue);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    [InlineData(5_000)]
    public void However_many_causes_there_are_the_trailers_stay_small(int count)
    {
        var causes = Enumerable.Range(0, count).Select(i => new StatusCause("FieldValueInvalid", $"Invalid value: {i}: ä", $"spec.list[{i}]")).ToList();
        var error = RpcErrors.Of(new KubeStatus(422, "Invalid", string.Join(", ", causes.Select(c => c.Message))) { Causes = causes });
        Assert.True(error.Trailers.GetValueBytes(RpcErrors.DetailsTrailer)!.Length <= 4_608);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(error.Status.Detail) <= 1_024);
        Assert.Equal(error.Status.Detail, Details(error).Message);
        var details = Details(error).Details[0].Unpack<Struct>().Fields["details"].StructValue.Fields;
        var sent = details.TryGetValue("causes", out var list) ? list.ListValue.Values.Select(v => v.StructValue.Fields).ToList() : [];
        if (sent.Count == count)
        {
            return;
        }

        Assert.Equal($"{count - sent.Count + 1} more causes", sent[^1]["message"].StringValue);
        Assert.True(sent.Count > 5);
    }

    [Fact]
    public void Causes_that_are_too_long_one_by_one_leave_the_rest()
    {
        var error = RpcErrors.Of(new KubeStatus(422, "Invalid", "x") { Causes = [new StatusCause("r", new string('x', 10_000), "f")] });
        var status = Details(error).Details[0].Unpack<Struct>();
        Assert.Equal("Invalid", status.Fields["reason"].StringValue);
        Assert.Equal("1 more causes", status.Fields["details"].StructValue.Fields["causes"].ListValue.Values[0].StructValue.Fields["message"].StringValue);
    }

    private static Google.Rpc.Status Details(RpcException error) =>
        Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes(RpcErrors.DetailsTrailer));
}
