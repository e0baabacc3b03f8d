using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>
/// The host's logs, with what Kestrel says of connections put right: its warning that a port without TLS cannot speak HTTP/2 is left
/// out, since <see cref="PlainProtocols"/> makes it speak it; that it has refused a connection is for an operator to know. Owns nothing.
/// </summary>
internal sealed partial class KestrelLogs(ILoggerFactory inner) : ILoggerFactory
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel";
    private const string Untrue = "Http2DisabledWithHttp1AndNoTls";

    /// <summary>Where Kestrel tells, for developers only, what it refuses.</summary>
    private static readonly HashSet<string> s_refusing = [Category + ".Https.Internal.HttpsConnectionMiddleware", Category + ".Http2"];
    private static readonly HashSet<string?> s_refusals = ["AuthenticationFailed", "AuthenticationTimedOut", "Http2ConnectionError"];

    public ILogger CreateLogger(string categoryName)
    {
        var logger = inner.CreateLogger(categoryName);
        return categoryName == Category ? new WithoutUntrue(logger)
            : s_refusing.Contains(categoryName) ? new WithRefusals(logger, inner.CreateLogger<KestrelLogs>())
            : logger;
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The factory is the caller's.
    }

    private sealed class WithoutUntrue(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != Untrue)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }

    /// <summary>Tells refusals in the store's own name: what Kestrel logs below a warning is not shown.</summary>
    private sealed partial class WithRefusals(ILogger inner, ILogger own) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel)
            => inner.IsEnabled(logLevel) || (logLevel == LogLevel.Debug && own.IsEnabled(LogLevel.Information));

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (s_refusals.Contains(eventId.Name))
            {
                LogRefusal(own, exception?.Message ?? formatter(state, exception));
            }
            else if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        [LoggerMessage(Level = LogLevel.Information, Message = "refused a connection: {Reason}")]
        private static partial void LogRefusal(ILogger logger, string reason);
    }
}
