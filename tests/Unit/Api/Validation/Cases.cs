using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.Tests.Validation;

/// <summary>Validates objects given in YAML, defaulted as a client's would be, and shows what was found, a fault a line.</summary>
internal static class Cases
{
    internal static string Create(string yaml)
    {
        var (obj, kind) = Make(yaml);
        return string.Join("\n", Validator.ValidateCreate(obj, kind));
    }

    internal static string Update(string yaml, Action<JsonObject> change, string? subresource = null)
    {
        var (old, kind) = Make(yaml);
        var changed = (JsonObject)old.DeepClone();
        change(changed);
        return string.Join("\n", Validator.ValidateUpdate(changed, old, kind, subresource));
    }

    private static (JsonObject Object, KindInfo Kind) Make(string yaml)
    {
        var decoded = ObjectCodec.Decode(Encoding.UTF8.GetBytes(yaml), WireFormat.Yaml, null, KindCatalog.Default.FindSchema, FieldValidation.Strict);
        var gvk = GroupVersionKind.Parse(decoded.ApiVersion, decoded.Kind);
        var kind = KindCatalog.Default.FindKind(gvk.Group, gvk.Version, gvk.Kind)!;
        if (kind.Namespaced)
        {
            decoded.Object["metadata"]!["namespace"] ??= "ns";
        }

        Defaulter.Apply(decoded.Object, kind.Schema);
        return (decoded.Object, kind);
    }
}
