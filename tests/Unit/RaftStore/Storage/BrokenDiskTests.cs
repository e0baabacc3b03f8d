using System.Runtime.InteropServices;
using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Records;
using Kube.RaftStore.Tests.Replication;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Memory;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>A member on a disk that is full, and on one whose sync fails: by the kernel's own answers.</summary>
public sealed partial class BrokenDiskTests : IAsyncLifetime
{
    private readonly SmallDisk _disk = SmallDisk.Make();
    private ListMachine _machine = new();
    private ReplicatedLog? _log;
    private ulong _seed = 3;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }
        _disk.Dispose();
    }

    [Fact]
    public async Task Full_disk_refuses_writes_and_loses_none_of_those_acknowledged()
    {
        await StartAsync();
        var acknowledged = await WriteUntilFullAsync("first");
        Assert.NotEmpty(acknowledged);
        Assert.False(_log!.Failed.IsCompleted);
        // Reads go on.
        await _log.ReadIndexAsync(default).AsTask().WaitAsync(TestCluster.Bound);
        await RestartAsync();
        await TestCluster.Until(() => _machine.Commands.Count >= acknowledged.Count, "the log to be applied");
        Assert.Equal(acknowledged, _machine.Commands.Take(acknowledged.Count));

        _disk.Enlarge();
        if (!_disk.IsMounted)
        {
            await RestartAsync();
        }
        await Eventually.HoldsAsync(async () => await TryProposeAsync("after"), "writes succeed once there is room");
        Assert.Equal(acknowledged, _machine.Commands.Take(acknowledged.Count));
    }

    [Fact]
    public async Task Failed_sync_stops_the_member_and_is_not_tried_again()
    {
        await StartAsync();
        await ProposeAsync("durable");
        BreakSync();
        var lost = await Assert.ThrowsAsync<ReplicationException>(() => ProposeAsync("lost"));
        Assert.Equal(ReplicationFailure.Stopped, lost.Reason);
        var fault = Assert.IsType<StorageFaultException>(await _log!.Failed.WaitAsync(TestCluster.Bound));
        Assert.Contains("fdatasync", fault.Message, StringComparison.Ordinal);
        await RestartAsync();
        await ProposeAsync("later");
        Assert.Equal(["durable", "later"], _machine.Commands);
    }

    [Fact]
    public void Storage_is_of_no_use_after_a_failed_sync()
    {
        using var storage = Open();
        storage.Append(null, [NewEntry(2)], sync: true);
        BreakSync();
        Assert.Throws<StorageFaultException>(() => storage.Append(null, [NewEntry(3)], sync: true));
        Assert.Throws<StorageFaultException>(() => storage.Append(null, [NewEntry(4)], sync: true));
    }

    private async Task StartAsync()
    {
        _machine = new ListMachine();
        _log = await ReplicatedLog.StartAsync(
            new ReplicatedLogOptions
            {
                MemberId = 1,
                Peers = [new RaftPeer(1, [])],
                HeartbeatInterval = TimeSpan.FromMilliseconds(20),
                ElectionTimeout = TimeSpan.FromMilliseconds(200),
                RequestTimeout = TimeSpan.FromSeconds(2),
            },
            Open(), new InMemoryNetwork().Join(1), _machine, TimeProvider.System, new Prng(_seed++), NullLogger.Instance);
    }

    private async Task RestartAsync()
    {
        await _log!.DisposeAsync();
        await StartAsync();
    }

    private FasterLogStorage Open() => FasterLogStorage.Open(new FasterLogStorageOptions
    {
        Directory = Path.Combine(_disk.Root, "member"),
        Identity = new DataIdentity(77, 1),
        Bootstrap = new ConfState([1]),
        Geometry = new LogGeometry(PageBits: 14, SegmentBits: 18),
        MaxLogBytes = _disk.QuotaBytes,
    });

    private async Task<List<string>> WriteUntilFullAsync(string prefix)
    {
        var acknowledged = new List<string>();
        var filler = new string('x', 4000);
        while (acknowledged.Count < 10_000)
        {
            var text = $"{prefix}-{acknowledged.Count}-{filler}";
            if (!await TryProposeAsync(text))
            {
                return acknowledged;
            }
            acknowledged.Add(text);
        }
        throw new InvalidOperationException("the disk does not get full");
    }

    /// <summary>False when it was refused for want of space.</summary>
    private async Task<bool> TryProposeAsync(string text)
    {
        try
        {
            await ProposeAsync(text);
            return true;
        }
        catch (ReplicationException e) when (e.Reason == ReplicationFailure.NoSpace)
        {
            return false;
        }
    }

    private async Task ProposeAsync(string text) => await _log!.ProposeAsync(Encoding.UTF8.GetBytes(text), default).AsTask().WaitAsync(TestCluster.Bound);

    private static Entry NewEntry(ulong index) => new(1, index, EntryType.Normal, default, new byte[10]);

    /// <summary>Puts a file that takes writes and cannot be synced in the place of each open segment.</summary>
    private void BreakSync()
    {
        using var unsyncable = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var broken = 0;
        foreach (var link in Directory.GetFiles("/proc/self/fd"))
        {
            var target = new FileInfo(link).LinkTarget;
            if (target is not null && target.StartsWith(Path.Combine(_disk.Root, "member", "log"), StringComparison.Ordinal))
            {
                Assert.NotEqual(-1, Duplicate(unsyncable, int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture)));
                broken++;
            }
        }
        Assert.True(broken > 0);
    }

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(Microsoft.Win32.SafeHandles.SafeFileHandle from, int to);

    /// <summary>A file system of 1.5 MiB in memory for root; for others a directory with a quota kept by the file layer.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public string Root { get; } = Directory.CreateTempSubdirectory("kube-disk-").FullName;

        public bool IsMounted { get; private init; }

        public long QuotaBytes { get; private set; } = long.MaxValue;

        public static SmallDisk Make()
        {
            var disk = new SmallDisk { IsMounted = Environment.IsPrivilegedProcess };
            if (disk.IsMounted)
            {
                Mount("-t", "tmpfs", "-o", "size=1536k", "none", disk.Root);
            }
            else
            {
                disk.QuotaBytes = 1536 << 10;
            }
            return disk;
        }

        public void Enlarge()
        {
            if (IsMounted)
            {
                Mount("-o", "remount,size=16m", Root);
            }
            QuotaBytes = long.MaxValue;
        }

        public void Dispose()
        {
            if (IsMounted)
            {
                Run("umount", Root);
            }
            Directory.Delete(Root, recursive: true);
        }

        private static void Mount(params string[] arguments) => Run("mount", arguments);

        private static void Run(string program, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(program, arguments);
            Assert.True(process.WaitForExit(10_000));
            Assert.Equal(0, process.ExitCode);
        }
    }
}
