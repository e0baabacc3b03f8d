using System.Diagnostics.Metrics;
using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Client.Config;
using Kube.Client.Informers;
using Kube.Client.Rest;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Kube.Kubelet.Hollow;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>
/// Many nodes in one process, none of which runs anything: each registers, renews its lease, reports its status and its
/// pods', as its own user over shared connections, so that the API server authorises each as it would a real node. The
/// kubeconfig's user must be allowed to impersonate them and to watch pods.
/// </summary>
public sealed class HollowHost : IAsyncDisposable, IFailable
{
    /// <summary>Pods' statuses that are on their way at one time, for all nodes together.</summary>
    private const int StatusSenders = 64;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MetricsRegistry _metrics = new();
    private readonly Meter _meter = new("Kube.Kubelet.Hollow");
    private readonly KubeClient _client;
    private readonly StatusManager _statuses;
    private readonly SharedInformer<Pod> _pods;
    private readonly HollowNodes _nodes;
    private ComponentServer? _server;
    private Task _running = Task.CompletedTask;

    private HollowHost(KubeletOptions options, HollowOptions hollow, ILoggerFactory logs, TimeProvider time)
    {
        _client = new KubeClient(
            KubeConfigFile.Load(options.KubeconfigFile) with { UserAgent = "kubelet/" + KubeVersion.GitVersion, Qps = 0 }, time, logs);
        Dictionary<string, KubeClient> clients = Enumerable.Range(hollow.First, hollow.Nodes).Select(i => Name(hollow, i)).ToDictionary(
            n => n, n => _client.As("system:node:" + n, "system:nodes"), StringComparer.Ordinal);
        _statuses = new StatusManager(new HollowPodApi(clients), time, logs.CreateLogger<StatusManager>(), StatusSenders);
        MachineFacts machine = MachineFacts.Read();
        ILogger logger = logs.CreateLogger<NodeReporter>();
        _nodes = new HollowNodes(
        [
            .. Enumerable.Range(hollow.First, hollow.Nodes).Select(i => Node(options, hollow, machine, i, clients[Name(hollow, i)], time, logger)),
        ]);
        _pods = new SharedInformer<Pod>(_client.For<Pod>(), new SharedInformerOptions<Pod>
        {
            FieldSelector = "spec.nodeName!=",
            Transform = static pod =>
            {
                pod.Metadata.ManagedFields = null;
                return pod;
            },
        });
        _nodes.Connect(_pods);
        _meter.CreateObservableGauge("hollow_nodes_registered", () => _nodes.Registered, null, "Number of hollow nodes that the API server has.");
        _meter.CreateObservableGauge("kubelet_running_pods", () => _nodes.RunningPods, null, "Number of pods that have a running pod sandbox");
    }

    /// <inheritdoc/>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Starts the nodes, which wait for the API server in the background. /healthz is well once all are registered.</summary>
    /// <exception cref="StartupException">A file is missing, the port is taken or the options contradict each other.</exception>
    public static async Task<HollowHost> StartAsync(
        KubeletOptions options, HollowOptions hollow, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        HollowHost host = new(options, hollow, logs, time);
        try
        {
            host._server = await ComponentServer.StartAsync(host.Server(options), logs, time, cancellationToken).ConfigureAwait(false);
            host._running = host.RunAsync(host._stopping.Token);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the nodes; their objects and pods stay, as those of a kubelet that stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _pods.DisposeAsync().ConfigureAwait(false);
        await _nodes.StopAsync().ConfigureAwait(false);
        await _statuses.DisposeAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _client.Dispose();
        _meter.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await _client.WaitUntilReadyAsync(stopping).ConfigureAwait(false);
            _pods.Start();
            await _nodes.RunAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception e)
        {
            _failed.TrySetResult(e);
        }
    }

    private ComponentServerOptions Server(KubeletOptions options) => new()
    {
        Endpoint = options.Endpoint,
        Certificate = ServingCertificate.Load(options.CertificateFile, options.PrivateKeyFile),
        ClientAuthorities = ServingCertificate.LoadAuthorities(options.ClientAuthorityFile),
        Live = new HealthChecks(),
        Ready = new HealthChecks().Add("nodes", () => _nodes.Registered == _nodes.Count, "not all nodes are registered yet"),
        Metrics = _metrics,
    };

    private HollowNode Node(
        KubeletOptions options, HollowOptions hollow, MachineFacts machine, int index, KubeClient client, TimeProvider time, ILogger logger)
    {
        HollowAddresses addresses = new(index);
        string name = Name(hollow, index);
        Dictionary<string, string> labels = new(options.NodeLabels, StringComparer.Ordinal);
        if (hollow.Zones > 0)
        {
            labels["topology.kubernetes.io/zone"] = $"zone-{index % hollow.Zones}";
        }

        NodeDescription description = new()
        {
            Name = name,
            Address = addresses.Node,
            Machine = machine with { MachineId = name, SystemUuid = name },
            Capacity = hollow.Capacity,
            Allocatable = hollow.Capacity,
            RuntimeVersion = $"{HollowPod.RuntimeName}://{KubeVersion.GitVersion}",
            KubeletVersion = KubeVersion.GitVersion,
            // Nobody serves logs or streams of pods that do not run.
            Port = 0,
            Labels = labels,
            Taints = [.. options.Taints.Select(KubeletHost.ParseTaint)],
        };
        NodeReporter reporter = new(client, description, _ => Task.FromResult(Healthy(time)), options.Node.Report, new SilentEvents(), logger);
        return new HollowNode(description, addresses, _statuses, reporter, time);
    }

    private static NodeObservation Healthy(TimeProvider time) => new() { Now = time.GetUtcNow() };

    private static string Name(HollowOptions hollow, int index) =>
        hollow.NamePattern.Replace("{}", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
