using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Shutdown;

/// <summary>
/// Has logind wait with the machine's shutdown until the pods have ended, as long as its InhibitDelayMaxSec lets it. systemd's own programs do
/// the talking: <c>systemd-inhibit</c> holds a delay lock for as long as the program under it runs, and that is <c>busctl</c>, which writes
/// a line when logind announces the shutdown.
/// </summary>
/// <param name="command">The program and its arguments.</param>
/// <param name="shutDown">Ends the pods; the lock is let go when it comes back.</param>
internal sealed partial class ShutdownInhibitor(IReadOnlyList<string> command, Func<CancellationToken, Task> shutDown, TimeProvider time, ILogger logger)
{
    private const string Announcement = "PrepareForShutdown";

    /// <summary>The command, with the words of Kubernetes' kubelet for whoever asks who holds the machine up.</summary>
    public static readonly IReadOnlyList<string> OfSystemd =
    [
        "systemd-inhibit", "--what=shutdown", "--mode=delay", "--who=kubelet", "--why=Kubelet needs time to handle node shutdown",
        "busctl", "--system", "--json=short", $"--match=type='signal',interface='org.freedesktop.login1.Manager',member='{Announcement}'", "monitor",
    ];

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    /// <summary>Comes back when the machine shuts down and the pods have ended, or there is no such program.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                if (await FollowAsync(cancellation))
                {
                    return;
                }
            }
            catch (Win32Exception e)
            {
                LogMissing(command[0], e.Message);
                return;
            }

            LogLost(RetryAfter.TotalSeconds);
            await Task.Delay(RetryAfter, time, cancellation);
        }
    }

    /// <summary>True when a line of busctl says that the machine is about to shut down; a shutdown that is called off says false.</summary>
    internal static bool Announces(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject message
                && message["member"]?.GetValueKind() == JsonValueKind.String && (string)message["member"]! == Announcement
                && message["payload"]?["data"] is JsonArray { Count: > 0 } data && data[0]?.GetValueKind() == JsonValueKind.True;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Holds the lock; false when the program has ended before a shutdown.</summary>
    private async Task<bool> FollowAsync(CancellationToken cancellation)
    {
        using Process program = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            while (await program.StandardOutput.ReadLineAsync(cancellation) is { } line)
            {
                if (Announces(line))
                {
                    LogAnnounced();
                    await shutDown(cancellation);
                    return true;
                }
            }

            return false;
        }
        finally
        {
            await EndAsync(program);
        }
    }

    private async Task EndAsync(Process program)
    {
        if (!program.HasExited)
        {
            program.Kill(entireProcessTree: true);
        }

        using CancellationTokenSource limit = new(EndsWithin, time);
        await program.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(1, LogLevel.Warning, "no lock on the machine's shutdown: {Program}: {Reason}")]
    private partial void LogMissing(string program, string reason);

    [LoggerMessage(2, LogLevel.Warning, "the lock on the machine's shutdown is lost or was refused, the next try is in {Seconds} s")]
    private partial void LogLost(double seconds);

    [LoggerMessage(3, LogLevel.Information, "the machine is about to shut down")]
    private partial void LogAnnounced();
}
