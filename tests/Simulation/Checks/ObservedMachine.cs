using Kube.RaftStore.Apply;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Checks;

/// <summary>The state machine of a member with an eye on it: what is applied where is compared with all other members.</summary>
internal sealed class ObservedMachine(StoreStateMachine machine, Process process, SafetyChecks checks) : IStateMachine
{
    public ulong AppliedIndex => machine.AppliedIndex;

    public object? Apply(ulong index, ulong term, ReadOnlyMemory<byte> command)
    {
        checks.BeforeApply(process, index, term, command.Span);
        var answer = machine.Apply(index, term, command);
        checks.AfterApply(process, machine, index);
        return answer;
    }

    public IStateSnapshot CaptureSnapshot() => machine.CaptureSnapshot();

    public void Restore(Stream source)
    {
        machine.Restore(source);
        checks.AfterRestore(process, machine);
    }
}
