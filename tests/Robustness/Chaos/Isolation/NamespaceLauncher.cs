using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kube.Robustness.Chaos.Isolation;

/// <summary>
/// Runs this program again in network, mount and process namespaces of its own. All that it makes there (interfaces,
/// rules, mounts, processes) goes away with the namespaces, however it ends: nothing is left on the machine and nothing
/// of others is in reach.
/// </summary>
internal static class NamespaceLauncher
{
    /// <summary>How long the inner process may take to end after it was told to.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] Unshare = ["--mount", "--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"];

    /// <summary>Null where namespaces can be made; else why not.</summary>
    public static async Task<string?> FindObstacleAsync()
    {
        if (!Native.IsRoot)
        {
            return "not root";
        }

        if (new[] { "unshare", "nsenter", "ip", "nft" }.FirstOrDefault(tool => !Tool.Exists(tool)) is { } missing)
        {
            return $"{missing} is not installed";
        }

        const string Probe = "ip link add chaos-a type veth peer name chaos-b && ip link add chaos-c type bridge && "
            + "printf 'table inet probe {\\n chain c {\\n type filter hook input priority 0;\\n ip saddr 10.0.0.1 drop\\n }\\n}\\n' | nft -f -";
        try
        {
            await Tool.RunAsync("unshare", [.. Unshare, "sh", "-c", Probe]);
            return null;
        }
        catch (HarnessException e)
        {
            return "no namespaces with veth, bridge and nftables here: " + e.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Runs the program anew inside and gives its exit code.</summary>
    /// <param name="arguments">The command line, to which --isolated is added.</param>
    /// <param name="stopping">Tells the inner process to end in order.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stopping)
    {
        var start = new ProcessStartInfo("unshare") { RedirectStandardInput = true };
        foreach (var argument in (string[])[.. Unshare, Environment.ProcessPath!, .. HostArguments(), .. arguments, "--isolated"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new HarnessException("unshare did not start");
        await using var stop = stopping.Register(process.StandardInput.Close);
        try
        {
            await process.WaitForExitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(); // --kill-child takes the first process of the namespace along, and that all others
                throw new HarnessException($"the isolated process did not end within {StopLimit.TotalSeconds:0} s and was killed");
            }
        }

        return process.ExitCode;
    }

    /// <summary>Ends when the outer process does: its end of the pipe on standard input is closed then.</summary>
    public static async Task OuterEndAsync()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }
    }

    /// <summary>The assembly to run, where this process is `dotnet` itself.</summary>
    private static string[] HostArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(NamespaceLauncher).Assembly.Location] : [];
}
