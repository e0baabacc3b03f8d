using System.Buffers;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Resources.V1;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Rpc;

internal sealed partial class ResourcesService
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <inheritdoc/>
    public override async Task<DiscoverResponse> Discover(DiscoverRequest request, ServerCallContext context)
    {
        var response = new DiscoverResponse();
        foreach (var path in new[] { "/api", "/apis" })
        {
            var rest = new RestRequest { Method = "GET", Path = new PathString(path), Accept = Aggregated };
            await using var exchange = InProcessExchange.Start(server, context, rest);
            var list = StructReader.ReadObject(await exchange.CompletedAsync().ConfigureAwait(false));
            response.Resources.Add(Resources(list).Where(r => request.Version.Length == 0 || (r.Group == request.Group && r.Version == request.Version)));
        }

        return response;
    }

    private static IEnumerable<ResourceType> Resources(Struct list) =>
        from item in Items(list, "items")
        from version in Items(item, "versions")
        from resource in Items(version, "resources")
        select Resource(Text(Part(item, "metadata"), "name"), Text(version, "version"), resource);

    private static ResourceType Resource(string group, string version, Struct resource)
    {
        var type = new ResourceType
        {
            Group = group,
            Version = version,
            Resource = Text(resource, "resource"),
            Singular = Text(resource, "singularResource"),
            Kind = Text(Part(resource, "responseKind"), "kind"),
            Namespaced = Text(resource, "scope") == "Namespaced",
        };
        type.Verbs.Add(Texts(resource, "verbs"));
        type.ShortNames.Add(Texts(resource, "shortNames"));
        type.Categories.Add(Texts(resource, "categories"));
        foreach (var part in Items(resource, "subresources"))
        {
            var kind = Part(part, "responseKind");
            var subresource = new SubresourceType { Name = Text(part, "subresource"), Group = Text(kind, "group"), Version = Text(kind, "version"), Kind = Text(kind, "kind") };
            subresource.Verbs.Add(Texts(part, "verbs"));
            type.Subresources.Add(subresource);
        }

        return type;
    }

    private static RepeatedField<Value> Values(Struct from, string name) => from.Fields.TryGetValue(name, out var value) ? value.ListValue.Values : [];

    private static IEnumerable<Struct> Items(Struct from, string name) => Values(from, name).Select(v => v.StructValue);

    private static IEnumerable<string> Texts(Struct from, string name) => Values(from, name).Select(v => v.StringValue);

    private static Struct Part(Struct from, string name) => from.Fields.TryGetValue(name, out var value) ? value.StructValue : new Struct();

    private static string Text(Struct from, string name) => from.Fields.TryGetValue(name, out var value) ? value.StringValue : "";
}
