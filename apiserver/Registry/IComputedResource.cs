using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry;

/// <summary>A resource that nobody keeps: its objects are worked out when they are asked for, and can only be read. Thread-safe.</summary>
public interface IComputedResource
{
    KindInfo Kind { get; }

    /// <summary>What whoever asks is warned of; null for nothing.</summary>
    string? Warning { get; }

    /// <summary>All objects, in the order of their names.</summary>
    Task<IReadOnlyList<JsonObject>> ListAsync(CancellationToken cancellationToken);
}
