using System.Collections.Concurrent;
using Kube.Api.Core.V1;
using Kube.Client.Informers;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Hollow;

/// <summary>
/// The hollow nodes of a process: registers them, a few at a time, keeps them alive, and gives each its pods from one watch
/// of all pods that are bound. Thread-safe.
/// </summary>
internal sealed class HollowNodes(IReadOnlyList<HollowNode> nodes)
{
    /// <summary>Nodes that register, and pods that end, at one time.</summary>
    private const int AtOnce = 32;

    private readonly Dictionary<string, HollowNode> _byName = nodes.ToDictionary(n => n.Name, StringComparer.Ordinal);
    private readonly SemaphoreSlim _ends = new(AtOnce);
    private readonly ConcurrentDictionary<string, Task> _ending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private int _registered;

    /// <summary>Nodes that the API server has.</summary>
    public int Registered => Volatile.Read(ref _registered);

    public int Count => nodes.Count;

    /// <summary>Pods that the nodes have taken and that have not ended.</summary>
    public int RunningPods => nodes.Sum(n => n.Running);

    /// <summary>Pods are told by <paramref name="pods"/> from now on.</summary>
    public void Connect(SharedInformer<Pod> pods) => pods.AddHandler(Update, (_, now) => Update(now), (pod, _) => Node(pod)?.Remove(pod));

    /// <summary>Registers the nodes and keeps each alive from then on, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        ConcurrentBag<Task> alive = [];
        try
        {
            await Parallel.ForEachAsync(
                nodes,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (node, cancel) =>
                {
                    await node.Reporter.RegisterAsync(cancel);
                    Interlocked.Increment(ref _registered);
                    alive.Add(node.Reporter.RunAsync(cancellation));
                });
            await Task.WhenAll(alive);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Task.WhenAll(alive);
        }
    }

    /// <summary>Ends no more pods.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_ending.Values);
        _stop.Dispose();
    }

    private HollowNode? Node(Pod pod) => pod.Spec?.NodeName is { } name ? _byName.GetValueOrDefault(name) : null;

    private void Update(Pod pod)
    {
        if (Node(pod) is { } node && node.Update(pod))
        {
            // One task for each pod that is deleted; the gate bounds the requests.
            _ending[pod.Uid()] = EndAsync(node, pod);
        }
    }

    private async Task EndAsync(HollowNode node, Pod pod)
    {
        try
        {
            await Task.Yield();
            await _ends.WaitAsync(_stop.Token);
            try
            {
                await node.EndAsync(pod, _stop.Token);
            }
            finally
            {
                _ends.Release();
            }

            _ending.TryRemove(pod.Uid(), out _);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The process ends; the next one ends the pod.
        }
    }
}
