namespace Kube.Api.Serialization;

/// <summary>What a client is to be answered with.</summary>
/// <param name="Format">The format chosen.</param>
/// <param name="As">"Table", "PartialObjectMetadata", "PartialObjectMetadataList" or null: the kind asked for.</param>
/// <param name="Group">The group of that kind: meta.k8s.io.</param>
/// <param name="Version">The version of that kind: v1 or v1beta1.</param>
/// <param name="Pretty">True when JSON is to be indented.</param>
public sealed record NegotiatedFormat(WireFormat Format, string? As, string? Group, string? Version, bool Pretty);

/// <summary>Content negotiation by the Accept header, as Kubernetes' API does it.</summary>
public static class AcceptHeader
{
    private const int MaxClauses = 64;

    /// <summary>
    /// The best offer for an Accept header; an empty header takes JSON. Clauses are tried by falling quality
    /// and then in order. Null when nothing fits (406).
    /// </summary>
    /// <param name="accept">The header's value.</param>
    /// <param name="allowProtobuf">False for kinds that have no protobuf form.</param>
    /// <param name="allowTable">False where Table and PartialObjectMetadata are not served.</param>
    public static NegotiatedFormat? Negotiate(string? accept, bool allowProtobuf = true, bool allowTable = true)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return new NegotiatedFormat(WireFormat.Json, null, null, null, false);
        }

        var clauses = accept.Split(',', MaxClauses, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(c => MediaType.TryParse(c, out var type) ? type : null)
            .OfType<MediaType>()
            .Where(t => t.Quality > 0)
            .OrderByDescending(t => t.Quality);
        foreach (var clause in clauses)
        {
            if (FormatOf(clause, allowProtobuf) is { } format && Accepts(clause, format, allowTable))
            {
                return new NegotiatedFormat(format, clause["as"], clause["g"], clause["v"], clause["pretty"] is "1" or "true");
            }
        }

        return null;
    }

    /// <summary>What 406 says: the types that would have done.</summary>
    public static IReadOnlyList<string> Supported(bool allowProtobuf) => allowProtobuf
        ? [WireFormats.Json, WireFormats.Yaml, WireFormats.Protobuf]
        : [WireFormats.Json, WireFormats.Yaml];

    private static WireFormat? FormatOf(MediaType clause, bool allowProtobuf) => clause.Essence switch
    {
        WireFormats.Json or "*/*" or "application/*" => WireFormat.Json,
        WireFormats.Yaml => WireFormat.Yaml,
        WireFormats.Protobuf when allowProtobuf => WireFormat.Protobuf,
        _ => null,
    };

    private static bool Accepts(MediaType clause, WireFormat format, bool allowTable) => clause["as"] switch
    {
        null => true,
        _ when !allowTable => false,
        "Table" => format != WireFormat.Protobuf && IsMeta(clause),
        "PartialObjectMetadata" or "PartialObjectMetadataList" => IsMeta(clause),
        // Aggregated discovery asks so; whoever serves it looks at the group and version.
        "APIGroupDiscoveryList" => clause["g"] == "apidiscovery.k8s.io",
        _ => false,
    };

    private static bool IsMeta(MediaType clause) => clause["g"] == "meta.k8s.io" && clause["v"] is "v1" or "v1beta1";
}
