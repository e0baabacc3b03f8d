using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Apply;

/// <summary>A snapshot holds everything, stays as it was taken, and damage to it is noticed.</summary>
public class SnapshotTests
{
    [Fact]
    public void A_restored_state_equals_the_one_captured_whatever_came_later()
    {
        var machine = Filled();
        using var snapshot = machine.CaptureSnapshot();
        var (index, hash) = (machine.AppliedIndex, StateHash.Of(machine));
        for (var i = 0; i < 500; i++)
        {
            Apply(machine, new Command { Put = ApplyTests.Put($"k{i % 10}", "later") });
        }
        Apply(machine, new Command { Compaction = new CompactionRequest { Revision = machine.Store.CurrentRevision } });
        while (machine.Store.Trim(100))
        {
        }

        var bytes = new MemoryStream();
        snapshot.WriteTo(bytes, default);
        var restored = ApplyTests.NewMachine();
        var wasTold = false;
        restored.Restored += () => wasTold = true;
        restored.Restore(new MemoryStream(bytes.ToArray()));

        Assert.True(wasTold);
        Assert.Equal(index, restored.AppliedIndex);
        Assert.Equal(hash, StateHash.Of(restored));
        Assert.Equal("k1"u8.ToArray(), restored.Leases.KeysOf(7).Single());
        Assert.Equal("name", restored.Members.All[5].Name);
        Assert.True(restored.Alarms.IsRaised(AlarmType.Corrupt));
        Assert.Equal(60, restored.Clock.RemainingSeconds(7));
    }

    [Fact]
    public void Members_come_back_with_their_urls_their_votes_and_those_who_went()
    {
        var machine = ApplyTests.NewMachine();
        var founder = new MemberBootstrap.Types.Founder { Id = 1, Name = "a", PeerUrls = { "http://a:1" } };
        Apply(machine, new Command { MemberBootstrap = new MemberBootstrap { Founders = { founder } } });
        Apply(machine, new Command { MemberChange = new MemberChange { Kind = MemberChange.Types.Kind.AddLearner, Id = 2, PeerUrls = { "http://b:1" } } });
        Apply(machine, new Command { MemberChange = new MemberChange { Kind = MemberChange.Types.Kind.Add, Id = 3, PeerUrls = { "http://c:1" } } });
        Apply(machine, new Command { MemberChange = new MemberChange { Kind = MemberChange.Types.Kind.Remove, Id = 3 } });
        // The second to tell who began the cluster is not believed, and one that went is not listened to.
        founder.PeerUrls[0] = "http://z:1";
        Apply(machine, new Command { MemberBootstrap = new MemberBootstrap { Founders = { founder } } });
        Apply(machine, new Command { Member = new MemberAttributes { Id = 3, Name = "c" } });
        var bytes = new MemoryStream();
        machine.CaptureSnapshot().WriteTo(bytes, default);

        var restored = ApplyTests.NewMachine();
        var wasTold = 0;
        restored.Members.Changed += () => wasTold++;
        restored.Restore(new MemoryStream(bytes.ToArray()));
        Assert.Equal(1, wasTold);
        Assert.True(restored.Members.IsComplete);
        Assert.Equal([1UL, 2UL], restored.Members.All.Keys);
        Assert.Equal((true, "http://b:1"), (restored.Members.All[2].IsLearner, restored.Members.All[2].PeerUrls.Single()));
        Assert.Equal("http://a:1", restored.Members.All[1].PeerUrls.Single());
        Assert.Equal([3UL], restored.Members.Removed);
    }

    [Fact]
    public void Any_damaged_byte_or_cut_is_refused_and_the_state_stays()
    {
        using var snapshot = Filled().CaptureSnapshot();
        var stream = new MemoryStream();
        snapshot.WriteTo(stream, default);
        var bytes = stream.ToArray();
        var machine = ApplyTests.NewMachine();
        Apply(machine, new Command { Put = ApplyTests.Put("mine", "1") });
        var hash = StateHash.Of(machine);
        var random = new Prng(11);
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<InvalidDataException>(() => machine.Restore(new MemoryStream(damaged)));
            Assert.Throws<InvalidDataException>(() => machine.Restore(new MemoryStream(bytes, 0, random.Next(bytes.Length))));
        }
        Assert.Throws<InvalidDataException>(() => machine.Restore(new MemoryStream([.. bytes, 0])));
        Assert.Equal(hash, StateHash.Of(machine));
        machine.Restore(new MemoryStream(bytes));
        Assert.NotEqual(hash, StateHash.Of(machine));
    }

    private static StoreStateMachine Filled()
    {
        var machine = ApplyTests.NewMachine();
        Apply(machine, new Command { LeaseGrant = new LeaseGrantRequest { ID = 7, TTL = 60 } });
        for (var i = 0; i < 100; i++)
        {
            Apply(machine, new Command { Put = ApplyTests.Put($"k{i % 20}", new string('v', i), i % 20 == 1 ? 7 : 0) });
        }
        Apply(machine, new Command { DeleteRange = new DeleteRangeRequest { Key = ApplyTests.Bytes("k5") } });
        Apply(machine, new Command { Compaction = new CompactionRequest { Revision = 50 } });
        Apply(machine, new Command { Member = new MemberAttributes { Id = 5, Name = "name", ClientUrls = { "https://x" } } });
        Apply(machine, new Command
        {
            Alarm = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = 5, Alarm = AlarmType.Corrupt },
        });
        return machine;
    }

    private static void Apply(StoreStateMachine machine, Command command) => machine.Apply(machine.AppliedIndex + 1, 1, command.ToByteArray());
}
