using Microsoft.Extensions.Logging;

namespace Kube.Client.Rest;

/// <summary>Waiting for an API server that is still starting.</summary>
public sealed partial class KubeClient
{
    private static readonly TimeSpan FirstReadinessPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestReadinessPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadinessLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Completes once /readyz answers 200. For components that start beside the API server: they need not wait out
    /// the back-off of a failed list. Pauses grow from 25 ms to 1 s.
    /// </summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellation = default)
    {
        var pause = FirstReadinessPause;
        while (!await IsReadyAsync(cancellation).ConfigureAwait(false))
        {
            await Task.Delay(pause, Time, cancellation).ConfigureAwait(false);
            pause = pause * 1.25 < LongestReadinessPause ? pause * 1.25 : LongestReadinessPause;
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ReadinessLimit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var answer = await RawAsync(HttpMethod.Get, "/readyz", accept: "text/plain", cancellation: either.Token).ConfigureAwait(false);
            return answer.Code == 200;
        }
        catch (Exception e) when (e is HttpRequestException or KubeApiException or IOException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
