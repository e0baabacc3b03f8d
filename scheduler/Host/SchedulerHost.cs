using Kube.Base;
using Kube.Client.Config;
using Kube.Client.Events;
using Kube.Client.Informers;
using Kube.Client.LeaderElection;
using Kube.Client.Rest;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Host.Configuration;
using Kube.Scheduler.Host.Extenders;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;
using Microsoft.Extensions.Logging;

namespace Kube.Scheduler.Host;

/// <summary>A scheduler: informers, cache, queue, loop and health server, wired. Dispose it to stop.</summary>
public sealed class SchedulerHost : IAsyncDisposable, IFailable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<IAsyncDisposable> _owned = new();
    private readonly MetricsRegistry _metrics = new();
    private KubeClient? _client;
    private Task _running = Task.CompletedTask;

    private SchedulerHost()
    {
    }

    /// <inheritdoc/>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Starts the scheduler. It waits for the API server in the background; readiness tells when it is at work.</summary>
    /// <exception cref="StartupException">A file is missing or the port is taken.</exception>
    public static async Task<SchedulerHost> StartAsync(
        SchedulerOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new SchedulerHost();
        try
        {
            await host.StartCoreAsync(options, logs, time, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }

        _client?.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private async Task StartCoreAsync(
        SchedulerOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var configuration = LoadConfiguration(options.ConfigFile);
        var kubeconfig = LoadKubeconfig(options.KubeconfigFile ?? configuration.Kubeconfig
            ?? throw new StartupException("--kubeconfig is needed, or a --config that names it"));
        var client = _client = new KubeClient(
            kubeconfig with
            {
                UserAgent = "kube-scheduler/" + KubeVersion.GitVersion,
                Qps = configuration.Qps ?? kubeconfig.Qps,
                Burst = configuration.Burst ?? kubeconfig.Burst,
            },
            time,
            logs);
        var events = Own(new EventRecorder(client, DefaultProfile.SchedulerName));
        var profiles = configuration.Profiles;
        var cache = new SchedulerCache();
        var facts = new ClusterFacts();
        var nominations = new NominatedPods();
        var queue = new SchedulingQueue(profiles, time, configuration.Queue);
        var informers = Own(new SharedInformerFactory(client));
        Connect(informers, new ClusterEvents(profiles, cache, queue, nominations), facts);
        var scheduler = Own(new PodScheduler(
            profiles, cache, queue, nominations, facts, new ApiPodBinder(client), events, new Prng(options.Seed), time, logs.CreateLogger<PodScheduler>())
        {
            Extenders = [.. configuration.Extenders.Select(extender => Own(new HttpExtender(extender, time, logs.CreateLogger<HttpExtender>())))],
        });
        var ready = new HealthChecks().Add("informer-sync", () => informers.HaveSynced, "the informers have not synced yet");
        if (options.SecureEndpoint.Port > 0)
        {
            Own(await ServeAsync(options, ready, logs, time, cancellationToken).ConfigureAwait(false));
        }

        _running = RunAsync(
            options.LeaderElect ?? configuration.LeaderElect ?? true ? configuration.Election with { Identity = options.Identity } : null,
            client,
            informers,
            scheduler,
            _stopping.Token);
    }

    private async Task RunAsync(
        LeaderElectionOptions? election, KubeClient client, SharedInformerFactory informers, PodScheduler scheduler, CancellationToken cancellationToken)
    {
        try
        {
            await client.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
            informers.Start();
            await informers.WaitForSyncAsync(cancellationToken).ConfigureAwait(false);
            if (election is null)
            {
                await scheduler.RunAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            // A lost lease is no reason to end: the informers go on, and the next lease starts from what they know.
            while (!cancellationToken.IsCancellationRequested)
            {
                var elector = new LeaderElector(client, election);
                await elector.RunAsync(scheduler.RunAsync, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception e)
        {
            _failed.TrySetResult(e);
        }
    }

    private static SchedulerConfiguration LoadConfiguration(string? file)
    {
        if (file is null)
        {
            return new SchedulerConfiguration();
        }

        try
        {
            return SchedulerConfiguration.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--config {file}: {e.Message}", e);
        }
    }

    private static KubeClientOptions LoadKubeconfig(string file)
    {
        try
        {
            return KubeConfig.Load(file).ToOptions();
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--kubeconfig {file}: {e.Message}", e);
        }
    }

    private static void Connect(SharedInformerFactory informers, ClusterEvents events, ClusterFacts facts)
    {
        informers.For<Api.Core.V1.Node>().AddHandler(
            events.NodeAdded, events.NodeChanged, (node, _) => events.NodeGone(node));
        informers.For(new SharedInformerOptions<Api.Core.V1.Pod> { FieldSelector = "status.phase!=Succeeded,status.phase!=Failed", Transform = WithoutOwnership })
            .AddHandler(events.PodChanged, (_, pod) => events.PodChanged(pod), (pod, _) => events.PodGone(pod));
        ConnectFacts<Api.Core.V1.Namespace>(informers, events, facts.Set, facts.Remove);
        ConnectFacts<Api.Core.V1.Service>(informers, events, facts.Set, facts.Remove);
        ConnectFacts<Api.Core.V1.ReplicationController>(
            informers, events, facts.Set, gone => facts.RemoveController(gone.Metadata.Namespace, nameof(Api.Core.V1.ReplicationController), gone.Metadata.Name!));
        ConnectFacts<Api.Apps.V1.ReplicaSet>(
            informers, events, facts.Set, gone => facts.RemoveController(gone.Metadata.Namespace, nameof(Api.Apps.V1.ReplicaSet), gone.Metadata.Name!));
        ConnectFacts<Api.Apps.V1.StatefulSet>(
            informers, events, facts.Set, gone => facts.RemoveController(gone.Metadata.Namespace, nameof(Api.Apps.V1.StatefulSet), gone.Metadata.Name!));
        var storage = facts.Storage;
        ConnectStorage<Api.Core.V1.PersistentVolumeClaim>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Core.V1.PersistentVolume>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Storage.V1.StorageClass>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Storage.V1.CSIDriver>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Storage.V1.CSINode>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Storage.V1.CSIStorageCapacity>(informers, events, storage.Set, storage.Remove);
        ConnectStorage<Api.Storage.V1.VolumeAttachment>(informers, events, storage.Set, gone => events.StorageChanged(storage.Remove(gone)));
        informers.For<Api.Policy.V1.PodDisruptionBudget>().AddHandler(facts.Set, (_, budget) => facts.Set(budget), (budget, _) => facts.Remove(budget));
    }

    /// <summary>Who owns which field of a pod is half of it, and nothing to a scheduler.</summary>
    private static Api.Core.V1.Pod WithoutOwnership(Api.Core.V1.Pod pod)
    {
        pod.Metadata.ManagedFields = null;
        return pod;
    }

    private static void ConnectFacts<T>(SharedInformerFactory informers, ClusterEvents events, Func<T, bool> set, Action<T> remove)
        where T : class, Api.Meta.V1.IKubeObject, new()
    {
        void Changed(T value)
        {
            if (set(value))
            {
                events.FactsChanged();
            }
        }

        informers.For<T>().AddHandler(Changed, (_, value) => Changed(value), (value, _) => remove(value));
    }

    private static void ConnectStorage<T>(SharedInformerFactory informers, ClusterEvents events, Func<T, ClusterEvent?> set, Action<T> remove)
        where T : class, Api.Meta.V1.IKubeObject, new()
    {
        void Changed(T value)
        {
            if (set(value) is { } change)
            {
                events.StorageChanged(change);
            }
        }

        informers.For<T>().AddHandler(Changed, (_, value) => Changed(value), (value, _) => remove(value));
    }

    private async Task<ComponentServer> ServeAsync(
        SchedulerOptions options, HealthChecks ready, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.CertificateFile is null || options.PrivateKeyFile is null)
        {
            throw new StartupException("--tls-cert-file and --tls-private-key-file are needed to serve health and metrics (or --secure-port 0)");
        }

        return await ComponentServer.StartAsync(
            new ComponentServerOptions
            {
                Endpoint = options.SecureEndpoint,
                Certificate = ServingCertificate.Load(options.CertificateFile, options.PrivateKeyFile),
                ClientAuthorities = options.ClientAuthorityFile is null ? null : ServingCertificate.LoadAuthorities(options.ClientAuthorityFile),
                Live = new HealthChecks(),
                Ready = ready,
                Metrics = _metrics,
            },
            logs,
            time,
            cancellationToken).ConfigureAwait(false);
    }

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
