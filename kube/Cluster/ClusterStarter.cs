using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Kube.Hosting;
using Kube.Pki;

namespace Kube.Cluster;

/// <summary>
/// Brings a cluster up: certificates, processes, then waits until every component is ready and every node Ready.
/// What a failed start has started, it stops again.
/// </summary>
internal sealed class ClusterStarter(ClusterHome home, TextWriter output)
{
    /// <summary>The time that the whole cluster may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>Starts whatever of the cluster does not run.</summary>
    /// <param name="requested">Makes the options of a new cluster, or checks them against the home's.</param>
    /// <exception cref="StartupException">A component failed or a precondition does not hold; nothing that this call started is left running.</exception>
    public async Task UpAsync(Func<ClusterOptions?, ClusterOptions> requested, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        home.Create();
        using var homeLock = await HomeLock.TakeAsync(home, cancellationToken).ConfigureAwait(false);
        var saved = ClusterOptions.Load(home);
        var options = ChoosePorts(requested(saved));
        var plan = new ClusterPlan(home, options);
        var missing = plan.Components.Where(component => new ComponentProcess(home, component.Name).RunningPid() is null).ToList();
        if (missing.Count > 0)
        {
            CheckPorts(missing);
            options.Save(home);
            new ClusterPki(home, options, TimeProvider.System).Ensure();
            StoreEnvironment.Write(home, options);
        }

        try
        {
            await StartAndWaitAsync(options, plan, missing, cancellationToken).ConfigureAwait(false);
        }
        catch when (saved is null)
        {
            // A cluster that never was: the next try may ask for other options. Logs stay, to be read.
            File.Delete(home.OptionsFile);
            Directory.Delete(home.Data(string.Empty), recursive: true);
            throw;
        }

        await output.WriteLineAsync(missing.Count == 0
            ? "The cluster is up already."
            : $"The cluster is up after {watch.Elapsed.TotalSeconds:0.0} s.").ConfigureAwait(false);
        await output.WriteLineAsync($"Next: kubectl --kubeconfig {Relative(home.Kubeconfig)} get nodes").ConfigureAwait(false);
    }

    /// <summary>
    /// Starts one component of an existing cluster and waits until it is ready. A store member need only answer: whether
    /// it is ready depends on the others, which may be started after it.
    /// </summary>
    /// <exception cref="StartupException">It ended again, or is not ready in time; in the latter case it is left running.</exception>
    public async Task StartAsync(string name, CancellationToken cancellationToken)
    {
        var options = ClusterOptions.Load(home) ?? throw new StartupException($"there is no cluster in {home.Path}; run 'cluster up' first");
        var component = new ClusterPlan(home, options).Find(name);
        var started = new Dictionary<string, int>();
        using (await HomeLock.TakeAsync(home, cancellationToken).ConfigureAwait(false))
        {
            if (new ComponentProcess(home, name).RunningPid() is { } pid)
            {
                await output.WriteLineAsync($"{name} runs already (pid {pid})").ConfigureAwait(false);
                return;
            }

            CheckPorts([component]);
            started[name] = new ComponentProcess(home, name).Start(component);
        }

        using var probe = new ReadinessProbe(home, options);
        await WaitAsync(
            component.Trust == ProbeTrust.Store ? name + " started" : name + " ready",
            token => component.Trust == ProbeTrust.Store ? probe.CheckAnswersAsync(component, token) : probe.CheckAsync(component, token),
            () => FindDead(started),
            Stopwatch.StartNew(),
            cancellationToken,
            name).ConfigureAwait(false);
    }

