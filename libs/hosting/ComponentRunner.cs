using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Kube.Hosting;

/// <summary>
/// Something a person can mend kept a component from starting: a missing file, a port in use, a bad flag.
/// The message is one line that says what to do; it is printed without a stack trace.
/// </summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs a component as a process: start, wait for SIGTERM or SIGINT or for the component to fail, stop in order.</summary>
public static partial class ComponentRunner
{
    /// <summary>The time that an orderly stop may take before the process leaves anyway.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs until a signal comes or <paramref name="start"/>'s component fails.</summary>
    /// <param name="name">The component's name, the first word of what is printed on failure.</param>
    /// <param name="logs">Logs; disposed at the end, which flushes them.</param>
    /// <param name="start">Starts the component. The token is cancelled by a signal. The component may implement
    /// <see cref="IFailable"/> to end the process when it can go on no longer.</param>
    /// <returns>0 after a signal, 1 after a failure.</returns>
    public static async Task<int> RunAsync(
        string name, ILoggerFactory logs, Func<CancellationToken, Task<IAsyncDisposable>> start)
    {
        using var flush = logs;
        var logger = logs.CreateLogger("Kube.Hosting." + name);
        using var stopping = new CancellationTokenSource();
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }

        try
        {
            var component = await start(stopping.Token).ConfigureAwait(false);
            Started(logger, name);
            var failure = component is IFailable failable ? failable.Failed : new TaskCompletionSource<Exception>().Task;
            var stop = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token);
            var ended = await Task.WhenAny(failure, stop).ConfigureAwait(false);
            if (ended == failure)
            {
                var reason = await failure.ConfigureAwait(false);
                Failed(logger, name, reason);
                await Console.Error.WriteLineAsync($"kube {name}: {reason.Message}").ConfigureAwait(false);
            }

            var stopLimit = component is IStopsSlowly slow ? slow.StopLimit : StopLimit;
            await component.DisposeAsync().AsTask().WaitAsync(stopLimit, TimeProvider.System).ConfigureAwait(false);
            Stopped(logger, name);
            return ended == failure ? 1 : 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"kube {name}: {e.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (Exception e)
        {
            Failed(logger, name, e);
            await Console.Error.WriteLineAsync($"kube {name}: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Component} started")]
    private static partial void Started(ILogger logger, string component);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Component} stopped")]
    private static partial void Stopped(ILogger logger, string component);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Component} failed")]
    private static partial void Failed(ILogger logger, string component, Exception exception);
}

/// <summary>A component that can find out that it cannot go on, such as a store whose disk lost an fsync.</summary>
public interface IFailable
{
    /// <summary>Completes with the reason once the component has failed; never faults, never completes otherwise.</summary>
    Task<Exception> Failed { get; }
}

/// <summary>A component whose orderly stop may take longer than <see cref="ComponentRunner.StopLimit"/>.</summary>
public interface IStopsSlowly
{
    /// <summary>The time that its stop may take.</summary>
    TimeSpan StopLimit { get; }
}
