using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Server.Replication;

public sealed partial class ReplicatedLog
{
    /// <summary>
    /// Applies committed entries in order, answers proposers and readers, and takes snapshots.
    /// </summary>
    private sealed class ApplyLoop(ReplicatedLog log, ILogStorage storage, IStateMachine machine)
    {
        /// <summary>Snapshot counts of entries after which a snapshot is taken in any case.</summary>
        private const ulong MostSnapshotCounts = 10;

        /// <summary>Bytes of entries, however few, after which a snapshot is taken unless the last one was larger: large entries fill the disk.</summary>
        private const long LargeLogBytes = 128 << 20;

        /// <summary>What a snapshot that size costs is no matter.</summary>
        private const long SmallSnapshotBytes = 4 << 20;

        /// <summary>Bytes of entries for each byte of the last snapshot, where that was not small.</summary>
        private const long EntryBytesPerSnapshotByte = 4;

        private readonly Lock _gate = new();
        private readonly Queue<ApplyItem> _queue = new();
        private readonly List<PendingRead> _reads = [];
        private long _queuedBytes;
        private long _snapshotBytes;
        private long _bytesSinceSnapshot;
        private ulong _appliedIndex;
        private ulong _appliedTerm;
        private ulong _snapshotIndex;
        private ConfState _configuration = ConfState.Empty;
        private bool _snapshotWanted;
        private bool _isWritingSnapshot;
        private bool _awaitsSnapshot;
        private bool _wasFull;
        private bool _closed;

        /// <summary>The last entry applied, for any thread.</summary>
        public ulong AppliedIndex => Volatile.Read(ref _appliedIndex);

        /// <summary>Bytes of entries that may still be queued.</summary>
        public long BudgetBytes
        {
            get
            {
                lock (_gate)
                {
                    var budget = Math.Max(0, log._options.MaxApplyQueueBytes - _queuedBytes);
                    _wasFull = budget == 0;
                    return budget;
                }
            }
        }

        /// <summary>The writing of a snapshot under way, or the last one.</summary>
        public Task SnapshotTask { get; private set; } = Task.CompletedTask;

        /// <summary>Brings the state machine to the newest snapshot, before anything runs.</summary>
        public void RestoreFromStart()
        {
            var snapshot = storage.LatestSnapshot;
            if (machine.AppliedIndex < snapshot.Index)
            {
                if (storage.SnapshotToSend is not null)
                {
                    Restore(snapshot);
                }
                else
                {
                    // The place in the log that stands for the members a cluster began with.
                    machine.Apply(snapshot.Index, snapshot.Term, ReadOnlyMemory<byte>.Empty);
                }
            }

            _snapshotIndex = snapshot.Index;
            _appliedTerm = snapshot.Term;
            _configuration = snapshot.Configuration;
            Volatile.Write(ref _appliedIndex, snapshot.Index);
        }

        public void Enqueue(ApplyItem item)
        {
            lock (_gate)
            {
                _queue.Enqueue(item);
                _queuedBytes += item.SizeBytes;
            }

            log._applyLoop.Wake();
        }

        /// <summary>Has a snapshot in place replace the state, and all work before it.</summary>
        public void EnqueueSnapshot(SnapshotMetadata snapshot)
        {
            lock (_gate)
            {
                _queue.Clear();
                _queuedBytes = 0;
                _queue.Enqueue(new ApplyItem([], [], snapshot, 0));
            }

            log._applyLoop.Wake();
        }

        /// <summary>Answers reads once the state machine has reached <paramref name="index"/>.</summary>
        public void CompleteAt(ulong index, PendingRead[] reads)
        {
            lock (_gate)
            {
                if (_appliedIndex < index)
                {
                    foreach (var read in reads)
                    {
                        read.Index = index;
                        _reads.Add(read);
                    }

                    return;
                }
            }

            foreach (var read in reads)
            {
                read.Succeed(index);
            }
        }

        public void ExpireReads(long timestamp)
        {
            lock (_gate)
            {
                foreach (var read in _reads.Where(r => r.DeadlineTimestamp <= timestamp))
                {
                    read.Fail(log.TimedOut(isProposed: true));
                }

                _reads.RemoveAll(r => r.IsDone);
            }
        }

        public void FailReads(Exception exception)
        {
            lock (_gate)
            {
                foreach (var read in _reads)
                {
                    read.Fail(exception);
                }

                _reads.Clear();
            }
        }

        /// <summary>A follower needs a snapshot that there is not: takes one now.</summary>
        public void WantSnapshot()
        {
            lock (_gate)
            {
                _snapshotWanted = true;
            }

            log._applyLoop.Wake();
        }

        public void Close()
        {
            lock (_gate)
            {
                _closed = true;
            }

            log._applyLoop.Wake();
        }

        public Turn TakeTurn()
        {
            ApplyItem? item;
            lock (_gate)
            {
                if (_closed)
                {
                    return Turn.Ended;
                }

                if (!_queue.TryDequeue(out item) && !IsSnapshotDue)
                {
                    return Turn.Idle;
                }
            }

            if (item is not null)
            {
                Apply(item);
            }

            TakeSnapshotIfDue();
            return Turn.Worked;
        }

        /// <summary>Whether one should be begun now: not while another is being written.</summary>
        private bool IsSnapshotDue => !_isWritingSnapshot && (IsLogLong || (_snapshotWanted && _appliedIndex > 1));

