using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>
/// The host's logs without Kestrel's warning that a port without TLS cannot speak HTTP/2: <see cref="PlainProtocols"/>
/// makes it speak it. Owns nothing.
/// </summary>
internal sealed class KestrelLogs(ILoggerFactory inner) : ILoggerFactory
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel";
    private const string Untrue = "Http2DisabledWithHttp1AndNoTls";

    public ILogger CreateLogger(string categoryName)
        => categoryName == Category ? new Filtered(inner.CreateLogger(categoryName)) : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The factory is the caller's.
    }

    private sealed class Filtered(ILogger inner) : ILogger
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
}
