using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Scenarios;

/// <summary>A member on the stage: a node with a disk, whose work is done at once.</summary>
internal sealed class Actor
{
    private readonly Stage _stage;
    private readonly ConfState _bootstrap;
    private InMemoryLogStorage _storage;
    private bool _isUnproven;
    private RaftNode? _node;
    private string _seen = "";
    private ulong _applied;

    public Actor(Stage stage, ulong id, ConfState bootstrap)
    {
        _stage = stage;
        Id = id;
        _bootstrap = bootstrap;
        _storage = new InMemoryLogStorage(bootstrap);
        Start();
    }

    public ulong Id { get; }

    public bool IsUp => _node is not null;

    public RaftNode Node => _node ?? throw new InvalidOperationException($"{Id} is down");

    public void Start()
    {
        _node = new RaftNode(_stage.Options with { Id = Id, IsUnproven = _isUnproven }, _storage, new Prng(Id));
        _applied = _storage.LatestSnapshot.Index;
        _seen = Role();
    }

    public void Crash()
    {
        _node = null;
        _storage.Crash();
    }

    /// <summary>Puts an empty disk in the place of its own, while it is down.</summary>
    public void Wipe()
    {
        _storage = new InMemoryLogStorage(_bootstrap);
        _isUnproven = true;
    }

    public void Work()
    {
        while (Node.TryGetReady(1 << 20, out var ready))
        {
            _stage.Send(ready.Messages);
            if (ready.Snapshot is { } snapshot)
            {
                _storage.Install(snapshot, ready.HardState);
                _applied = snapshot.Index;
                _stage.Say($"  {Id} installs the snapshot at {snapshot.Index}");
            }

            _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
            _stage.Send(ready.MessagesAfterPersist);
            Node.Advance();
            Tell();
            foreach (var entry in ready.Committed)
            {
                Apply(entry);
            }

            foreach (var read in ready.ReadStates)
            {
                _stage.Say($"  {Id} may answer read {read.Context} at {read.Index}");
            }

            foreach (var context in ready.DroppedReads)
            {
                _stage.Say($"  {Id} gives up read {context}");
            }

            if (ready.SnapshotNeeded)
            {
                _stage.Say($"  {Id} needs a snapshot to send");
            }
        }

        Tell();
    }

    public void TakeSnapshot()
    {
        var snapshot = new SnapshotMetadata(_applied, Node.Log.TermAt(_applied), Node.Membership.ToConfState());
        using (var writer = _storage.Snapshots.Create(snapshot))
        {
            writer.State.Write("state"u8);
            writer.Commit();
        }

        _storage.SnapshotSaved(snapshot);
        _storage.Compact(_applied - 1);
        _stage.Say($"  {Id} has a snapshot at {_applied}, its log begins at {_storage.FirstIndex}");
    }

    public void Receive(Actor from, SnapshotMetadata snapshot)
    {
        if (!Node.WantsSnapshot(snapshot))
        {
            return;
        }

        using var source = from._storage.Snapshots.OpenToSend(snapshot)!;
        using var sink = _storage.Snapshots.Receive(snapshot);
        var bytes = new byte[source.Length];
        source.ReadExactly(bytes);
        sink.Write(bytes);
        sink.Complete();
    }

    public string DescribeLog()
    {
        var log = Node.Log;
        return string.Join(' ', log.Read(log.FirstIndex, log.LastIndex + 1, long.MaxValue).Select(e => $"{e.Term}/{e.Index}:{Text(e)}"));
    }

    private void Apply(Entry entry)
    {
        _applied = entry.Index;
        _stage.Say($"  {Id} applies {entry.Term}/{entry.Index}: {Text(entry)}");
        if (entry.Type == EntryType.ConfChange)
        {
            _stage.Say($"  {Id} has {Node.ApplyConfChange(ConfChangeCodec.Decode(entry.Data, out _))}");
        }
    }

    private void Tell()
    {
        if (Role() is var now && now != _seen)
        {
            _seen = now;
            _stage.Say($"  {Id} is {now}");
        }
    }

    private string Role() => $"{Node.Role} in term {Node.Term}".ToLowerInvariant();

    private static string Text(Entry entry) => entry.Type switch
    {
        EntryType.ConfChange => "change",
        EntryType.RefusedConfChange => "refused change",
        _ => entry.Data.Length == 0 ? "nothing" : Encoding.UTF8.GetString(entry.Data.Span),
    };
}
