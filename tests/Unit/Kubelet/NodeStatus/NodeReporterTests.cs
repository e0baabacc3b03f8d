using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Client.Rest;
using Kube.Kubelet.Hollow;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.NodeStatus;

public sealed class NodeReporterTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new(Pods.Now);
    private readonly NodesInMemory _server = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly KubeClient _client;
    private readonly NodeReporter _reporter;
    private readonly Task _running;
    private NodeObservation _observation = new() { Now = Pods.Now };

    public NodeReporterTests()
    {
        _client = new KubeClient(new KubeClientOptions { Server = new Uri("http://api"), Handler = _server }, _time);
        NodeDescription description = new()
        {
            Name = "n",
            Address = "10.0.0.1",
            Machine = new MachineFacts(),
            Capacity = new Dictionary<string, Quantity> { ["cpu"] = new(4) },
            Allocatable = new Dictionary<string, Quantity> { ["cpu"] = new(3) },
            RuntimeVersion = "process://1",
            KubeletVersion = "v1",
            Port = 10250,
            Taints = [new Taint { Key = "a", Effect = "NoSchedule" }],
        };
        _reporter = new NodeReporter(
            _client, description, _ => Task.FromResult(_observation with { Now = _time.GetUtcNow() }), new NodeReportOptions(), new SilentEvents(), NullLogger.Instance);
        _running = _reporter.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_node_registers_with_its_status_and_a_lease_that_it_owns()
    {
        await LeaseOfAsync(1);

        JsonObject node = _server.Node!;
        Assert.Equal("4", node["status"]!["capacity"]!["cpu"]!.GetValue<string>());
        Assert.Equal("3", node["status"]!["allocatable"]!["cpu"]!.GetValue<string>());
        Assert.Equal("a", node["spec"]!["taints"]![0]!["key"]!.GetValue<string>());
        Assert.Equal(40, _server.Lease!["spec"]!["leaseDurationSeconds"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_lease_is_renewed_every_ten_seconds_and_survives_a_server_that_is_away()
    {
        await LeaseOfAsync(1);
        _server.Away = true;
        int refused = _server.Refused;
        await AdvanceUntilAsync(() => _server.Refused > refused, "the renewal fails");
        _server.Away = false;
        DateTimeOffset back = _time.GetUtcNow();
        await AdvanceUntilAsync(() => Renewed() >= back, "the lease is renewed");
    }

    [Fact]
    public async Task A_change_is_reported_at_once_when_asked()
    {
        await LeaseOfAsync(1);
        _observation = _observation with { Pressures = new HashSet<string> { "DiskPressure" } };

        _reporter.Look();

        await Eventually.HoldsAsync(() => Condition("DiskPressure") == "True", "the pressure is reported");
    }

    [Fact]
    public async Task A_node_that_is_removed_is_registered_anew_and_owns_its_lease_again()
    {
        await LeaseOfAsync(1);
        _server.Remove();

        _observation = _observation with { Pressures = new HashSet<string> { "MemoryPressure" } };
        _reporter.Look();

        await LeaseOfAsync(2);
        Assert.Equal("a", _server.Node!["spec"]!["taints"]![0]!["key"]!.GetValue<string>());
        await Eventually.HoldsAsync(() => Condition("MemoryPressure") == "True", "its status is whole");
    }

    private string? Condition(string type) =>
        _server.Node?["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string)c!["type"]! == type)?["status"]?.GetValue<string>();

    private DateTimeOffset Renewed() => DateTimeOffset.Parse(_server.Lease!["spec"]!["renewTime"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private Task LeaseOfAsync(int node) => Eventually.HoldsAsync(
        () => _server.Lease?["metadata"]?["ownerReferences"]?[0]?["uid"]?.GetValue<string>() == "node-" + node, $"node {node} owns its lease");

    private Task AdvanceUntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        what);

    /// <summary>As much of an API server as one node needs: the node, and its lease, which goes with it.</summary>
    private sealed class NodesInMemory : HttpMessageHandler
    {
        private readonly Lock _lock = new();
        private int _nodes;
        private int _refused;

        public JsonObject? Node { get; private set; }

        public JsonObject? Lease { get; private set; }

        public bool Away { get; set; }

        public int Refused => Volatile.Read(ref _refused);

        public void Remove()
        {
            lock (_lock)
            {
                (Node, Lease) = (null, null);
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Away)
            {
                Interlocked.Increment(ref _refused);
                throw new HttpRequestException("connection refused");
            }

            JsonObject? body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken))!.AsObject();
            bool lease = request.RequestUri!.AbsolutePath.Contains("/leases", StringComparison.Ordinal);
            lock (_lock)
            {
                JsonObject? found = lease ? Lease : Node;
                if (request.Method == HttpMethod.Post)
                {
                    found = body!;
                    found["metadata"]!["uid"] = lease ? "lease" : $"node-{++_nodes}";
                }
                else if (found is null)
                {
                    return Answer(HttpStatusCode.NotFound, new JsonObject { ["kind"] = "Status", ["code"] = 404, ["reason"] = "NotFound" });
                }
                else if (request.Method == HttpMethod.Put)
                {
                    found = body!;
                }
                else if (request.Method == HttpMethod.Patch)
                {
                    Merge(found, body!);
                }

                (Node, Lease) = lease ? (Node, found) : (found, Lease);
                return Answer(HttpStatusCode.OK, found);
            }
        }

        private static void Merge(JsonObject target, JsonObject patch)
        {
            foreach ((string key, JsonNode? value) in patch)
            {
                if (value is JsonObject inner && target[key] is JsonObject known)
                {
                    Merge(known, inner);
                }
                else
                {
                    target[key] = value is JsonArray list ? new JsonArray([.. list.Where(i => i is not JsonObject o || !o.ContainsKey("$patch")).Select(i => i!.DeepClone())]) : value?.DeepClone();
                }
            }
        }

        private static HttpResponseMessage Answer(HttpStatusCode code, JsonObject body) =>
            new(code) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
