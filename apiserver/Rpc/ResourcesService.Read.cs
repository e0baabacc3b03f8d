using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Resources.V1;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kube.ApiServer.Rpc;

internal sealed partial class ResourcesService
{
    /// <inheritdoc/>
    public override async Task<GetResponse> Get(GetRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        Add(query, "resourceVersion", request.ResourceVersion);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace, request.Name, request.Subresource);
        await using var exchange = Start(context, address, "get", "GET", query, request.MetadataOnly ? MetadataOnly : RestRequest.Json);
        var response = new GetResponse { Object = StructReader.ReadObject(await exchange.CompletedAsync().ConfigureAwait(false)) };
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        Add(query, "labelSelector", request.LabelSelector);
        Add(query, "fieldSelector", request.FieldSelector);
        Add(query, "limit", request.Limit);
        Add(query, "continue", request.Continue);
        Add(query, "resourceVersion", request.ResourceVersion);
        Add(query, "resourceVersionMatch", request.ResourceVersionMatch switch
        {
            ResourceVersionMatch.Unspecified => "",
            ResourceVersionMatch.NotOlderThan => "NotOlderThan",
            ResourceVersionMatch.Exact => "Exact",
            var other => throw RpcErrors.Invalid($"resource_version_match: {(int)other} is not known"),
        });
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace);
        await using var exchange = Start(context, address, "list", "GET", query, request.MetadataOnly ? MetadataListOnly : RestRequest.Json);
        var body = await exchange.CompletedAsync().ConfigureAwait(false);
        var response = new ListResponse();
        ReadList(body, response.Items, (name, value) => ReadListProperty(response, name, value));
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    private static void ReadListProperty(ListResponse response, string name, Value value)
    {
        switch (name)
        {
            case "apiVersion":
                response.ApiVersion = value.StringValue;
                break;
            case "kind":
                response.Kind = value.StringValue;
                break;
            case "metadata":
                var metadata = value.StructValue.Fields;
                response.ResourceVersion = metadata.TryGetValue("resourceVersion", out var version) ? version.StringValue : "";
                response.Continue = metadata.TryGetValue("continue", out var token) ? token.StringValue : "";
                if (metadata.TryGetValue("remainingItemCount", out var remaining))
                {
                    response.RemainingItemCount = (long)remaining.NumberValue;
                }

                break;
        }
    }
}
