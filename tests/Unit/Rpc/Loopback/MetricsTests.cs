using System.Diagnostics.Metrics;
using Grpc.Core;
using Kube.Rpc.Tests.Proto;

namespace Kube.Rpc.Tests.Loopback;

public class MetricsTests
{
    [Fact]
    public async Task CallsAreCounted_ByMethodAndCode()
    {
        var seen = new Dictionary<string, long>();
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
            if (labels["grpc_method"] == "Collect" && labels["grpc_service"] == "kube.rpc.tests.Echo" && labels["grpc_type"] == "client_stream")
            {
                seen[instrument.Name + labels.GetValueOrDefault("grpc_code")] = value;
            }
        });
        listener.Start();
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnCollect = (_, _) => throw new RpcException(new Status(StatusCode.DataLoss, ""));
        using var call = server.Client.Collect();
        await LoopbackServer.FailsAsync(call.ResponseAsync);
        listener.RecordObservableInstruments();
        // Totals of the process: other tests collect as well, but none of them loses data.
        Assert.InRange(seen["grpc_server_started_total"], 1, long.MaxValue);
        Assert.Equal(1, seen["grpc_server_handled_totalDataLoss"]);
        Assert.Contains("grpc_server_msg_sent_total", seen);
        Assert.Contains("grpc_server_msg_received_total", seen);
    }
}
