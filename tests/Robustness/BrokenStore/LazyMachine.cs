using Kube.RaftStore.Apply;

namespace Kube.Robustness.BrokenStore;

/// <summary>Applies all entries but one in a few hundred, counted from the start of the process, which differs between members.</summary>
internal sealed class LazyMachine(IStateMachine inner) : IStateMachine
{
    private const int Period = 400;
    private int _applied = Environment.ProcessId % Period;

    public ulong AppliedIndex => inner.AppliedIndex;

    public object? Apply(ulong index, ulong term, ReadOnlyMemory<byte> command) =>
        inner.Apply(index, term, ++_applied % Period == 0 ? ReadOnlyMemory<byte>.Empty : command);

    public IStateSnapshot CaptureSnapshot() => inner.CaptureSnapshot();

    public void Restore(Stream source) => inner.Restore(source);
}
