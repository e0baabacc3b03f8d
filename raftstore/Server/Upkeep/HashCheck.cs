using System.Threading.Channels;
using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>
/// Compares the members' histories and raises CORRUPT for those that differ. A mark in the log makes every member
/// hash its history as of that entry, beside its work, and report the hash through the log; the leader compares.
/// So the check needs no connections of its own, and hashes are always of the same revision.
/// </summary>
/// <remarks>
/// A hash counts only beside others of the same compaction revision. A difference condemns who is not in the
/// majority; without a majority nobody can be trusted, and the alarm names member 0.
/// </remarks>
public sealed partial class HashCheck : IAsyncDisposable
{
    /// <summary>Marks and reports waiting to be worked on; a check that finds no room is left out.</summary>
    private const int MaxWaiting = 256;

    private readonly StoreServer _server;
    private readonly HashCheckOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<object> _waiting = Channel.CreateBounded<object>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Dictionary<ulong, HashReport> _reports = [];
    private readonly Task _marking;
    private readonly Task _working;
    private ulong _mark;
    private ulong _startingMember;
    private long _lastCompactRevision = -1;

    public HashCheck(StoreServer server, HashCheckOptions options, TimeProvider time, ILogger logger)
    {
        _server = server;
        _options = options;
        _time = time;
        _logger = logger;
        server.Machine.HashMarked += OnMarked;
        server.Machine.HashReported += OnReported;
        _working = WorkAsync();
        _marking = MarkAsync();
    }

    /// <summary>Faults when this member, just started, holds another history than the others; completes on disposal.</summary>
    public Task Completion => Task.WhenAny(_working, _marking).Unwrap();

    public async ValueTask DisposeAsync()
    {
        _server.Machine.HashMarked -= OnMarked;
        _server.Machine.HashReported -= OnReported;
        _stopping.Cancel();
        await Task.WhenAll(_working, _marking).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void OnMarked(HashMarked mark) => _waiting.Writer.TryWrite(mark);

    private void OnReported(HashReport report) => _waiting.Writer.TryWrite(report);

    /// <summary>Asks for checks: one at the start if wanted, and then the leader's regular ones.</summary>
    private async Task MarkAsync()
    {
        try
        {
            if (_options.OnStart)
            {
                await MarkAtStartAsync();
            }
            if (_options.Interval <= TimeSpan.Zero)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token);
            }
            using var timer = new PeriodicTimer(_options.Interval, _time);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var compacted = _server.Machine.Store.CompactRevision;
                if (_server.Log.Status.IsLeader && (!_options.OnlyAfterCompaction || compacted != _lastCompactRevision))
                {
                    _lastCompactRevision = compacted;
                    await TryProposeAsync<HashMark>(new Command { HashMark = new HashMark() });
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task MarkAtStartAsync()
    {
        var mark = new HashMark { StartingMember = _server.Options.MemberId };
        while (!await TryProposeAsync<HashMark>(new Command { HashMark = mark }))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time, _stopping.Token);
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var next in _waiting.Reader.ReadAllAsync(_stopping.Token))
            {
                if (next is HashMarked mark)
                {
                    _reports.Clear();
                    (_mark, _startingMember) = (mark.Index, mark.StartingMember);
                    await ReportAsync(mark);
                }
                else if (next is HashReport report && report.Mark == _mark)
                {
                    _reports[report.Member] = report;
                    await CompareAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ReportAsync(HashMarked mark)
    {
        var hash = _server.Machine.Store.HashHistory(mark.Revision);
        if (hash.Status != RevisionStatus.Ok)
        {
            return;
        }
        await TryProposeAsync<HashReport>(new Command
        {
            HashReport = new HashReport
            {
                Mark = mark.Index,
                Member = _server.Options.MemberId,
                Revision = mark.Revision,
                CompactRevision = hash.CompactRevision,
                Hash = hash.Hash,
            },
        });
    }

    private async Task CompareAsync()
    {
        var differing = Differing();
        if (differing is null)
        {
            return;
        }
        if (_startingMember == _server.Options.MemberId && differing.Contains(_startingMember))
        {
            throw new InvalidDataException(
                $"the history of this member differs from the others' at log index {_mark}: {Describe()}; remove the member and add it anew");
        }
        if (_startingMember != 0 || !_server.Log.Status.IsLeader)
        {
            return;
        }
        foreach (var member in differing)
        {
            LogCorrupt(member, _mark, Describe());
            await TryProposeAsync<AlarmResponse>(new Command
            {
                Alarm = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = member, Alarm = AlarmType.Corrupt },
            });
        }
    }

    /// <summary>The members whose hash is not the majority's; null while all is well or more reports could decide it.</summary>
    private List<ulong>? Differing()
    {
        var voters = _server.Log.Membership.Voters;
        var comparable = _reports.Values.GroupBy(static report => report.CompactRevision).MaxBy(static group => group.Count())!.ToList();
        var hashes = comparable.GroupBy(static report => report.Hash)
            .Select(group => (Hash: group.Key, Votes: group.Count(report => voters.Contains(report.Member))))
            .OrderByDescending(static group => group.Votes).ToList();
        if (hashes.Count < 2)
        {
            return null;
        }
        if (hashes[0].Votes > voters.Count / 2)
        {
            return [.. comparable.Where(report => report.Hash != hashes[0].Hash).Select(static report => report.Member)];
        }
        return hashes.Sum(static group => group.Votes) == voters.Count ? [0] : null;
    }

    private string Describe() => string.Join(
        ", ", _reports.Values.OrderBy(static report => report.Member).Select(static report => $"{report.Member:x}={report.Hash:x8}"));

    private async Task<bool> TryProposeAsync<T>(Command command)
        where T : class
    {
        try
        {
            await _server.ProposeAsync<T>(command, _stopping.Token);
            return true;
        }
        catch (RpcException e)
        {
            LogNotProposed(command.BodyCase.ToString(), e.Status.Detail);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "member {MemberId:x} holds another history than the majority at log index {Mark}: {Hashes}")]
    private partial void LogCorrupt(ulong memberId, ulong mark, string hashes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the check of hashes cannot propose {Command}: {Reason}")]
    private partial void LogNotProposed(string command, string reason);
}
