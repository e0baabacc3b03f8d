using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Kube.Rpc.Tests.Proto;

namespace Kube.Rpc.Tests.Loopback;

public class MetricsTests
{
    [Fact]
    public async Task CallsAreCounted_ByMethodAndCode()
    {
        var seen = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Kube.Rpc")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => $"{tag.Value}");
            if (labels["grpc_method"] == "Collect" && labels.GetValueOrDefault("grpc_code", "DataLoss") == "DataLoss")
            {
                seen.Enqueue($"{instrument.Name} {value} {string.Join(' ', labels.Values)}");
            }
        });
        listener.Start();
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnCollect = (_, _) => throw new RpcException(new Status(StatusCode.DataLoss, ""));
        using var call = server.Client.Collect();
        await LoopbackServer.FailsAsync(call.ResponseAsync);
        Assert.Contains("grpc_server_started_total 1 client_stream kube.rpc.tests.Echo Collect", seen);
        Assert.Single(seen, "grpc_server_handled_total 1 client_stream kube.rpc.tests.Echo Collect DataLoss");
    }
}
