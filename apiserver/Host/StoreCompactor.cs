using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.Etcd;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Host;

/// <summary>
/// Keeps the store's history from growing for ever: each interval, history before the revision of one interval ago is
/// given up. Several API servers may do so side by side.
/// </summary>
internal sealed partial class StoreCompactor : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger;
    private readonly Task _run;

    public StoreCompactor(EtcdObjectStorage storage, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _run = RunAsync(storage, interval, time, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(EtcdObjectStorage storage, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        long previous = 0;
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (previous > 0)
                {
                    await storage.CompactAsync(previous, cancellationToken).ConfigureAwait(false);
                }

                previous = await storage.CurrentRevisionAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StorageException exception)
            {
                LogFailed(exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Compacting the store's history failed, to be tried at the next interval: {Reason}")]
    private partial void LogFailed(string reason);
}
