using Grpc.Core.Internal;

namespace Grpc.Core;

/// <summary>What generated clients derive from. Thread-safe.</summary>
public abstract class ClientBase
{
    /// <summary>For test doubles: has no invoker.</summary>
    protected ClientBase()
        : this(new UnimplementedCallInvoker())
    {
    }

    /// <summary>A client over a configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        CallInvoker = configuration.CreateDecoratedCallInvoker();
    }

    /// <summary>A client over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker())
    {
    }

    /// <summary>A client over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker, null))
    {
    }

    /// <summary>Starts the calls of this client.</summary>
    protected CallInvoker CallInvoker { get; }

    private protected ClientBaseConfiguration Configuration { get; }

    /// <summary>An invoker and the host it names in each call.</summary>
    protected internal class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker undecoratedCallInvoker, string? host)
        {
            ArgumentNullException.ThrowIfNull(undecoratedCallInvoker);
            UndecoratedCallInvoker = undecoratedCallInvoker;
            Host = host;
        }

        internal CallInvoker UndecoratedCallInvoker { get; }

        internal string? Host { get; }

        internal CallInvoker CreateDecoratedCallInvoker() =>
            Host is null ? UndecoratedCallInvoker : new HostCallInvoker(UndecoratedCallInvoker, Host);

        internal ClientBaseConfiguration WithHost(string host) => new(UndecoratedCallInvoker, host);
    }
}

/// <summary>What generated clients derive from. Thread-safe.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <inheritdoc/>
    protected ClientBase()
    {
    }

    /// <inheritdoc/>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <inheritdoc/>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <inheritdoc/>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>A client over the same invoker that names another host (<c>:authority</c>).</summary>
    public T WithHost(string host) => NewInstance(Configuration.WithHost(host));

    /// <summary>Makes a client of the same type.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
