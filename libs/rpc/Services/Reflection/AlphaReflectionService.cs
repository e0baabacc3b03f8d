using Google.Protobuf;
using Grpc.Core;
using Alpha = Grpc.Reflection.V1Alpha;
using V1 = Grpc.Reflection.V1;

namespace Kube.Rpc.Services.Reflection;

/// <summary>Server reflection, version 1alpha: the same messages on the wire under another package.</summary>
internal sealed class AlphaReflectionService(Func<DescriptorIndex> index) : Alpha.ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Alpha.ServerReflectionRequest> requestStream,
        IServerStreamWriter<Alpha.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        var session = new ReflectionSession(index());
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var request = V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            var response = Alpha.ServerReflectionResponse.Parser.ParseFrom(session.Answer(request).ToByteString());
            await responseStream.WriteAsync(response).ConfigureAwait(false);
        }
    }
}
