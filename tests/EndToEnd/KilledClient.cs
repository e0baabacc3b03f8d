using System.Globalization;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>A kubectl that is killed while what it is given goes nowhere: it says nothing more, and nobody reads its connection.</summary>
internal static class KilledClient
{
    /// <summary>Runs it until its command is there and its input stands still, then kills it.</summary>
    /// <param name="kubectl">The program.</param>
    /// <param name="kubeconfig">How it reaches its cluster.</param>
    /// <param name="arguments">What it is told, quoted for a shell.</param>
    /// <param name="typed">What it is given, and no end of it; null for zeros without an end.</param>
    /// <param name="isThere">Whether the command runs.</param>
    public static async Task RunAsync(string kubectl, string kubeconfig, string arguments, string? typed, Func<Task<bool>> isThere)
    {
        using var client = Command.Start("sh", ["-c", $"exec {kubectl} --kubeconfig {kubeconfig} {arguments}{(typed is null ? " < /dev/zero" : "")}"]);
        using var stop = new StopOnDispose(client);
        await client.StandardInput.WriteAsync(typed);
        await client.StandardInput.FlushAsync();
        await Eventually.HoldsAsync(isThere, $"kubectl {arguments} has begun");
        var (last, same) = (-1L, 0);
        await Eventually.HoldsAsync(
            () =>
            {
                var read = BytesRead(client.Id);
                (same, last) = (read == last ? same + 1 : 0, read);
                return same >= 5;
            },
            $"the input of kubectl {arguments} stands still");
        client.Kill();
        await client.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
    }

    private static long BytesRead(int process)
    {
        var line = File.ReadLines($"/proc/{process}/io").First(static line => line.StartsWith("rchar: ", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("rchar: ".Length), CultureInfo.InvariantCulture);
    }
}
