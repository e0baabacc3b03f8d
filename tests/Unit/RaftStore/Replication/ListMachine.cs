using System.Text;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Tests.Replication;

/// <summary>A state machine that remembers every command with its index: the simplest state that shows a command lost,
/// doubled or out of order.</summary>
internal sealed class ListMachine : IStateMachine
{
    private readonly Lock _lock = new();
    private List<string> _commands = [];
    private ulong _applied;

    public ulong AppliedIndex => Volatile.Read(ref _applied);

    public IReadOnlyList<string> Commands
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    public object? Apply(ulong index, ulong term, ReadOnlyMemory<byte> command)
    {
        lock (_lock)
        {
            Assert.Equal(_applied + 1, index);
            Volatile.Write(ref _applied, index);
            if (command.Length == 0)
            {
                return null;
            }

            _commands.Add(Encoding.UTF8.GetString(command.Span));
            return _commands.Count;
        }
    }

    public IStateSnapshot CaptureSnapshot()
    {
        lock (_lock)
        {
            return new View(_applied, [.. _commands]);
        }
    }

    public void Restore(Stream source)
    {
        using var reader = new BinaryReader(source, Encoding.UTF8, leaveOpen: true);
        var applied = reader.ReadUInt64();
        var commands = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            commands.Add(reader.ReadString());
        }

        lock (_lock)
        {
            _commands = commands;
            Volatile.Write(ref _applied, applied);
        }
    }

    private sealed class View(ulong index, string[] commands) : IStateSnapshot
    {
        public ulong Index => index;

        public void WriteTo(Stream destination, CancellationToken cancellationToken)
        {
            using var writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);
            writer.Write(index);
            writer.Write(commands.Length);
            foreach (var command in commands)
            {
                writer.Write(command);
            }
        }

        public void Dispose()
        {
        }
    }
}
