using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply;

/// <summary>The innermost applier: changes keys, leases, alarms and what is known of the members.</summary>
internal sealed class KeySpaceApplier(
    MvccStore store, LeaseTable leases, LeaseClock clock, AlarmTable alarms, MemberTable members) : IApplier
{
    /// <summary>Longest time to live that etcd grants, in seconds.</summary>
    public const long MaxTtlSeconds = 9_000_000_000;

    public object Put(PutRequest request)
    {
        if (request.Lease != 0 && !leases.TryGet(request.Lease, out _))
        {
            return EtcdError.LeaseNotFound;
        }
        using var write = store.BeginWrite();
        if ((request.IgnoreValue || request.IgnoreLease) && write.Get(request.Key.Span) is null)
        {
            return EtcdError.KeyNotFound;
        }
        var response = Put(write, request);
        write.Commit();
        return response;
    }

    public object DeleteRange(DeleteRangeRequest request)
    {
        using var write = store.BeginWrite();
        var response = DeleteRange(write, request);
        write.Commit();
        return response;
    }

    public object Txn(TxnRequest request)
    {
        using var write = store.BeginWrite();
        var plan = TxnPlan.Make(request, write, store);
        if (plan.Check(leases) is { } error)
        {
            return error;
        }
        return plan.Run(new TxnWriter(this, write), write.Commit);
    }

    public object Compact(CompactionRequest request) => store.Compact(request.Revision) switch
    {
        CompactionStatus.AlreadyCompacted => EtcdError.Compacted,
        CompactionStatus.Future => EtcdError.FutureRevision,
        _ => new CompactionResponse { Header = Header() },
    };

    public object GrantLease(LeaseGrantRequest request, LogPosition at)
    {
        if (request.ID == 0)
        {
            return EtcdError.LeaseNotFound;
        }
        if (request.TTL > MaxTtlSeconds)
        {
            return EtcdError.LeaseTtlTooLarge;
        }
        if (!leases.TryGrant(request.ID, request.TTL, at.Index))
        {
            return EtcdError.LeaseExists;
        }
        clock.Start(new LeaseRecord(request.ID, request.TTL, at.Index));
        return new LeaseGrantResponse { Header = Header(), ID = request.ID, TTL = request.TTL };
    }

    public object RevokeLease(LeaseRevokeRequest request)
        => Revoke(request.ID) ? new LeaseRevokeResponse { Header = Header() } : EtcdError.LeaseNotFound;

    public object RenewLeases(LeaseRenewal request, LogPosition at)
    {
        var ttls = new long[request.Ids.Count];
        for (var i = 0; i < ttls.Length; i++)
        {
            if (leases.TryRenew(request.Ids[i], at.Index, out var renewed))
            {
                clock.Start(renewed);
                ttls[i] = renewed.TtlSeconds;
            }
        }
        return new LeaseRenewalResult(store.CurrentRevision, ttls);
    }

    public object ExpireLeases(LeaseExpiry request)
    {
        var revoked = 0;
        foreach (var expired in request.Leases)
        {
            if (leases.TryGet(expired.Id, out var lease) && lease.RenewedIndex == expired.RenewedIndex && Revoke(lease.Id))
            {
                revoked++;
            }
        }
        return new LeaseExpiryResult(revoked);
    }

    public object Alarm(AlarmRequest request)
    {
        var response = new AlarmResponse { Header = Header() };
        switch (request.Action)
        {
            case AlarmRequest.Types.AlarmAction.Get:
                response.Alarms.AddRange(alarms.Raised.Where(a => request.Alarm == AlarmType.None || a.Type == request.Alarm).Select(ToMessage));
                break;
            case AlarmRequest.Types.AlarmAction.Activate when request.Alarm != AlarmType.None:
                alarms.Raise(request.MemberID, request.Alarm);
                response.Alarms.Add(ToMessage((request.MemberID, request.Alarm)));
                break;
            case AlarmRequest.Types.AlarmAction.Deactivate when alarms.Clear(request.MemberID, request.Alarm):
                response.Alarms.Add(ToMessage((request.MemberID, request.Alarm)));
                break;
        }
        return response;
    }

    public object PublishMember(MemberAttributes request)
    {
        members.Publish(request.Id, request.Name, [.. request.ClientUrls]);
        return request;
    }

    public object BootstrapMembers(MemberBootstrap request)
    {
        members.Bootstrap(request.Founders.Select(static founder => KeyValuePair.Create(
            founder.Id, new StoreMember(founder.Name, [.. founder.PeerUrls], [], IsLearner: false))));
        return request;
    }

    /// <summary>What Raft's configuration changed with this entry is decided: only an update can be refused here.</summary>
    public object ChangeMember(MemberChange request)
    {
        IReadOnlyList<string> urls = [.. request.PeerUrls];
        switch (request.Kind)
        {
            case MemberChange.Types.Kind.Add or MemberChange.Types.Kind.AddLearner:
                members.Add(request.Id, urls, request.Kind == MemberChange.Types.Kind.AddLearner);
                break;
            case MemberChange.Types.Kind.Promote:
                members.Promote(request.Id);
                break;
            case MemberChange.Types.Kind.Remove:
                members.Remove(request.Id);
                break;
            case MemberChange.Types.Kind.Update when members.HasPeerUrl(urls, request.Id):
                return EtcdError.PeerUrlExists;
            case MemberChange.Types.Kind.Update:
                return members.Update(request.Id, urls) ? request : EtcdError.MemberNotFound;
            default:
                throw new InvariantException($"a change of members of a kind this version does not know: {request.Kind}");
        }
        return request;
    }

    internal PutResponse Put(MvccStore.WriteTransaction write, PutRequest request)
    {
        var current = write.Get(request.Key.Span);
        Invariant.Check(current is not null || (!request.IgnoreValue && !request.IgnoreLease));
        var value = request.IgnoreValue ? store.Values.Read(current!.Value) : request.Value.Memory;
        var lease = request.IgnoreLease ? current!.Lease : request.Lease;
        var written = write.Put(request.Key.Memory, value, lease);
        leases.Move(written.Key, current?.Lease ?? 0, lease);
        return new PutResponse
        {
            Header = new ResponseHeader { Revision = written.ModRevision },
            PrevKv = request.PrevKv && current is not null ? RangeMapping.ToMessage(current, store.Values) : null,
        };
    }

    internal DeleteRangeResponse DeleteRange(MvccStore.WriteTransaction write, DeleteRangeRequest request)
    {
        var deleted = write.DeleteRange(RangeMapping.ToRange(request.Key, request.RangeEnd));
        var response = new DeleteRangeResponse
        {
            Header = new ResponseHeader { Revision = write.Revision },
            Deleted = deleted.Count,
        };
        foreach (var version in deleted)
        {
            leases.Move(version.Key, version.Lease, 0);
            if (request.PrevKv)
            {
                response.PrevKvs.Add(RangeMapping.ToMessage(version, store.Values));
            }
        }
        return response;
    }

    private bool Revoke(long id)
    {
        if (!leases.TryRemove(id, out var keys))
        {
            return false;
        }
        clock.Stop(id);
        using var write = store.BeginWrite();
        foreach (var key in keys)
        {
            write.DeleteRange(new KeyRange(key, default));
        }
        write.Commit();
        return true;
    }

    private ResponseHeader Header() => new() { Revision = store.CurrentRevision };

    private static AlarmMember ToMessage((ulong Member, AlarmType Type) alarm)
        => new() { MemberID = alarm.Member, Alarm = alarm.Type };

    /// <summary>Lets a planned transaction write.</summary>
    private sealed class TxnWriter(KeySpaceApplier applier, MvccStore.WriteTransaction write) : ITxnWriter
    {
        public RangeResult Range(in RangeQuery query) => write.Range(query);

        public MvccStore.ReadView Capture() => write.Capture();

        public PutResponse Put(PutRequest request) => applier.Put(write, request);

        public DeleteRangeResponse DeleteRange(DeleteRangeRequest request) => applier.DeleteRange(write, request);
    }
}

/// <summary>What became of the renewals of one command: each lease's time to live in seconds, 0 when it is gone.</summary>
public sealed record LeaseRenewalResult(long Revision, IReadOnlyList<long> TtlSeconds);

/// <summary>How many of the leases a command named were revoked; the others had been renewed or were gone.</summary>
public sealed record LeaseExpiryResult(int Revoked);