    private async Task StartAndWaitAsync(
        ClusterOptions options, ClusterPlan plan, IReadOnlyList<ComponentSpec> missing, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var started = new Dictionary<string, int>();
        try
        {
            foreach (var component in missing)
            {
                started[component.Name] = new ComponentProcess(home, component.Name).Start(component);
            }

            using var probe = new ReadinessProbe(home, options);
            foreach (var component in plan.Components)
            {
                await WaitForComponentAsync(probe, component, started, watch, cancellationToken).ConfigureAwait(false);
            }

            await WaitAsync(
                "nodes Ready", probe.CheckNodesAsync, () => FindDead(started), watch, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var component in missing.Reverse().Where(component => started.ContainsKey(component.Name)))
            {
                var process = new ComponentProcess(home, component.Name);
                await process.StopAsync(StopGrace, CancellationToken.None).ConfigureAwait(false);
                await process.CleanUpAsync(component, CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }
    }

    private Task WaitForComponentAsync(
        ReadinessProbe probe, ComponentSpec component, Dictionary<string, int> started, Stopwatch watch, CancellationToken cancellationToken) =>
        WaitAsync(
            component.Name + " ready",
            token => probe.CheckAsync(component, token),
            () => FindDead(started),
            watch,
            cancellationToken,
            component.Name);

    private async Task WaitAsync(
        string what,
        Func<CancellationToken, Task<string?>> check,
        Func<string?> findDead,
        Stopwatch watch,
        CancellationToken cancellationToken,
        string? component = null)
    {
        var announced = watch.Elapsed;
        while (await check(cancellationToken).ConfigureAwait(false) is { } reason)
        {
            if (findDead() is { } dead)
            {
                throw new StartupException(dead);
            }

            if (watch.Elapsed > Limit)
            {
                var log = component is null ? string.Empty : Tail(component);
                throw new StartupException($"no {what} within {Limit.TotalSeconds:0} s: {reason}{log}");
            }

            if (watch.Elapsed - announced > TimeSpan.FromSeconds(2))
            {
                announced = watch.Elapsed;
                await output.WriteLineAsync($"  waiting for {what}: {reason}").ConfigureAwait(false);
            }

            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
        }

        await output.WriteLineAsync($"  {what} ({watch.Elapsed.TotalSeconds:0.0} s)").ConfigureAwait(false);
    }

    private string? FindDead(Dictionary<string, int> started)
    {
        foreach (var (name, pid) in started)
        {
            if (DetachedProcess.Reap(pid) is { } code)
            {
                return $"{name} ended with exit code {code}{Tail(name)}";
            }
        }

        return null;
    }

    private string Tail(string component) =>
        $"; the last lines of {Relative(home.Log(component))}:\n{new ComponentProcess(home, component).LastLogLines(10)}";

    /// <summary>
    /// Ports without a flag of their own are chosen when the cluster is made: the usual ones, or the next free ones
    /// where another cluster has those.
    /// </summary>
    private static ClusterOptions ChoosePorts(ClusterOptions options)
    {
        if (options.KubeletPorts.Count == options.Nodes)
        {
            return options;
        }

        var taken = ListeningPorts();
        int Next(int from)
        {
            while (!taken.Add(from))
            {
                from++;
            }

            return from;
        }

        var kubelets = options.KubeletPorts.ToList();
        var isNew = kubelets.Count == 0;
        var controllers = isNew ? Next(options.ControllersPort) : options.ControllersPort;
        var scheduler = isNew ? Next(options.SchedulerPort) : options.SchedulerPort;
        while (kubelets.Count < options.Nodes)
        {
            // 10250 and up, past the ports of the other components (10256 to 10259).
            var port = Next(10250 + kubelets.Count);
            kubelets.Add(port is >= 10256 and <= 10259 ? Next(10260) : port);
        }

        return options with
        {
            ControllersPort = controllers,
            SchedulerPort = scheduler,
            KubeletPorts = [.. kubelets.Take(options.Nodes)],
        };
    }

    private static HashSet<int> ListeningPorts() =>
        [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(endpoint => endpoint.Port)];

    private static void CheckPorts(IReadOnlyList<ComponentSpec> components)
    {
        foreach (var component in components)
        {
            foreach (var port in component.Ports)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                    socket.Listen(1);
                }
                catch (SocketException e)
                {
                    throw new StartupException(
                        $"port {port} for {component.Name} is not free ({e.Message}); stop what listens there or choose others with --api-port and --store-port", e);
                }
            }
        }
    }

    private static string Relative(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
