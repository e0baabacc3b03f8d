using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kube.Cluster;

/// <summary>
/// The running process of a component, found by its pid file. A pid that another program has got since is not
/// taken for it: the process must carry this home and component in its environment.
/// </summary>
internal sealed class ComponentProcess(ClusterHome home, string component)
{
    private const string Marker = "KUBE_COMPONENT";
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(60);

    private string MarkerValue => $"{home.Path}:{component}";

    /// <summary>The process id while the component runs, else null.</summary>
    public int? RunningPid()
    {
        var file = home.PidFile(component);
        if (!File.Exists(file)
            || !int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        return IsThisComponent(pid) ? pid : null;
    }

    /// <summary>Starts the component and writes its pid file.</summary>
    public int Start(ComponentSpec spec)
    {
        var pid = DetachedProcess.Start(
            Environment.ProcessPath!,
            spec.Arguments,
            new Dictionary<string, string> { [Marker] = MarkerValue },
            home.Log(component));
        File.WriteAllText(home.PidFile(component), pid.ToString(CultureInfo.InvariantCulture) + "\n");
        return pid;
    }

    /// <summary>Asks the process to end and waits; ends it by force when it is still there after <paramref name="grace"/>.</summary>
    /// <returns>False when it was not running.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (RunningPid() is not { } pid)
        {
            File.Delete(home.PidFile(component));
            return false;
        }

        DetachedProcess.Signal(pid, PosixSignalNumber.Terminate);
        if (!await WaitUntilGoneAsync(pid, grace, cancellationToken).ConfigureAwait(false))
        {
            await KillAsync(cancellationToken).ConfigureAwait(false);
        }

        File.Delete(home.PidFile(component));
        return true;
    }

    /// <summary>Ends the process with SIGKILL and waits until it is gone.</summary>
    /// <returns>False when it was not running.</returns>
    public async Task<bool> KillAsync(CancellationToken cancellationToken)
    {
        if (RunningPid() is not { } pid)
        {
            return false;
        }

        DetachedProcess.Signal(pid, PosixSignalNumber.Kill);
        if (!await WaitUntilGoneAsync(pid, TimeSpan.FromSeconds(10), cancellationToken).ConfigureAwait(false))
        {
            throw new Hosting.StartupException($"{component} (pid {pid}) did not end within 10 s of SIGKILL");
        }

        File.Delete(home.PidFile(component));
        return true;
    }

    /// <summary>Ends what the stopped component has left running, such as a kubelet's containers.</summary>
    /// <exception cref="Hosting.StartupException">It could not be ended; the message says why.</exception>
    public async Task CleanUpAsync(ComponentSpec spec, CancellationToken cancellationToken)
    {
        if (spec.CleanupArguments is not { } arguments || !Directory.Exists(home.Data(component)))
        {
            return;
        }

        using var cleanup = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = cleanup.StandardError.ReadToEndAsync(cancellationToken);
        _ = await cleanup.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(CleanUpLimit, cancellationToken).ConfigureAwait(false);
        await cleanup.WaitForExitAsync(cancellationToken).WaitAsync(CleanUpLimit, cancellationToken).ConfigureAwait(false);
        if (cleanup.ExitCode != 0)
        {
            throw new Hosting.StartupException($"what {component} left running could not be ended: {(await error.ConfigureAwait(false)).Trim()}");
        }
    }

    /// <summary>The last lines of the component's log, for a message about its failure.</summary>
    public string LastLogLines(int count)
    {
        var file = home.Log(component);
        return File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(count).Select(line => "    " + line)) : string.Empty;
    }

    private async Task<bool> WaitUntilGoneAsync(int pid, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (IsThisComponent(pid))
        {
            DetachedProcess.Reap(pid);
            if (waited.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private bool IsThisComponent(int pid)
    {
        try
        {
            // A zombie's environment is empty, so an ended child counts as gone before it is reaped.
            var environment = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ"));
            return environment.Split('\0').Contains($"{Marker}={MarkerValue}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
