namespace Kube.ApiServer.Endpoints;

/// <summary>
/// When a watch is over. Its time passes first: the client still gets what is being written to it, and a clean end. One that takes nothing is cut off
/// a while later, as is one that is gone, and all when the server stops.
/// </summary>
internal sealed class WatchEnd : IDisposable
{
    /// <summary>How long a client may take nothing once the watch's time has passed.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _tooSlow;
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenRegistration _passed;
    private readonly CancellationTokenSource _cut;
    private readonly CancellationTokenSource _over;

    /// <param name="length">The watch's time.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="stopping">The server stops.</param>
    /// <param name="aborted">The client is gone.</param>
    public WatchEnd(TimeSpan length, TimeProvider time, CancellationToken stopping, CancellationToken aborted)
    {
        _tooSlow = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _time = new CancellationTokenSource(length, time);
        _passed = _time.Token.UnsafeRegister(static end => ((WatchEnd)end!)._tooSlow.CancelAfter(Patience), this);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted, _tooSlow.Token);
        _over = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, _cut.Token);
    }

    /// <summary>No more is to be sent.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>What is being written is to be given up.</summary>
    public CancellationToken Cut => _cut.Token;

    public void Dispose()
    {
        _over.Dispose();
        _cut.Dispose();
        _passed.Dispose();
        _time.Dispose();
        _tooSlow.Dispose();
    }
}
