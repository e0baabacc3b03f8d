using System.Diagnostics;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Client.Rest;

namespace Kube.SchedulerBench;

/// <summary>
/// One workload through the real API server and store. The clock runs from the first measured pod's creation to the last one's binding, as a
/// watch shows it.
/// </summary>
internal sealed class EndToEndRun(BenchCluster cluster, Workload workload, double scale, double clusterScale, TimeSpan limit)
{
    /// <summary>Requests under way at once.</summary>
    private const int Parallel = 64;

    private readonly KubeClient _client = cluster.Client;

    public int Nodes { get; } = Math.Max(1, (int)(workload.Nodes * clusterScale));

    public int Initial { get; } = (int)(workload.Initial * clusterScale);

    public async Task<Result> GoAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wanted = Math.Max(1, (int)(workload.Measured * scale));
        foreach (var ns in (string[])["sched-0", "sched-1", "churn"])
        {
            await _client.For<Namespace>().CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = ns } }, stop.Token);
            await _client.For<ServiceAccount>().CreateAsync(new ServiceAccount { Metadata = new ObjectMeta { Name = "default", Namespace = ns } }, stop.Token);
        }

        if (workload.HasService)
        {
            await _client.For<Service>().CreateAsync(
                new Service
                {
                    Metadata = new ObjectMeta { Name = "svc", Namespace = "sched-1" },
                    Spec = new ServiceSpec { Selector = new() { ["color"] = workload.Color! }, Ports = [new ServicePort { Port = 80 }] },
                },
                stop.Token);
        }

        await FillAsync(stop.Token);
        var bound = new Counter(wanted);
        var watching = WatchAsync(bound, stop.Token);
        var before = cluster.ProcessorSeconds();
        var clock = Stopwatch.StartNew();
        var creating = CreateAsync(wanted, stop.Token);
        await Task.WhenAny(Task.WhenAll(creating, bound.Done), Task.Delay(limit, stop.Token), watching);
        clock.Stop();
        var after = cluster.ProcessorSeconds();
        var result = new Result(bound.Count, wanted, clock.Elapsed, 0)
        {
            ProcessorSeconds = after.ToDictionary(pair => pair.Key, pair => pair.Value - before[pair.Key]),
        };
        if (creating.IsFaulted || watching.IsFaulted)
        {
            await Task.WhenAll(creating, watching);
        }

        await stop.CancelAsync();
        return result;
    }

    private static byte[] Write<T>(T value) => KubeJson.Serialize(value);

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var nodes = Enumerable.Range(0, Nodes)
            .Select(i => Workload.MakeNode($"node-{i:D5}", workload.Zones.Count == 0 ? null : workload.Zones[i % workload.Zones.Count]))
            .Concat(workload.ExtraNodes);
        await ForEachAsync(nodes, AddAsync, cancellationToken);
        var pods = Enumerable.Range(0, Initial).Select(i =>
        {
            var pod = MakePod($"initial-{i}", "sched-0", workload.InitialPod);
            if (workload.Name != "Unschedulable")
            {
                pod.Spec!.NodeName = $"node-{i % Nodes:D5}";
            }

            return pod;
        });
        await ForEachAsync(pods, pod => PostAsync($"/api/v1/namespaces/{pod.Metadata.Namespace}/pods", pod, cancellationToken), cancellationToken);

        async Task AddAsync(Node node)
        {
            node.Spec!.Taints = null;
            await PostAsync("/api/v1/nodes", node, cancellationToken);
            var status = Patch.Merge(new() { ["status"] = System.Text.Json.Nodes.JsonNode.Parse(Write(node.Status!)) });
            await _client.For<Node>().PatchAsync(null, node.Metadata.Name!, status, "status", cancellationToken);
            await _client.For<Node>().PatchAsync(
                null, node.Metadata.Name!, Patch.Merge(new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["taints"] = null } }), null, cancellationToken);
        }
    }

    private async Task CreateAsync(int wanted, CancellationToken cancellationToken)
    {
        var pods = Enumerable.Range(0, wanted).Select(i => (Index: i, Pod: MakePod($"measured-{i}", "sched-1", workload.MeasuredPod)));
        await ForEachAsync(
            pods,
            async item =>
            {
                await PostAsync("/api/v1/namespaces/sched-1/pods", item.Pod, cancellationToken);
                if (workload.ChurnEvery > 0 && item.Index % workload.ChurnEvery == 0)
                {
                    await ChurnAsync(item.Index / workload.ChurnEvery, cancellationToken);
                }
            },
            cancellationToken);
    }

    private async Task ChurnAsync(int round, CancellationToken cancellationToken)
    {
        await PostAsync("/api/v1/nodes", Workload.MakeNode($"churn-{round}", null), cancellationToken);
        await PostAsync(
            "/api/v1/namespaces/churn/pods",
            MakePod($"churn-{round}", "churn", spec => spec.Containers![0].Resources!.Requests!["cpu"] = Api.Values.Quantity.Parse("9")),
            cancellationToken);
        await PostAsync(
            "/api/v1/namespaces/churn/services",
            new Service
            {
                Metadata = new ObjectMeta { Name = $"churn-{round}", Namespace = "churn" },
                Spec = new ServiceSpec { Selector = new() { ["round"] = $"{round}" }, Ports = [new ServicePort { Port = 80 }] },
            },
            cancellationToken);
    }

    private Pod MakePod(string name, string ns, Action<PodSpec> with)
    {
        var pod = workload.MakePod(name, ns, with);
        pod.Metadata.Uid = null;

        // Whoever is preempted is gone at once: there is no kubelet that would end it.
        pod.Spec!.TerminationGracePeriodSeconds = 0;
        return pod;
    }

    /// <summary>Counts pods as they get a node.</summary>
    private async Task WatchAsync(Counter bound, CancellationToken cancellationToken)
    {
        try
        {
            var pods = _client.Metadata(ResourceKind.Of<Pod>());
            var start = await pods.ListAsync("sched-1", new ListQuery { FieldSelector = "spec.nodeName!=" }, cancellationToken);
            var query = new ListQuery { FieldSelector = "spec.nodeName!=", ResourceVersion = start.ResourceVersion };
            await foreach (var change in pods.WatchAsync("sched-1", query, cancellationToken))
            {
                if (change.Type == WatchEventType.Added)
                {
                    bound.Add();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private Task PostAsync<T>(string path, T value, CancellationToken cancellationToken) =>
        _client.RawAsync(HttpMethod.Post, path, Write(value), cancellation: cancellationToken);

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> act, CancellationToken cancellationToken) => System.Threading.Tasks.Parallel.ForEachAsync(
        items,
        new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
        async (item, _) => await act(item));

    private sealed class Counter(int wanted)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task Done => _done.Task;

        public void Add()
        {
            if (Interlocked.Increment(ref _count) == wanted)
            {
                _done.TrySetResult();
            }
        }
    }
}
