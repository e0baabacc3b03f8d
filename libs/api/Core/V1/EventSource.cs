using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Who reports an event.</summary>
public sealed class EventSource
{
    /// <summary>The program.</summary>
    [Field(1)]
    public string? Component { get; set; }

    /// <summary>The node it runs on.</summary>
    [Field(2)]
    public string? Host { get; set; }
}
