using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Apply;

/// <summary>What commands do to the state.</summary>
public class ApplyTests
{
    private readonly StoreStateMachine _machine = NewMachine();

    internal static StoreStateMachine NewMachine() => new(new MemoryValueStore(), new LeaseClock(10));

    [Fact]
    public void A_refused_transaction_changes_nothing()
    {
        Apply(new Command { Put = Put("a", "1") });
        var txn = new TxnRequest();
        txn.Success.Add(new RequestOp { RequestPut = Put("b", "1") });
        txn.Success.Add(new RequestOp { RequestRange = new RangeRequest { Key = Bytes("a"), Revision = 99 } });
        Assert.Same(EtcdError.FutureRevision, Apply(new Command { Txn = txn }));
        txn.Success[1] = new RequestOp { RequestPut = Put("c", "1", lease: 5) };
        Assert.Same(EtcdError.LeaseNotFound, Apply(new Command { Txn = txn }));
        txn.Success[1] = new RequestOp { RequestPut = new PutRequest { Key = Bytes("d"), IgnoreValue = true } };
        Assert.Same(EtcdError.KeyNotFound, Apply(new Command { Txn = txn }));
        Assert.Equal(2, _machine.Store.CurrentRevision);
        Assert.Null(_machine.Store.Get("b"u8));
    }

    [Fact]
    public void Nested_compares_see_the_state_from_before_the_transaction()
    {
        var inner = new TxnRequest();
        inner.Compare.Add(new Compare { Key = Bytes("a"), Target = Compare.Types.CompareTarget.Version, Version = 0 });
        inner.Success.Add(new RequestOp { RequestPut = Put("inner", "1") });
        var outer = new TxnRequest();
        outer.Success.Add(new RequestOp { RequestPut = Put("a", "1") });
        outer.Success.Add(new RequestOp { RequestTxn = inner });
        var response = Assert.IsType<TxnResponse>(Apply(new Command { Txn = outer }));
        Assert.True(response.Responses[1].ResponseTxn.Succeeded);
        Assert.Equal(2, response.Header.Revision);
        Assert.NotNull(_machine.Store.Get("inner"u8));
    }

    [Fact]
    public void Revoking_a_lease_deletes_its_keys_in_one_revision()
    {
        Grant(7);
        Apply(new Command { Put = Put("a", "1", 7) });
        Apply(new Command { Put = Put("b", "1", 7) });
        Apply(new Command { Put = Put("c", "1", 7) });
        Apply(new Command { Put = Put("c", "moved away") });
        Assert.Equal(5, _machine.Store.CurrentRevision);
        Assert.IsType<LeaseRevokeResponse>(Apply(new Command { LeaseRevoke = new LeaseRevokeRequest { ID = 7 } }));
        Assert.Equal(6, _machine.Store.CurrentRevision);
        Assert.Null(_machine.Store.Get("a"u8));
        Assert.Null(_machine.Store.Get("b"u8));
        Assert.NotNull(_machine.Store.Get("c"u8));
        Assert.Same(EtcdError.LeaseNotFound, Apply(new Command { LeaseRevoke = new LeaseRevokeRequest { ID = 7 } }));
    }

    [Fact]
    public void An_expiry_that_a_renewal_overtook_does_nothing()
    {
        Grant(7);
        Apply(new Command { Put = Put("a", "1", 7) });
        Assert.True(_machine.Leases.TryGet(7, out var granted));
        Apply(new Command { LeaseRenewal = new LeaseRenewal { Ids = { 7, 8 } } });
        var expiry = new LeaseExpiry { Leases = { new LeaseExpiry.Types.Expired { Id = 7, RenewedIndex = granted.RenewedIndex } } };
        Assert.Equal(new LeaseExpiryResult(0), Apply(new Command { LeaseExpiry = expiry }));
        Assert.NotNull(_machine.Store.Get("a"u8));
        Assert.True(_machine.Leases.TryGet(7, out var renewed));
        expiry.Leases[0].RenewedIndex = renewed.RenewedIndex;
        Assert.Equal(new LeaseExpiryResult(1), Apply(new Command { LeaseExpiry = expiry }));
        Assert.Null(_machine.Store.Get("a"u8));
    }

    [Fact]
    public void Without_space_only_what_does_not_grow_goes_through()
    {
        Apply(new Command { Put = Put("a", "1") });
        Alarm(AlarmRequest.Types.AlarmAction.Activate);
        Assert.Same(EtcdError.NoSpace, Apply(new Command { Put = Put("b", "1") }));
        var txn = new TxnRequest { Failure = { new RequestOp { RequestPut = Put("b", "1") } } };
        Assert.Same(EtcdError.NoSpace, Apply(new Command { Txn = txn }));
        Assert.Same(EtcdError.NoSpace, Apply(new Command { LeaseGrant = new LeaseGrantRequest { ID = 1, TTL = 5 } }));
        Assert.IsType<DeleteRangeResponse>(Apply(new Command { DeleteRange = new DeleteRangeRequest { Key = Bytes("a") } }));
        Assert.IsType<CompactionResponse>(Apply(new Command { Compaction = new CompactionRequest { Revision = 3 } }));
        Alarm(AlarmRequest.Types.AlarmAction.Deactivate);
        Assert.IsType<PutResponse>(Apply(new Command { Put = Put("b", "1") }));
    }

    /// <summary>What reads one key on each of its ways is answered where it is applied; what may read more is answered later.</summary>
    [Fact]
    public void What_reads_more_than_a_key_is_answered_late()
    {
        static RequestOp Get(string key, string end = "") => new() { RequestRange = new RangeRequest { Key = Bytes(key), RangeEnd = Bytes(end) } };
        static RequestOp Nested(params RequestOp[] ops) => new() { RequestTxn = new TxnRequest { Failure = { ops } } };
        Assert.False(LateRange.AreIn(new TxnRequest { Success = { new RequestOp { RequestPut = Put("a", "1") } }, Failure = { Get("a") } }));
        Assert.False(LateRange.AreIn(new TxnRequest { Success = { Get("a") }, Failure = { Nested(Get("a")) } }));
        Assert.True(LateRange.AreIn(new TxnRequest { Success = { Get("a", "b") } }));
        Assert.True(LateRange.AreIn(new TxnRequest { Failure = { Get("a"), Get("b") } }));
        Assert.True(LateRange.AreIn(new TxnRequest { Success = { Nested(Get("a")), Nested(Get("b")) } }));
        Assert.Equal(7, LateRange.RevisionToPin(new TxnRequest { Success = { Get("a"), Nested(new RequestOp { RequestRange = new RangeRequest { Key = Bytes("a"), Revision = 7 } }) } }, 9));
        Assert.Equal(9, LateRange.RevisionToPin(new TxnRequest { Success = { Get("a") } }, 9));
    }

    private void Alarm(AlarmRequest.Types.AlarmAction action)
        => Apply(new Command { Alarm = new AlarmRequest { Action = action, MemberID = 1, Alarm = AlarmType.Nospace } });

    private void Grant(long id) => Assert.IsType<LeaseGrantResponse>(Apply(new Command { LeaseGrant = new LeaseGrantRequest { ID = id, TTL = 60 } }));

    private object? Apply(Command command) => _machine.Apply(_machine.AppliedIndex + 1, 1, command.ToByteArray());

    internal static PutRequest Put(string key, string value, long lease = 0)
        => new() { Key = Bytes(key), Value = Bytes(value), Lease = lease };

    internal static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
