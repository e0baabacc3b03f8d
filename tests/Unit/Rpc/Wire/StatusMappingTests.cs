using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Tests.Wire;

public class StatusMappingTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public void Http(int status, StatusCode code) => Assert.Equal(code, StatusMapping.FromHttp(status));

    [Theory]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0xc, StatusCode.PermissionDenied)]
    [InlineData(0xd, StatusCode.Internal)]
    public void Http2(int error, StatusCode code) => Assert.Equal(code, StatusMapping.FromHttp2Error(error));

    [Theory]
    [InlineData("0", StatusCode.OK)]
    [InlineData("16", StatusCode.Unauthenticated)]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("x", StatusCode.Unknown)]
    [InlineData("", StatusCode.Unknown)]
    public void Code(string text, StatusCode code) => Assert.Equal(code, StatusMapping.ParseCode(text));

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC; charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void ContentType(string? contentType, bool isGrpc) => Assert.Equal(isGrpc, Headers.IsGrpcContentType(contentType));
}
