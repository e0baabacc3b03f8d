using System.Diagnostics;
using System.Globalization;
using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>What can be done with a cluster that exists: status, logs, stopping it or its parts.</summary>
internal sealed class ClusterControl(ClusterHome home, TextWriter output)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(15);

    private readonly ClusterOptions _options = ClusterOptions.Load(home)
        ?? throw new StartupException($"there is no cluster in {home.Path}; run 'cluster up' first");

    private ClusterPlan Plan => new(home, _options);

    /// <summary>Stops all components, kubelets and their containers first, stores last. Data stays.</summary>
    public async Task DownAsync(CancellationToken cancellationToken)
    {
        using var homeLock = await HomeLock.TakeAsync(home, cancellationToken).ConfigureAwait(false);
        foreach (var component in Plan.Components.Reverse())
        {
            var process = new ComponentProcess(home, component.Name);
            var stopped = await process.StopAsync(StopGrace, cancellationToken).ConfigureAwait(false);
            await process.CleanUpAsync(component, cancellationToken).ConfigureAwait(false);
            if (stopped)
            {
                await output.WriteLineAsync($"  {component.Name} stopped").ConfigureAwait(false);
            }
        }

        await output.WriteLineAsync("The cluster is down; its data is kept.").ConfigureAwait(false);
    }

    /// <summary>Stops one component with SIGTERM.</summary>
    public async Task StopAsync(string name, CancellationToken cancellationToken)
    {
        var stopped = await new ComponentProcess(home, Plan.Find(name).Name).StopAsync(StopGrace, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(stopped ? $"{name} stopped" : $"{name} was not running").ConfigureAwait(false);
    }

    /// <summary>Ends one component with SIGKILL.</summary>
    public async Task KillAsync(string name, CancellationToken cancellationToken)
    {
        var killed = await new ComponentProcess(home, Plan.Find(name).Name).KillAsync(cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(killed ? $"{name} killed" : $"{name} was not running").ConfigureAwait(false);
    }

    /// <summary>Prints a line a component.</summary>
    /// <returns>True when everything is ready.</returns>
    public async Task<bool> StatusAsync(CancellationToken cancellationToken)
    {
        using var probe = new ReadinessProbe(home, _options);
        var components = Plan.Components;
        var failures = await Task.WhenAll(components.Select(component => probe.CheckAsync(component, cancellationToken))).ConfigureAwait(false);
        await output.WriteLineAsync(Row("NAME", "PID", "STATE", "MEMORY", "UPTIME", "ADDRESS")).ConfigureAwait(false);
        foreach (var (component, failure) in components.Zip(failures))
        {
            await output.WriteLineAsync(Describe(component, failure)).ConfigureAwait(false);
        }

        return failures.All(failure => failure is null);
    }

    private string Describe(ComponentSpec component, string? failure)
    {
        var address = $"127.0.0.1:{component.Ports[0]}";
        if (new ComponentProcess(home, component.Name).RunningPid() is not { } pid)
        {
            return Row(component.Name, "-", "stopped", "-", "-", address);
        }

        using var process = Process.GetProcessById(pid);
        return Row(
            component.Name,
            pid.ToString(CultureInfo.InvariantCulture),
            failure is null ? "ready" : "not ready: " + failure,
            $"{process.WorkingSet64 >> 20} MB",
            $"{(DateTime.UtcNow - process.StartTime.ToUniversalTime()).TotalSeconds:0} s",
            address);
    }

    private static string Row(string name, string pid, string state, string memory, string uptime, string address) =>
        $"{name,-12} {pid,8}  {state,-10} {memory,8} {uptime,10}  {address}";
}
