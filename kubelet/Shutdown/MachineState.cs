using System.ComponentModel;
using System.Diagnostics;

namespace Kube.Kubelet.Shutdown;

/// <summary>Asks systemd, where there is one, what the machine is doing.</summary>
internal static class MachineState
{
    private const string Marker = "/run/systemd/system";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    /// <summary>Whether the machine is systemd's.</summary>
    public static bool HasSystemd => Directory.Exists(Marker);

    /// <summary>Whether the machine is going down. False where there is no systemd, or where it does not answer in time.</summary>
    public static async Task<bool> IsStoppingAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (!HasSystemd)
        {
            return false;
        }

        using CancellationTokenSource limit = new(AnswerWithin, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using Process systemctl = Process.Start(new ProcessStartInfo("systemctl", ["is-system-running"]) { RedirectStandardOutput = true })!;
            string answer = await systemctl.StandardOutput.ReadToEndAsync(either.Token);
            return answer.Trim() == "stopping";
        }
        catch (Exception e) when (e is Win32Exception || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // No such program, or no answer: then nobody says that the machine stops.
            return false;
        }
    }
}
