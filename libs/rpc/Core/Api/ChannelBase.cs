namespace Grpc.Core;

/// <summary>A place to send calls to.</summary>
public abstract class ChannelBase
{
    /// <summary>A channel to <paramref name="target"/>.</summary>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>Where the calls go, as authority.</summary>
    public string Target { get; }

    /// <summary>A new invoker over this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Ends the calls of the channel and closes its connections.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Does what <see cref="ShutdownAsync"/> promises.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
