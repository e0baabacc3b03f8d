using System.Diagnostics;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.SchedulerBench;

/// <summary>What came of a workload.</summary>
/// <param name="Bound">Measured pods that got a node.</param>
/// <param name="Wanted">Measured pods.</param>
/// <param name="Took">From the first one's creation to the last one's binding.</param>
/// <param name="AllocatedBytes">By this process meanwhile.</param>
internal readonly record struct Result(int Bound, int Wanted, TimeSpan Took, long AllocatedBytes)
{
    /// <summary>By process: of the cluster's components end to end, else of this one as "load".</summary>
    public IReadOnlyDictionary<string, double>? ProcessorSeconds { get; init; }
}

/// <summary>
/// One workload on the whole scheduler: queue, cache, snapshot, decision, assume, bind, confirmation through the watch. The clock runs from the first
/// measured pod's creation to the last one's binding.
/// </summary>
internal sealed class Run(Workload workload, double scale, TimeSpan limit)
{
    private readonly SchedulerCache _cache = new();
    private readonly NominatedPods _nominations = new();
    private readonly ClusterFacts _facts = new();

    public async Task<Result> GoAsync(CancellationToken cancellationToken)
    {
        var wanted = Math.Max(1, (int)(workload.Measured * scale));
        var api = new MemoryApi { Wanted = wanted };
        Profile[] profiles = [DefaultProfile.Create()];
        var time = new FastTime(workload.ClockSpeed);
        var queue = new SchedulingQueue(profiles, time);
        var events = new ClusterEvents(profiles, _cache, queue, _nominations);
        await using var scheduler = new PodScheduler(
            profiles, _cache, queue, _nominations, _facts, api, api, new Prng(1), time, NullLogger.Instance);
        FillCluster(api, events);
        var measured = Enumerable.Range(0, wanted).Select(i => workload.MakePod($"measured-{i}", "sched-1", workload.MeasuredPod)).ToList();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.WhenAll(
            Task.Run(() => scheduler.RunAsync(stop.Token), CancellationToken.None),
            Task.Run(() => api.WatchAsync(events, stop.Token), CancellationToken.None));
        if (workload.Name == "Unschedulable")
        {
            await WaitForRejectedAsync(queue, stop.Token);
        }

        var allocated = GC.GetTotalAllocatedBytes();
        var used = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < measured.Count; i++)
        {
            api.Put(measured[i]);
            if (workload.ChurnEvery > 0 && i % workload.ChurnEvery == 0)
            {
                Churn(api, i / workload.ChurnEvery);
                await KeepUpAsync(api, i, stop.Token);
            }
        }

        await Task.WhenAny(api.Done, Task.Delay(limit, stop.Token), running);
        clock.Stop();
        var result = new Result(api.Bound, wanted, clock.Elapsed, GC.GetTotalAllocatedBytes() - allocated)
        {
            ProcessorSeconds = new Dictionary<string, double> { ["load"] = (Environment.CpuUsage.TotalTime - used).TotalSeconds },
        };
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }

        return result;
    }

    private void FillCluster(MemoryApi api, ClusterEvents events)
    {
        for (var i = 0; i < workload.Nodes; i++)
        {
            events.NodeAdded(Workload.MakeNode($"node-{i:D5}", workload.Zones.Count == 0 ? null : workload.Zones[i % workload.Zones.Count]));
        }

        foreach (var node in workload.ExtraNodes)
        {
            events.NodeAdded(node);
        }

        if (workload.HasService)
        {
            _facts.Set(new Service
            {
                Metadata = new ObjectMeta { Name = "svc", Namespace = "sched-1" },
                Spec = new ServiceSpec { Selector = new() { ["color"] = workload.Color! } },
            });
        }

        for (var i = 0; i < workload.Initial; i++)
        {
            var pod = workload.MakePod($"initial-{i}", "sched-0", workload.InitialPod);
            if (workload.Name == "Unschedulable")
            {
                api.Put(pod);
                continue;
            }

            // Spread evenly, as the scheduler itself would have.
            pod.Spec = MemoryApi.OnNode(pod.Spec!, $"node-{i % workload.Nodes:D5}");
            api.Put(pod);
        }

        // What is there before the clock starts goes in at once.
        api.DrainInto(events);
    }

    private void Churn(MemoryApi api, int round)
    {
        var node = Workload.MakeNode($"churn-{round}", null);
        var pod = workload.MakePod($"churn-{round}", "churn", spec =>
        {
            spec.Priority = 10;
            spec.Containers![0].Resources!.Requests!["cpu"] = Api.Values.Quantity.Parse("9");
        });
        var service = new Service { Metadata = new ObjectMeta { Name = "churn", Namespace = "churn" }, Spec = new ServiceSpec { Selector = new() { ["round"] = $"{round}" } } };
        if (round > 0)
        {
            api.Delete(workload.MakePod($"churn-{round - 1}", "churn", _ => { }));
            api.Send(events => events.NodeGone(Workload.MakeNode($"churn-{round - 1}", null)));
        }

        api.Send(events =>
        {
            events.NodeAdded(node);
            if (_facts.Set(service))
            {
                events.FactsChanged();
            }
        });
        api.Put(pod);
    }

    /// <summary>Churn comes in the middle of scheduling, not all of it before: waits until the scheduler is near.</summary>
    private static async Task KeepUpAsync(MemoryApi api, int created, CancellationToken cancellationToken)
    {
        while (api.Bound < created - 500)
        {
            await Task.Delay(1, cancellationToken);
        }
    }

    private async Task WaitForRejectedAsync(SchedulingQueue queue, CancellationToken cancellationToken)
    {
        while (queue.Counts.Unschedulable < workload.Initial)
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}
