using Etcd.V3;
using Grpc.Core;
using Kube.Store.V1;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>
/// Takes the NOSPACE alarm back once there is room again, so that a store that was full serves writes after a
/// compaction without anybody's hand. The leader does it for all members, whoever raised the alarm.
/// </summary>
public sealed partial class SpaceWatch : IAsyncDisposable
{
    /// <summary>The part of the quota that must be free, so that the alarm does not come and go with every write.</summary>
    private const int FreePercent = 10;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly StoreServer _server;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public SpaceWatch(StoreServer server, TimeProvider time, ILogger logger)
    {
        _server = server;
        _time = time;
        _logger = logger;
        _loop = RunAsync();
    }

    /// <summary>Faults when it cannot go on; completes on disposal.</summary>
    public Task Completion => _loop;

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private bool HasRoom => _server.Machine.Store.SizeBytes <= _server.Options.QuotaBytes / 100 * (100 - FreePercent);

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(s_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (_server.Machine.Alarms.IsRaised(AlarmType.Nospace) && _server.Log.Status.IsLeader && HasRoom)
                {
                    await ClearAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ClearAsync()
    {
        foreach (var (member, _) in _server.Machine.Alarms.Raised.Where(static alarm => alarm.Type == AlarmType.Nospace))
        {
            try
            {
                var clear = new AlarmRequest
                {
                    Action = AlarmRequest.Types.AlarmAction.Deactivate,
                    MemberID = member,
                    Alarm = AlarmType.Nospace,
                };
                await _server.ProposeAsync<AlarmResponse>(new Command { Alarm = clear }, _stopping.Token);
                LogCleared(member, _server.Machine.Store.SizeBytes, _server.Options.QuotaBytes);
            }
            catch (RpcException e)
            {
                // It stays raised; the next look tries again.
                LogNotCleared(member, e.Status.Detail);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "there is room again, {SizeBytes} of {QuotaBytes} bytes: took back the NOSPACE alarm of member {MemberId:x}")]
    private partial void LogCleared(ulong memberId, long sizeBytes, long quotaBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot take back the NOSPACE alarm of member {MemberId:x}: {Reason}")]
    private partial void LogNotCleared(ulong memberId, string reason);
}
