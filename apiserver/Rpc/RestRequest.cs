using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Rpc;

/// <summary>The REST request that a gRPC call stands for. Immutable.</summary>
internal sealed record RestRequest
{
    public const string Json = "application/json";

    public required string Method { get; init; }

    public required PathString Path { get; init; }

    public QueryString Query { get; init; }

    public string Accept { get; init; } = Json;

    public string ContentType { get; init; } = Json;

    /// <summary>Null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>True when the answer goes on as long as the client likes.</summary>
    public bool IsStream { get; init; }
}
