using System.Text;
using Kube.Streams.Spdy;

namespace Kube.Streams.Remote;

/// <summary>
/// A remote command over SPDY: the client opens a stream for each thing it wants, named by the header streamType, and one
/// for the status. Protocols v2 to v4 of Kubernetes' remotecommand.
/// </summary>
public sealed class SpdyRemoteSession : RemoteSession
{
    private readonly SpdyConnection _connection;
    private readonly SpdyStream _status;
    private readonly List<SpdyStream> _outputs;
    private readonly bool _statusAsJson;

    private SpdyRemoteSession(SpdyConnection connection, string protocol, Dictionary<string, SpdyStream> streams)
    {
        _connection = connection;
        _statusAsJson = protocol == V4;
        _status = streams["error"];
        Input = streams.GetValueOrDefault("stdin");
        Output = streams.GetValueOrDefault("stdout");
        Error = streams.GetValueOrDefault("stderr");
        Sizes = streams.GetValueOrDefault("resize") is { } sizes ? TerminalSizes.Read(sizes) : null;
        _outputs = [.. streams.Where(s => s.Key is "stdout" or "stderr").Select(s => s.Value)];
    }

    /// <summary>The status is Kubernetes' Status.</summary>
    public const string V4 = "v4.channel.k8s.io";

    /// <summary>The protocols in order of preference. v3 has terminal sizes, v2 not; both tell the status as text.</summary>
    public static IReadOnlyList<string> Protocols { get; } = [V4, "v3.channel.k8s.io", "v2.channel.k8s.io"];

    public override CancellationToken Gone => _connection.Ended;

    /// <summary>Waits until the client has opened all the streams it asked for. The connection is running and stays the caller's.</summary>
    /// <exception cref="SpdyException">It opened others, or went away.</exception>
    public static async Task<SpdyRemoteSession> OpenAsync(
        SpdyConnection connection, string protocol, RemoteRequest request, CancellationToken cancellation)
    {
        var streams = new Dictionary<string, SpdyStream>(StringComparer.Ordinal);
        var expected = Expected(protocol, request);
        while (streams.Count < expected.Count)
        {
            var stream = await connection.AcceptAsync(cancellation).ConfigureAwait(false)
                ?? throw new SpdyException("the client went away before it had opened its streams");
            var type = stream.Header("streamtype") ?? "";
            if (!expected.Contains(type) || !streams.TryAdd(type, stream))
            {
                throw new SpdyException($"the client opened a stream of type \"{type}\", which it had not asked for");
            }
        }

        return new SpdyRemoteSession(connection, protocol, streams);
    }

    /// <summary>The types of streams that belong to a request.</summary>
    internal static HashSet<string> Expected(string protocol, RemoteRequest request)
    {
        HashSet<string> expected = ["error"];
        Add(request.Input, "stdin");
        Add(request.Output, "stdout");
        Add(request.Error && !request.Terminal, "stderr");
        Add(request.Terminal && protocol != "v2.channel.k8s.io", "resize");
        return expected;

        void Add(bool wanted, string type)
        {
            if (wanted)
            {
                expected.Add(type);
            }
        }
    }

    public override async Task CompleteAsync(RemoteStatus status, CancellationToken cancellation)
    {
        try
        {
            var told = _statusAsJson ? status.Json : status.Text;
            foreach (var output in _outputs)
            {
                await output.EndWritesAsync(cancellation).ConfigureAwait(false);
            }

            await _status.WriteAsync(Encoding.UTF8.GetBytes(told), cancellation).ConfigureAwait(false);
            await _status.EndWritesAsync(cancellation).ConfigureAwait(false);
            if (Input is SpdyStream input)
            {
                // What the client still types must not hold the connection up, nor is the stream reset: that is an error to it.
                await input.EndWritesAsync(cancellation).ConfigureAwait(false);
                input.Drop();
            }

            await _connection.GoAwayAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nobody is there to be told.
        }
    }

    public override ValueTask DisposeAsync() => _connection.DisposeAsync();
}
