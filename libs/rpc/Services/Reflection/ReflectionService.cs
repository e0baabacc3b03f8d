using Google.Protobuf;
using Grpc.Core;
using Alpha = Grpc.Reflection.V1Alpha;
using V1 = Grpc.Reflection.V1;

namespace Kube.Rpc.Services.Reflection;

/// <summary>Server reflection, version 1.</summary>
internal sealed class ReflectionService(Func<DescriptorIndex> index) : V1.ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<V1.ServerReflectionRequest> requestStream,
        IServerStreamWriter<V1.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        var session = new ReflectionSession(index());
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(session.Answer(requestStream.Current)).ConfigureAwait(false);
        }
    }
}
