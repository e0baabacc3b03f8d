using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>A text that a <see cref="FieldError"/> shows as it is, without quotes.</summary>
internal sealed record RawText(string Text);

/// <summary>Bad values with parts, in the form that Kubernetes' messages show them (Go's %#v).</summary>
internal static class GoPrint
{
    /// <summary>map[string]string{"a":"b"}, keys sorted.</summary>
    internal static RawText Map(JsonObject? map) => new(MapText(map));

    private static string MapText(JsonObject? map) => map is null
        ? "map[string]string(nil)"
        : "map[string]string{" + string.Join(", ", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => GoText.Quote(p.Key) + ":" + GoText.Quote((string?)p.Value ?? ""))) + "}";

    internal static RawText LabelSelector(JsonObject? selector)
    {
        if (selector is null)
        {
            return new RawText("\"null\"");
        }

        var expressions = selector.List("matchExpressions") is null
            ? "[]v1.LabelSelectorRequirement(nil)"
            : "[]v1.LabelSelectorRequirement{" + string.Join(", ", selector.Items("matchExpressions").Select(Requirement)) + "}";
        return new RawText($"v1.LabelSelector{{MatchLabels:{MapText(selector.Map("matchLabels"))}, MatchExpressions:{expressions}}}");
    }

    private static string Requirement(JsonObject requirement)
    {
        var values = requirement.List("values") is null
            ? "[]string(nil)"
            : "[]string{" + string.Join(", ", requirement.Texts("values").Select(GoText.Quote)) + "}";
        return $"v1.LabelSelectorRequirement{{Key:{GoText.Quote(requirement.Text("key") ?? "")}, Operator:{GoText.Quote(requirement.Text("operator") ?? "")}, Values:{values}}}";
    }

    /// <summary>A list of a type whose values are texts: []networking.PolicyType{"Ingress"}.</summary>
    internal static RawText List(string type, IEnumerable<string> texts) => new($"[]{type}{{{string.Join(", ", texts.Select(GoText.Quote))}}}");

    /// <summary>A value of a field as a message shows it. An absent text that is no pointer in Go is empty.</summary>
    internal static object? Show(JsonNode? node, FieldSchema field) => field.Value.Kind switch
    {
        ValueKind.Object when field.Value.Object!.Name == "LabelSelector" => LabelSelector(node as JsonObject),
        ValueKind.Map when field.Value.Element!.Kind == ValueKind.String => Map(node as JsonObject),
        ValueKind.String when node is null && !field.Pointer => "",
        _ => node,
    };
}
