using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Validation;

namespace Kube.ApiServer.Registry;

/// <summary>Defaults and validation of objects by their kinds' rules. Pure.</summary>
internal static class ObjectRules
{
    public static void ApplyDefaults(JsonObject obj, KindInfo kind)
    {
    }

    public static IReadOnlyList<FieldError> ValidateCreate(JsonObject obj, KindInfo kind) =>
        new ObjectAccessor(obj).Name.Length == 0 ? [FieldError.Required("metadata.name", "name or generateName is required")] : [];

    public static IReadOnlyList<FieldError> ValidateUpdate(JsonObject updated, JsonObject old, KindInfo kind) => [];
}
