using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Validation;

namespace Kube.ApiServer.Registry;

/// <summary>Defaults and validation of objects by their kinds' rules. Pure.</summary>
internal static class ObjectRules
{
    public static void ApplyDefaults(JsonObject obj, KindInfo kind) => Defaulter.Apply(obj, kind.Schema);

    public static IReadOnlyList<FieldError> ValidateCreate(JsonObject obj, KindInfo kind) => Validator.ValidateCreate(obj, kind);

    public static IReadOnlyList<FieldError> ValidateUpdate(JsonObject updated, JsonObject old, KindInfo kind, string subresource) =>
        Validator.ValidateUpdate(updated, old, kind, subresource.Length == 0 ? null : subresource);
}
