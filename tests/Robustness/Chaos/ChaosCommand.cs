using System.CommandLine;
using System.Runtime.InteropServices;
using Kube.Robustness.Chaos.Isolation;
using Kube.Robustness.Chaos.Report;
using Kube.Robustness.Chaos.Faults;

namespace Kube.Robustness.Chaos;

/// <summary>The command line.</summary>
internal sealed class ChaosCommand
{
    private readonly Option<int> _seconds = new("--seconds") { Description = "How long faults are injected.", DefaultValueFactory = _ => 60 };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Chooses faults and load; drawn and printed when not given." };
    private readonly Option<int> _members = new("--members") { Description = "Members of the store: 3 or 5.", DefaultValueFactory = _ => 3 };
    private readonly Option<Target> _against = new("--against") { Description = "What to run: kube, or etcd as it is installed here.", DefaultValueFactory = _ => Target.Kube };
    private readonly Option<string?> _executable = new("--executable") { Description = "The kube or etcd executable (default: $KUBE_EXECUTABLE, or etcd on PATH)." };
    private readonly Option<string?> _home = new("--home") { Description = "Directory for data and logs; kept. Without it a temporary one, kept only when a violation was found." };
    private readonly Option<string?> _report = new("--report") { Description = "File for the report as an HTML page." };
    private readonly Option<int> _port = new("--port") { Description = "First port, where the machine has no network namespaces.", DefaultValueFactory = _ => 23000 };
    private readonly Option<string[]> _faults = new("--faults") { Description = "Inject these alone; 'none' for none.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _rate = new("--rate") { Description = "Operations a second that the clients aim at.", DefaultValueFactory = _ => 400 };
    private readonly Option<int> _healSeconds = new("--heal-seconds") { Description = "Bound on becoming healthy again once all faults are healed.", DefaultValueFactory = _ => 60 };
    private readonly Option<string> _mode = new("--mode") { Description = "isolated (namespaces, needs root), plain (loopback ports) or auto.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string?> _plant = new("--plant") { Description = "A deliberate bug for the members to have; --executable is tests/Robustness/BrokenStore then." };
    private readonly Option<string> _commit = new("--commit") { Description = "The commit that the report names.", DefaultValueFactory = _ => "unknown" };
    private readonly Option<bool> _isolated = new("--isolated") { Hidden = true };

    /// <summary>Runs the program; gives its exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var flags = new ChaosCommand();
        var root = new RootCommand("Real store processes under real faults, with a history that is checked afterwards.")
        {
            flags._seconds, flags._seed, flags._members, flags._against, flags._executable, flags._home, flags._report, flags._port,
            flags._faults, flags._rate, flags._healSeconds, flags._mode, flags._plant, flags._commit, flags._isolated,
        };
        flags._mode.AcceptOnlyFromAmong("auto", "isolated", "plain");
        flags._faults.AcceptOnlyFromAmong([.. FaultCatalog.All.Select(kind => kind.Name), "none"]);
        root.SetAction((parsed, _) => flags.RunAsync(parsed, args));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync("error: " + error.Message);
            }

            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private async Task<int> RunAsync(ParseResult parsed, string[] args)
    {
        using var stopping = new CancellationTokenSource();
        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }

        try
        {
            var isIsolated = parsed.GetValue(_isolated);
            if (!isIsolated && parsed.GetValue(_mode) != "plain")
            {
                var obstacle = await NamespaceLauncher.FindObstacleAsync();
                if (obstacle is null)
                {
                    // The seed is drawn here, for the inner process is given the whole command line.
                    string[] seed = parsed.GetValue(_seed) is null ? ["--seed", $"{Environment.TickCount64}"] : [];
                    return await NamespaceLauncher.RunAsync([.. args, .. seed], stopping.Token);
                }

                if (parsed.GetValue(_mode) == "isolated")
                {
                    throw new HarnessException(obstacle);
                }

                Console.WriteLine($"On loopback ports, without partitions and disk faults: {obstacle}.");
            }

            if (isIsolated)
            {
                _ = NamespaceLauncher.OuterEndAsync().ContinueWith(_ => stopping.Cancel(), TaskScheduler.Default);
            }

            return await RunHereAsync(Read(parsed, isIsolated), stopping.Token);
        }
        catch (HarnessException e)
        {
            await Console.Error.WriteLineAsync("error: " + e.Message);
            return ExitCodes.HarnessError;
        }
    }

    private static async Task<int> RunHereAsync(ChaosOptions options, CancellationToken stopping)
    {
        var home = options.Home is { } given
            ? Directory.CreateDirectory(given).FullName
            : Directory.CreateTempSubdirectory("kube-chaos-").FullName;
        var isKept = options.Home is not null;
        try
        {
            if (Directory.EnumerateFileSystemEntries(home).Any())
            {
                throw new HarnessException($"{home} is not empty");
            }

            var result = await new ChaosRun(options, home, Console.Out).RunAsync(stopping);
            Console.Write(TextReport.Of(result));
            if (options.ReportFile is { } file)
            {
                await HtmlReport.WriteAsync(result, file);
                Console.WriteLine($"report: {file}");
            }

            if (!result.IsSound && !isKept)
            {
                isKept = true;
                Console.WriteLine($"data and logs: {home}");
            }

            return !result.IsSound ? ExitCodes.Violation : result.IsInterrupted ? ExitCodes.Interrupted : ExitCodes.Sound;
        }
        catch (Exception e) when (e is not HarnessException)
        {
            isKept = true;
            throw new HarnessException($"{e}\ndata and logs: {home}", e);
        }
        finally
        {
            if (!isKept)
            {
                RemoveHome(home);
            }
        }
    }

    /// <summary>File systems are still mounted in it; they go with the mount namespace, their images here.</summary>
    private static void RemoveHome(string home)
    {
        foreach (var disk in Directory.EnumerateDirectories(home, "disk", SearchOption.AllDirectories).ToList())
        {
            Native.Detach(disk);
        }

        Directory.Delete(home, recursive: true);
    }

    private ChaosOptions Read(ParseResult parsed, bool isIsolated)
    {
        var against = parsed.GetValue(_against);
        var members = parsed.GetValue(_members);
        if (members is not (1 or 3 or 5 or 7))
        {
            throw new HarnessException("--members must be 3 or 5");
        }

        var executable = parsed.GetValue(_executable)
            ?? (against == Target.Etcd ? "/usr/bin/etcd" : Environment.GetEnvironmentVariable("KUBE_EXECUTABLE"))
            ?? throw new HarnessException("--executable or KUBE_EXECUTABLE must name the kube executable; scripts/chaos does that");
        if (!File.Exists(executable))
        {
            throw new HarnessException($"{executable} does not exist");
        }

        return new ChaosOptions
        {
            Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            Seed = parsed.GetValue(_seed) ?? (ulong)Environment.TickCount64,
            Members = members,
            Against = against,
            Executable = executable,
            Home = parsed.GetValue(_home),
            ReportFile = parsed.GetValue(_report),
            Port = parsed.GetValue(_port),
            IsIsolated = isIsolated,
            Faults = parsed.GetValue(_faults) ?? [],
            Rate = Math.Max(1, parsed.GetValue(_rate)),
            HealLimit = TimeSpan.FromSeconds(Math.Max(1, parsed.GetValue(_healSeconds))),
            Plant = parsed.GetValue(_plant),
            Commit = parsed.GetValue(_commit)!,
        };
    }
}
