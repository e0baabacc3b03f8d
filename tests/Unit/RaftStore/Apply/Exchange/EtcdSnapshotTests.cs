using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Apply.Exchange;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Apply.Exchange;

/// <summary>A state that goes through etcd's file format is the same afterwards.</summary>
public class EtcdSnapshotTests
{
    [Fact]
    public void All_but_members_and_alarms_comes_back()
    {
        var machine = Filled();
        Apply(machine, new Command { Alarm = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = 3, Alarm = AlarmType.Nospace } });
        var restored = ApplyTests.NewMachine();
        var snapshot = Convert(Export(machine), out var summary);
        restored.Restore(new MemoryStream(snapshot));

        Assert.Equal(machine.Store.HashHistory(0), restored.Store.HashHistory(0));
        Assert.Equal(machine.Store.CurrentRevision, restored.Store.CurrentRevision);
        Assert.Equal(machine.Store.CompactRevision, restored.Store.CompactRevision);
        Assert.Equal(machine.Leases.All().Select(static lease => (lease.Id, lease.TtlSeconds)), restored.Leases.All().Select(static lease => (lease.Id, lease.TtlSeconds)));
        Assert.Equal(machine.Leases.KeysOf(7), restored.Leases.KeysOf(7));
        Assert.Equal(machine.Auth.Current.Revision, restored.Auth.Current.Revision);
        Assert.True(restored.Auth.IsEnabled);
        Assert.Equal(["alice", "root"], restored.Auth.Current.Users.Keys);
        Assert.Equal(machine.Auth.Current.Users["alice"].PasswordHash, restored.Auth.Current.Users["alice"].PasswordHash);
        Assert.Equal(machine.Auth.Current.Roles["r"].Permissions, restored.Auth.Current.Roles["r"].Permissions);
        Assert.Equal((11UL, "new"), restored.Members.All.Select(static member => (member.Key, member.Value.Name)).Single());
        Assert.True(restored.Members.IsComplete);
        Assert.Empty(restored.Alarms.Raised);
        Assert.Equal(2UL, restored.AppliedIndex);
        Assert.Equal((machine.Store.CurrentRevision, 2), (summary.Revision, summary.Users));
    }

    [Fact]
    public void What_is_written_meanwhile_does_not_show()
    {
        var machine = Filled();
        using var writer = new EtcdSnapshotWriter(machine, 1, default);
        var (revision, hash) = (machine.Store.CurrentRevision, machine.Store.HashHistory(0).Hash);
        var file = new MemoryStream();
        foreach (var chunk in writer.Chunks(default))
        {
            Apply(machine, new Command { Put = ApplyTests.Put("k1", "later") });
            Apply(machine, new Command { Compaction = new CompactionRequest { Revision = machine.Store.CurrentRevision } });
            while (machine.Store.NeedsTrim && machine.Store.Trim(1000))
            {
            }
            file.Write(chunk.Span);
        }
        var restored = ApplyTests.NewMachine();
        restored.Restore(new MemoryStream(Convert(file.ToArray(), out _)));
        Assert.Equal((revision, hash), (restored.Store.CurrentRevision, restored.Store.HashHistory(0).Hash));
    }

    private static byte[] Export(StoreStateMachine machine)
    {
        using var writer = new EtcdSnapshotWriter(machine, 1, default);
        var file = new MemoryStream();
        foreach (var chunk in writer.Chunks(default))
        {
            file.Write(chunk.Span);
        }
        Assert.Equal(writer.SizeBytes, file.Length);
        return file.ToArray();
    }

    private static byte[] Convert(byte[] file, out EtcdSnapshotSummary summary)
    {
        var snapshot = new MemoryStream();
        summary = new EtcdSnapshotReader(new MemoryStream(file), file.Length).ConvertTo(snapshot, 2, [(11, "new", ["http://a:1"])], default);
        return snapshot.ToArray();
    }

    private static StoreStateMachine Filled()
    {
        var machine = ApplyTests.NewMachine();
        Apply(machine, new Command { LeaseGrant = new LeaseGrantRequest { ID = 7, TTL = 60 } });
        Apply(machine, new Command { LeaseGrant = new LeaseGrantRequest { ID = -1, TTL = 5 } });
        var random = new Prng(9);
        for (var i = 0; i < 3000; i++)
        {
            var key = $"k{random.Next(200)}";
            Apply(machine, random.Next(4) == 0
                ? new Command { DeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(key) } }
                : new Command { Put = ApplyTests.Put(key, new string('v', random.Next(100)), random.Next(10) == 0 ? 7 : 0) });
        }
        Apply(machine, new Command { Compaction = new CompactionRequest { Revision = 1000 } });
        Apply(machine, new Command { Auth = new AuthCommand { UserAdd = new AuthUserAddRequest { Name = "root", HashedPassword = "cm9vdA==" } } });
        Apply(machine, new Command { Auth = new AuthCommand { UserAdd = new AuthUserAddRequest { Name = "alice", HashedPassword = "YWxpY2U=" } } });
        Apply(machine, new Command { Auth = new AuthCommand { RoleAdd = new AuthRoleAddRequest { Name = "r" } } });
        Apply(machine, new Command
        {
            Auth = new AuthCommand
            {
                RoleGrantPermission = new AuthRoleGrantPermissionRequest
                {
                    Name = "r",
                    Perm = new Permission { PermType = Permission.Types.Type.Readwrite, Key = ByteString.CopyFromUtf8("a"), RangeEnd = ByteString.CopyFrom(0) },
                },
            },
        });
        Apply(machine, new Command { Auth = new AuthCommand { UserGrantRole = new AuthUserGrantRoleRequest { User = "alice", Role = "r" } } });
        Apply(machine, new Command { Auth = new AuthCommand { UserGrantRole = new AuthUserGrantRoleRequest { User = "root", Role = "root" } } });
        Apply(machine, new Command { Auth = new AuthCommand { Enable = new AuthEnableRequest() } });
        return machine;
    }

    private static void Apply(StoreStateMachine machine, Command command)
    {
        if (machine.Auth.IsEnabled)
        {
            (command.Caller, command.AuthRevision) = ("root", machine.Auth.Current.Revision);
        }
        Assert.IsNotType<EtcdError>(machine.Apply(machine.AppliedIndex + 1, 1, command.ToByteArray()));
    }
}
