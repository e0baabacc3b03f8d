using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Runtime.Processes;

public sealed partial class ProcessRuntime
{
    [LoggerMessage(1, LogLevel.Debug, "sandbox of pod {Namespace}/{Name} started: {Id}")]
    private partial void LogSandboxStarted(string @namespace, string name, string id);

    [LoggerMessage(2, LogLevel.Debug, "container {Name} started: {Id}, supervisor {Pid}")]
    private partial void LogContainerStarted(string name, string id, int pid);

    [LoggerMessage(3, LogLevel.Debug, "container {Name} exited: {Id}, code {ExitCode}")]
    private partial void LogContainerExited(string name, string id, int exitCode);

    [LoggerMessage(4, LogLevel.Information, "container {Name} taken over: {Id}, supervisor {Pid}")]
    private partial void LogContainerAdopted(string name, string id, int pid);

    [LoggerMessage(5, LogLevel.Error, "the end of container {Id} could not be recorded")]
    private partial void LogFinishFailed(Exception error, string id);

    [LoggerMessage(6, LogLevel.Warning, "processes of container {Id} survive SIGKILL")]
    private partial void LogMembersSurvive(string id);

    [LoggerMessage(7, LogLevel.Warning, "terminal of container {Name} ({Id}) cannot be taken over: its output stands still")]
    private partial void LogTerminalLost(Exception error, string name, string id);
}
