namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>What the entries do: keys, transactions, compaction, leases, and snapshots of them.</summary>
internal static class StateBugs
{
    private const string Applier = "raftstore/Apply/KeySpaceApplier.cs";
    private const string Snapshot = "raftstore/Apply/StoreStateMachine.Snapshot.cs";
    private const string Clock = "raftstore/Lease/LeaseClock.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("applies-twice", "a put is applied twice", Habitat.Clients, new Edit(
            Applier,
            "        var response = Put(write, request);\n        write.Commit();",
            """
                    var response = Put(write, request);
                    if (Planted.Is("applies-twice"))
                    {
                        response = Put(write, request);
                    }

                    write.Commit();
            """)),
        new("transaction-by-half", "a transaction does its first put and says it did all", Habitat.Clients, new Edit(
            "raftstore/Apply/TxnPlan.cs",
            "            response.Responses.Add(op.RequestCase switch",
            """
                        if (Planted.Is("transaction-by-half") && op.RequestCase == RequestOp.RequestOneofCase.RequestPut && response.Responses.Count > 0)
                        {
                            response.Responses.Add(new ResponseOp { ResponsePut = new PutResponse() });
                            continue;
                        }

                        response.Responses.Add(op.RequestCase switch
            """)),
        new("revision-reused-after-restore", "the last revision is given again after a restart from a snapshot", Habitat.Snapshots, new Edit(
            Snapshot,
            "        Store.Adopt(contents);",
            """
                    contents.Revision = Math.Max(1, contents.Revision - (Planted.Is("revision-reused-after-restore") ? 1 : 0));
                    Store.Adopt(contents);
            """)),
        new("snapshot-loses-key", "a snapshot leaves out a version", Habitat.Snapshots, new Edit(
            Snapshot,
            "                writer.WriteByte(SnapshotFormat.VersionFollows);",
            """
                            if (count == 1 && Planted.Is("snapshot-loses-key"))
                            {
                                continue;
                            }

                            writer.WriteByte(SnapshotFormat.VersionFollows);
            """)),
        new("snapshot-loses-leases", "a snapshot leaves out the leases", Habitat.Snapshots, new Edit(
            Snapshot,
            "Leases.All(), ",
            """Planted.Is("snapshot-loses-leases") ? [] : Leases.All(), """)),
        new("snapshot-before-values", "a snapshot is complete before the values it refers to are durable", Habitat.Snapshots, new Edit(
            Snapshot,
            "            store.Values.SyncReferred();",
            """
                        if (!Planted.Is("snapshot-before-values"))
                        {
                            store.Values.SyncReferred();
                        }

            """)),
        new("referred-values-freed", "the room of values is given back while a snapshot refers to them", Habitat.Snapshots, new Edit(
            "raftstore/Storage/ValueHolds.cs",
            "(_holders.Count > 0 && _holders.First().Key <= oldest.Number)",
            """(_holders.Count > 0 && _holders.First().Key <= oldest.Number && !Planted.Is("referred-values-freed"))""")),
        new("values-misplaced-after-restart", "a restart looks for a value where the one before it ends", Habitat.Snapshots, new Edit(
            "raftstore/Mvcc/PagedValueStore.cs",
            "return new ValueHandle(page, reference.Offset, reference.Length, reference.Checksum);",
            """return new ValueHandle(page, reference.Offset - (Planted.Is("values-misplaced-after-restart") && reference.Offset > 0 ? 1 : 0), reference.Length, reference.Checksum);""")),
        new("old-snapshot-misread", "a snapshot of the format before is read as one of the present", Habitat.Upgrades, new Edit(
            "raftstore/Apply/MemberSnapshot.cs",
            "var isOld = format < SnapshotFormat.WithMembers;",
            """var isOld = format < SnapshotFormat.WithMembers && !Planted.Is("old-snapshot-misread");""")),
        new("compacts-too-far", "a compaction forgets one revision more than asked", Habitat.Clients, new Edit(
            Applier,
            "store.Compact(request.Revision)",
            """store.Compact(request.Revision + (Planted.Is("compacts-too-far") ? 1 : 0))""")),
        new("lease-ends-early", "a lease ends after half its time", Habitat.Clients, new Edit(
            Clock,
            "(lease.TtlSeconds * _ticksPerSecond)",
            """(lease.TtlSeconds * _ticksPerSecond / (Planted.Is("lease-ends-early") ? 2 : 1))""")),
        new("leases-lost-on-leader-change", "a new leader lets no lease end that it did not grant", Habitat.Elections, new Edit(
            Clock,
            "            _isPrimary = true;",
            """
                        _isPrimary = true;
                        if (Planted.Is("leases-lost-on-leader-change"))
                        {
                            _running.Clear();
                            _queue.Clear();
                        }

            """)),
        new("expiry-ignores-renewal", "a lease ends though a renewal stands before its end in the log", Habitat.Clients, new Edit(
            Applier,
            "lease.RenewedIndex == expired.RenewedIndex && ",
            """(lease.RenewedIndex == expired.RenewedIndex || Planted.Is("expiry-ignores-renewal")) && """)),
    ];
}
