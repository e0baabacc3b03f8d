using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.Store.V1;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>
/// Compacts old history without being asked, at etcd's pace: every member notes the revisions that pass, so that a
/// new leader knows them too, and the leader proposes.
/// </summary>
public sealed partial class AutoCompactor : IAsyncDisposable
{
    /// <summary>How often the mode by number looks.</summary>
    private static readonly TimeSpan s_revisionInterval = TimeSpan.FromMinutes(5);

    /// <summary>The mode by age compacts at least this often, and notes revisions ten times as often.</summary>
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromHours(1);
    private const int NotesPerInterval = 10;

    private readonly StoreServer _server;
    private readonly AutoCompactionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private int _looks;

    public AutoCompactor(StoreServer server, AutoCompactionOptions options, TimeProvider time, ILogger logger)
    {
        _server = server;
        _options = options;
        _time = time;
        _logger = logger;
        _loop = options.Mode == AutoCompactionMode.Periodic ? RunByAgeAsync() : RunByNumberAsync();
    }

    /// <summary>Faults when it cannot go on; completes on disposal.</summary>
    public Task Completion => _loop;

    /// <summary>How often it has looked at the revision.</summary>
    internal int Looks => Volatile.Read(ref _looks);

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private long CurrentRevision => _server.Machine.Store.CurrentRevision;

    private async Task RunByAgeAsync()
    {
        var interval = _options.Period < s_longestInterval ? _options.Period : s_longestInterval;
        var noteEvery = interval / NotesPerInterval;
        var notesKept = (int)Math.Ceiling(_options.Period / noteEvery) + 1;
        var notes = new Queue<long>();
        notes.Enqueue(CurrentRevision);
        var notesToCompact = (int)Math.Ceiling(_options.Period / noteEvery);
        using var timer = new PeriodicTimer(noteEvery, _time);
        while (await NextAsync(timer))
        {
            notes.Enqueue(CurrentRevision);
            if (notes.Count > notesKept)
            {
                notes.Dequeue();
            }
            notesToCompact--;
            // The oldest note is as old as the retention; a failed attempt is made again at the next note.
            if (notesToCompact <= 0 && await TryCompactAsync(notes.Peek()))
            {
                notesToCompact = NotesPerInterval;
            }
            Interlocked.Increment(ref _looks);
        }
    }

    private async Task RunByNumberAsync()
    {
        using var timer = new PeriodicTimer(s_revisionInterval, _time);
        while (await NextAsync(timer))
        {
            await TryCompactAsync(CurrentRevision - _options.Revisions);
            Interlocked.Increment(ref _looks);
        }
    }

    private async ValueTask<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <returns>False when it should be tried again soon.</returns>
    private async ValueTask<bool> TryCompactAsync(long revision)
    {
        if (!_server.Log.Status.IsLeader)
        {
            return false;
        }
        if (revision <= Math.Max(0, _server.Machine.Store.CompactRevision))
        {
            return true;
        }
        try
        {
            await _server.ProposeAsync<CompactionResponse>(
                new Command { Compaction = new CompactionRequest { Revision = revision } }, _stopping.Token);
            LogCompacted(revision);
            return true;
        }
        catch (RpcException e) when (e.Status.Detail == EtcdError.Compacted.Text)
        {
            return true;
        }
        catch (RpcException e)
        {
            LogNotCompacted(revision, e.Status.Detail);
            return false;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "compacted automatically at revision {Revision}")]
    private partial void LogCompacted(long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot compact automatically at revision {Revision}: {Reason}")]
    private partial void LogNotCompacted(long revision, string reason);
}
