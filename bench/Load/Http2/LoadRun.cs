using System.Diagnostics;
using System.Globalization;
using System.Net.Security;

namespace Kube.Load.Http2;

/// <summary>How a run went.</summary>
internal sealed record LoadResult(string Work, int Requests, int Failures, double Seconds, double P50Ms, double P99Ms, double MaxMs)
{
    public double PerSecond => Requests / Seconds;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Work}: {PerSecond:F0} req/s, p50 {P50Ms:F2} ms, p99 {P99Ms:F2} ms, max {MaxMs:F1} ms, {Failures} failures");
}

/// <summary>Clients that send one call after the other, over a number of connections.</summary>
internal static class LoadRun
{
    /// <summary>Makes all calls of a source.</summary>
    /// <param name="work">What the run is called.</param>
    /// <param name="endpoints">URLs over which the connections are spread.</param>
    /// <param name="clients">Calls under way at a time.</param>
    public static async Task<LoadResult> RunAsync(
        string work,
        CallSource calls,
        IReadOnlyList<string> endpoints,
        int connections,
        int clients,
        SslClientAuthenticationOptions? tls,
        CancellationToken cancellationToken)
    {
        var open = new List<LoadConnection>();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                open.Add(new LoadConnection(new Uri(endpoints[i % endpoints.Count]), calls, tls));
                await open[i].ConnectAsync(cancellationToken).ConfigureAwait(false);
            }

            int ClientsOf(int connection) => (clients / connections) + (connection < clients % connections ? 1 : 0);
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(open.Select((connection, i) =>
                Task.Run(() => connection.RunAsync(ClientsOf(i), cancellationToken), cancellationToken))).ConfigureAwait(false);
            return Result(work, calls, watch.Elapsed.TotalSeconds);
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private static LoadResult Result(string work, CallSource calls, double seconds)
    {
        var ticks = calls.Ticks;
        Array.Sort(ticks);
        return new LoadResult(
            work, ticks.Length, calls.Failures, seconds, Ms(ticks[ticks.Length / 2]), Ms(ticks[(int)(ticks.Length * 0.99)]), Ms(ticks[^1]));
    }

    private static double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
