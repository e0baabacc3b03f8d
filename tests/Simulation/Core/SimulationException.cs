namespace Kube.RaftStore.Simulation.Core;

/// <summary>The run has shown that something is wrong: a promise was broken, or the simulation itself was.</summary>
internal sealed class SimulationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Unwinds the code of a member that has just lost its process. The member is dead before it is thrown.</summary>
internal sealed class ProcessCrashedException() : Exception("the simulated process has ended");
