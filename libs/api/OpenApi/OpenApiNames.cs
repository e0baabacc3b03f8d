using Kube.Api.Schema;

namespace Kube.Api.OpenApi;

/// <summary>Names that Kubernetes' OpenAPI documents use, and clients look for.</summary>
internal static class OpenApiNames
{
    internal const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    internal const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    internal const string Time = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
    internal const string MicroTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
    internal const string Duration = "io.k8s.apimachinery.pkg.apis.meta.v1.Duration";
    internal const string RawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    internal const string FieldsV1 = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";
    internal const string Json = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON";
    internal const string Patch = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

    /// <summary>The definition's name: io.k8s.api.core.v1.Pod.</summary>
    internal static string Of(ObjectSchema schema)
    {
        var version = schema.Package[(schema.Package.LastIndexOf('.') + 1)..];
        var group = schema.Package[..Math.Max(0, schema.Package.LastIndexOf('.'))];
        var root = group switch
        {
            "meta" => "io.k8s.apimachinery.pkg.apis.meta",
            "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
            "apiregistration" => "io.k8s.kube-aggregator.pkg.apis.apiregistration",
            "nodes" => "io.k8s.api.node",
            _ => "io.k8s.api." + group,
        };
        return $"{root}.{version}.{schema.Name}";
    }

    /// <summary>Group and version as operation ids and tags have them: CoreV1, RbacAuthorizationV1.</summary>
    internal static string Tag(string group, string version, bool camel)
    {
        var words = (group.Length == 0 ? "core" : group.Replace(".k8s.io", "", StringComparison.Ordinal)).Split('.', '-');
        if (!camel)
        {
            return string.Concat(words.Select((w, i) => i == 0 ? w : Capital(w))) + "_" + version;
        }

        return string.Concat(words.Select(Capital)) + Capital(version);
    }

    internal static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>The path of a group and version, without a slash at the front: api/v1, apis/apps/v1.</summary>
    internal static string PathOf(string group, string version) => group.Length == 0 ? "api/" + version : $"apis/{group}/{version}";
}