        /// <summary>
        /// A snapshot writes every key anew, and no value that is on disk. So that this is a fifth of all that is written at most, the log may first
        /// grow to some times what the last one took. Many small entries take their time to replay all the same.
        /// </summary>
        private bool IsLogLong => _appliedIndex - _snapshotIndex is var entries && entries >= log._options.SnapshotCount
            ? _bytesSinceSnapshot >= DueBytes || entries / MostSnapshotCounts >= log._options.SnapshotCount
            : _bytesSinceSnapshot >= Math.Max(DueBytes, LargeLogBytes);

        private long DueBytes => _snapshotBytes < SmallSnapshotBytes ? _snapshotBytes : EntryBytesPerSnapshotByte * _snapshotBytes;

        private void Apply(ApplyItem item)
        {
            if (item.Snapshot is { } snapshot && !TryReplaceState(snapshot))
            {
                return;
            }

            if (_awaitsSnapshot)
            {
                return;
            }

            var configurations = 0;
            foreach (var entry in item.Entries)
            {
                var command = CommandOf(entry);
                if (entry.Type == EntryType.ConfChange)
                {
                    _configuration = item.Configurations[configurations++];
                }

                // A state machine that outlives the process may be ahead of the log's replay.
                var answer = entry.Index > machine.AppliedIndex ? machine.Apply(entry.Index, entry.Term, command) : null;
                Advance(entry.Index, entry.Term);
                _bytesSinceSnapshot += entry.SizeBytes;
                log.Complete(entry, answer);
            }

            FinishItem(item);
        }

        /// <summary>Restores from a snapshot; false when a newer one is about to come in its place.</summary>
        private bool TryReplaceState(SnapshotMetadata snapshot)
        {
            try
            {
                Restore(snapshot);
            }
            catch (FileNotFoundException) when (storage.LatestSnapshot.Index > snapshot.Index)
            {
                // Entries between the two must not be applied to the state before both.
                _awaitsSnapshot = true;
                return false;
            }

            _awaitsSnapshot = false;
            _configuration = snapshot.Configuration;
            _snapshotIndex = snapshot.Index;
            _bytesSinceSnapshot = 0;
            Advance(snapshot.Index, snapshot.Term);
            return true;
        }

        private void FinishItem(ApplyItem item)
        {
            PendingRead[] ready = [];
            var applied = AppliedIndex;
            bool wasFull;
            lock (_gate)
            {
                _queuedBytes = Math.Max(0, _queuedBytes - item.SizeBytes);
                wasFull = _wasFull;
                if (_reads.Count > 0)
                {
                    ready = [.. _reads.Where(r => r.Index <= applied)];
                    _reads.RemoveAll(r => r.Index <= applied);
                }
            }

            foreach (var read in ready)
            {
                read.Succeed(applied);
            }

            if (wasFull)
            {
                log._inbox.Wake();
            }
        }

        private static ReadOnlyMemory<byte> CommandOf(Entry entry)
        {
            switch (entry.Type)
            {
                case EntryType.ConfChange:
                    ConfChangeCodec.Decode(entry.Data, out var command);
                    return command;
                case EntryType.RefusedConfChange:
                    return default;
                default:
                    return entry.Data;
            }
        }

        private void Advance(ulong index, ulong term)
        {
            Invariant.Check(index > _appliedIndex, $"applied {index} after {_appliedIndex}");
            lock (_gate)
            {
                _appliedIndex = index;
            }

            if (term > _appliedTerm)
            {
                _appliedTerm = term;
                log.OnTermApplied(term);
            }
        }

        private void Restore(SnapshotMetadata snapshot)
        {
            using var state = storage.Snapshots.OpenState(snapshot);
            // One that was received holds its values, which the next one will not.
            _snapshotBytes = state is IValueReferenceSource ? state.Length : 0;
            try
            {
                machine.Restore(state);
            }
            catch (InvalidDataException)
            {
                // Damage to the file says so itself, and where, once it is read to its end.
                state.CopyTo(Stream.Null);
                throw;
            }

            Invariant.Check(machine.AppliedIndex == snapshot.Index, $"the state restored is at {machine.AppliedIndex}, the snapshot at {snapshot.Index}");
        }

        private void TakeSnapshotIfDue()
        {
            var applied = AppliedIndex;
            lock (_gate)
            {
                if (!IsSnapshotDue)
                {
                    return;
                }

                _snapshotWanted = false;
            }

            if (applied == _snapshotIndex && storage.Snapshots.OpenToSend(storage.LatestSnapshot) is { } there)
            {
                there.Dispose();
                return;
            }

            var view = machine.CaptureSnapshot();
            Invariant.Check(view.Index == applied, $"the state's view is at {view.Index}, applied is {applied}");
            _snapshotIndex = applied;
            _bytesSinceSnapshot = 0;
            _isWritingSnapshot = true;
            var snapshot = new SnapshotMetadata(applied, _appliedTerm, _configuration);
            SnapshotTask = log._options.Loops.Run(() => Write(view, snapshot));
        }

        private void Write(IStateSnapshot view, SnapshotMetadata snapshot)
        {
            try
            {
                using (view)
                using (var writer = storage.Snapshots.Create(snapshot))
                {
                    view.WriteTo(writer.State, CancellationToken.None);
                    Volatile.Write(ref _snapshotBytes, writer.State.Length);
                    writer.Commit();
                }

                log.OnSnapshotTaken(snapshot);
            }
            catch (Exception e) when (e is IOException or StorageFullException)
            {
                log.OnSnapshotFailed(e, snapshot.Index);
            }
            catch (Exception e)
            {
                log.Fail(e);
            }
            finally
            {
                lock (_gate)
                {
                    _isWritingSnapshot = false;
                }

                log._applyLoop.Wake();
            }
        }
    }
}
