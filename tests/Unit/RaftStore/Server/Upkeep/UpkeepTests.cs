using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Upkeep;
using Kube.RaftStore.Tests.Apply;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Command = Kube.Store.V1.Command;

namespace Kube.RaftStore.Tests.Server.Upkeep;

/// <summary>What members do by themselves: compact, take alarms back, compare histories.</summary>
public sealed class UpkeepTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Compaction_by_age_keeps_what_is_younger_than_the_retention()
    {
        var (server, _) = Single();
        await using var compactor = new AutoCompactor(
            server, new AutoCompactionOptions(AutoCompactionMode.Periodic, TimeSpan.FromMinutes(10), 0), _time, NullLogger.Instance);
        var revisionAt = new List<long> { server.Machine.Store.CurrentRevision };
        for (var minute = 1; minute <= 35; minute++)
        {
            await PutAsync(server, "a");
            revisionAt.Add(server.Machine.Store.CurrentRevision);
            _time.Advance(TimeSpan.FromMinutes(1));
            await Eventually.HoldsAsync(() => compactor.Looks == minute, $"minute {minute} was noted");
            // Every ten minutes, first at the tenth, to the revision of ten minutes before.
            var expected = minute < 10 ? -1 : revisionAt[(minute / 10 * 10) - 10];
            Assert.Equal(expected, server.Machine.Store.CompactRevision);
        }
    }

    [Fact]
    public async Task Compaction_by_number_keeps_so_many_revisions_and_followers_leave_it_alone()
    {
        var (server, log) = Single();
        await using var compactor = new AutoCompactor(
            server, new AutoCompactionOptions(AutoCompactionMode.Revision, TimeSpan.Zero, 20), _time, NullLogger.Instance);
        for (var i = 0; i < 100; i++)
        {
            await PutAsync(server, "a");
        }
        log.SetLeader(77);
        await LookAsync(1);
        Assert.Equal(-1, server.Machine.Store.CompactRevision);
        log.SetLeader(server.Options.MemberId);
        await LookAsync(2);
        Assert.Equal(101 - 20, server.Machine.Store.CompactRevision);

        async Task LookAsync(int look)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            await Eventually.HoldsAsync(() => compactor.Looks == look, $"look {look}");
        }
    }

    [Fact]
    public async Task The_alarm_for_want_of_space_goes_by_itself_once_there_is_room_again()
    {
        var (server, _) = Single(static options => options with { QuotaBytes = 100_000 });
        await using var watch = new SpaceWatch(server, _time, NullLogger.Instance);
        for (var i = 0; i < 20; i++)
        {
            await PutAsync(server, "a", new string('x', 5000));
        }
        await server.ProposeAsync<AlarmResponse>(
            new Command { Alarm = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = 9, Alarm = AlarmType.Nospace } }, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(server.Machine.Alarms.IsRaised(AlarmType.Nospace));

        await server.ProposeAsync<CompactionResponse>(
            new Command { Compaction = new CompactionRequest { Revision = server.Machine.Store.CurrentRevision } }, CancellationToken.None);
        while (server.Machine.Store.NeedsTrim && server.Machine.Store.Trim(1000))
        {
        }
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return !server.Machine.Alarms.IsRaised(AlarmType.Nospace);
            },
            "the alarm is gone");
        await PutAsync(server, "a");
    }

    [Fact]
    public async Task A_member_with_another_history_is_found_and_nobody_else()
    {
        var members = Three(new HashCheckOptions(OnStart: false, TimeSpan.FromMinutes(1), OnlyAfterCompaction: false));
        await PutAsync(members[0].Server, "a");
        await CheckAsync();
        Assert.Empty(members[0].Server.Machine.Alarms.Raised);

        Tamper(members[1].Server.Machine);
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return members.All(static member => member.Server.Machine.Alarms.Raised.Count > 0);
            },
            "the alarm is raised");
        Assert.All(members, static member => Assert.Equal([(2UL, AlarmType.Corrupt)], member.Server.Machine.Alarms.Raised));
        Assert.Same(EtcdError.Corrupt, await members[0].Server.Log.ProposeAsync(
            new Command { Put = ApplyTests.Put("a", "x") }.ToByteArray(), default));
        await DisposeAsync(members);

        async Task CheckAsync()
        {
            var before = members[2].Server.Machine.AppliedIndex;
            _time.Advance(TimeSpan.FromMinutes(1));
            // A mark and three reports.
            await Eventually.HoldsAsync(() => members[2].Server.Machine.AppliedIndex == before + 4, "all have reported");
        }
    }

    [Fact]
    public async Task A_member_that_starts_with_another_history_ends_and_raises_no_alarm()
    {
        var members = Three(
            new HashCheckOptions(OnStart: true, TimeSpan.Zero, OnlyAfterCompaction: false), static machines => Tamper(machines[2]));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => members[2].Check.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("differs from the others", error.Message, StringComparison.Ordinal);
        Assert.False(members[0].Check.Completion.IsCompleted || members[1].Check.Completion.IsCompleted);
        Assert.Empty(members[0].Server.Machine.Alarms.Raised);
        await DisposeAsync(members);
    }

    private static void Tamper(StoreStateMachine machine)
    {
        using var write = machine.Store.BeginWrite();
        write.Put("a"u8.ToArray(), "bit rot"u8.ToArray(), 0);
        write.Commit();
    }

    private static (StoreServer Server, SingleNodeLog Log) Single(Func<StoreServerOptions, StoreServerOptions>? configure = null)
    {
        var machine = ApplyTests.NewMachine();
        var log = new SingleNodeLog(machine, 1);
        var options = new StoreServerOptions { ClusterId = 1, MemberId = 1, Members = [new ConfiguredMember(1, "m1", [])] };
        return (new StoreServer(configure?.Invoke(options) ?? options, machine, log, TimeProvider.System), log);
    }

    private List<(StoreServer Server, HashCheck Check)> Three(HashCheckOptions options, Action<List<StoreStateMachine>>? prepare = null)
    {
        var shared = new SharedLog();
        var ids = new ulong[] { 1, 2, 3 };
        IReadOnlyList<ConfiguredMember> configured = [.. ids.Select(static id => new ConfiguredMember(id, $"m{id}", []))];
        var servers = ids.Select(id =>
        {
            var machine = ApplyTests.NewMachine();
            return new StoreServer(
                new StoreServerOptions { ClusterId = 1, MemberId = id, Members = configured }, machine, shared.Join(machine, id), TimeProvider.System);
        }).ToList();
        prepare?.Invoke([.. servers.Select(static server => server.Machine)]);
        return [.. servers.Select(server => (server, new HashCheck(
            server, server.Options.MemberId == 3 || !options.OnStart ? options : options with { OnStart = false }, _time, NullLogger.Instance)))];
    }

    private static async Task DisposeAsync(List<(StoreServer Server, HashCheck Check)> members)
    {
        foreach (var (_, check) in members)
        {
            await check.DisposeAsync();
        }
    }

    private static async Task PutAsync(StoreServer server, string key, string value = "v")
        => await server.ProposeAsync<PutResponse>(new Command { Put = ApplyTests.Put(key, value) }, CancellationToken.None);
}
