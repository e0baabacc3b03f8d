namespace Kube.Controllers.Framework;

/// <summary>
/// A controller with a queue of keys and a number of workers. One key is reconciled by one worker at a time. A
/// reconcile that throws is tried again after a back-off that grows with each failure.
/// </summary>
public abstract partial class QueueController<TKey> : IController
    where TKey : notnull
{
    private readonly int _workers;
    private readonly ILogger _log;
    private volatile bool _failed;

    protected QueueController(ControllerContext context, string name, int workers, IRateLimiter<TKey>? limiter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Context = context;
        Name = name;
        _workers = workers;
        _log = context.Loggers.CreateLogger("Kube.Controllers." + name);
        Queue = new WorkQueue<TKey>(name, context.Time, limiter);
    }

    public string Name { get; }

    public bool IsHealthy => !_failed;

    protected ControllerContext Context { get; }

    protected KubeClient Client => Context.Client;

    protected TimeProvider Time => Context.Time;

    protected ILogger Log => _log;

    /// <summary>Keys that need a look.</summary>
    protected WorkQueue<TKey> Queue { get; }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Context.Informers.WaitForSyncAsync(cancellation).ConfigureAwait(false);
            LogStarted(Name, _workers);
            var stop = cancellation.Register(static queue => ((WorkQueue<TKey>)queue!).ShutDown(), Queue);
            await using (stop.ConfigureAwait(false))
            {
                var tasks = Enumerable.Range(0, _workers).Select(_ => Task.Run(() => WorkAsync(cancellation), CancellationToken.None)).ToList();
                tasks.Add(RunExtraAsync(cancellation));
                await Task.WhenAll(tasks).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop before the informers had synced, or in the midst of extra work.
        }
        catch
        {
            _failed = true;
            throw;
        }

        LogStopped(Name);
    }

    public virtual ValueTask DisposeAsync()
    {
        Queue.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Looks at one key and does what is needed. Throws to be called again later; a token signalled means to stop at
    /// the next good place.
    /// </summary>
    protected abstract Task<ReconcileResult> ReconcileAsync(TKey key, CancellationToken cancellation);

    /// <summary>Work beside the queue, such as a periodic sweep. Ends when the token is signalled.</summary>
    protected virtual Task RunExtraAsync(CancellationToken cancellation) => Task.CompletedTask;

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var item = await Queue.GetAsync(CancellationToken.None).ConfigureAwait(false);
            if (!item.Taken || cancellation.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await WorkOnAsync(item.Item, cancellation).ConfigureAwait(false);
            }
            finally
            {
                Queue.Done(item.Item);
            }
        }
    }

    private async Task WorkOnAsync(TKey key, CancellationToken cancellation)
    {
        var startedAt = Time.GetTimestamp();
        try
        {
            var result = await ReconcileAsync(key, cancellation).ConfigureAwait(false);
            if (result.BackOff)
            {
                Queue.AddRateLimited(key);
            }
            else
            {
                Queue.Forget(key);
            }

            if (result.RequeueAfter is { } wait)
            {
                Queue.AddAfter(key, wait);
            }

            ControllerMetrics.Observe(Name, "success", Time.GetElapsedTime(startedAt));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping: the next leader begins from what is stored.
        }
        catch (KubeApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // Somebody changed or deleted the object meanwhile; its informer brings the change soon.
            LogConflict(Name, key.ToString(), e.Message);
            Queue.AddRateLimited(key);
            ControllerMetrics.Observe(Name, "requeue", Time.GetElapsedTime(startedAt));
        }
        catch (Exception e) when (e is not InvariantException)
        {
            LogFailed(Name, key.ToString(), Queue.Requeues(key), e is KubeApiException or HttpRequestException or IOException or TimeoutException ? null : e, e.Message);
            Queue.AddRateLimited(key);
            ControllerMetrics.Observe(Name, "error", Time.GetElapsedTime(startedAt));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Controller} runs with {Workers} workers")]
    private partial void LogStarted(string controller, int workers);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Controller} has stopped")]
    private partial void LogStopped(string controller);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Controller} {Key}: {Reason}")]
    private partial void LogConflict(string controller, string? key, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Controller} {Key} failed (retries {Retries}): {Reason}")]
    private partial void LogFailed(string controller, string? key, int retries, Exception? exception, string reason);
}
