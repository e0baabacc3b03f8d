using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Api.Schema;
using Kube.Resources.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kube.ApiServer.Rpc;

/// <summary>
/// kube.v1.Resources. A call becomes the REST request that means the same and goes through the server's one pipeline;
/// here is only the edge: Struct to JSON and back, query parameters, gRPC status codes. Thread-safe.
/// </summary>
/// <param name="server">The pipeline.</param>
internal sealed partial class ResourcesService(RequestDelegate server) : Kube.Resources.V1.Resources.ResourcesBase
{
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string MetadataListOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private InProcessExchange Start(
        ServerCallContext context,
        ResourceAddress address,
        string verb,
        string method,
        QueryBuilder query,
        string accept = RestRequest.Json,
        ReadOnlyMemory<byte>? body = null,
        string contentType = RestRequest.Json)
    {
        var text = query.ToQueryString();
        return InProcessExchange.Start(server, context, new RestRequest
        {
            Method = method,
            Path = address.ToPath(verb, method, new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(text.Value))),
            Query = text,
            Accept = accept,
            Body = body,
            ContentType = contentType,
            IsStream = verb == "watch",
        });
    }

    private static ReadOnlyMemory<byte> Encode(Struct? obj, ObjectSchema? fallback = null)
    {
        if (obj is null)
        {
            throw RpcErrors.Invalid("object is required");
        }

        try
        {
            return StructWriter.Write(obj, SchemaOf(obj) ?? fallback);
        }
        catch (FormatException exception)
        {
            throw RpcErrors.Invalid(exception.Message);
        }
    }

    private static ObjectSchema? SchemaOf(Struct obj) =>
        obj.Fields.TryGetValue("apiVersion", out var version) && obj.Fields.TryGetValue("kind", out var kind)
            ? KindCatalog.Default.FindSchema(version.StringValue, kind.StringValue)
            : null;

    private static ObjectSchema? SchemaOf(ResourceAddress address) =>
        address.Subresource.Length is 0 || address.Subresource == "status"
            ? KindCatalog.Default.FindResource(address.Group, address.Version, address.Resource)?.Schema
            : null;

    private static void AddWriteOptions(QueryBuilder query, bool dryRun, string fieldManager, FieldValidation validation)
    {
        AddDryRun(query, dryRun);
        Add(query, "fieldManager", fieldManager);
        if (validation != FieldValidation.Unspecified)
        {
            query.Add("fieldValidation", validation switch
            {
                FieldValidation.Ignore => "Ignore",
                FieldValidation.Warn => "Warn",
                FieldValidation.Strict => "Strict",
                _ => throw RpcErrors.Invalid($"field_validation: {(int)validation} is not known"),
            });
        }
    }

    private static void AddDryRun(QueryBuilder query, bool dryRun)
    {
        if (dryRun)
        {
            query.Add("dryRun", "All");
        }
    }

    private static void Add(QueryBuilder query, string name, string value)
    {
        if (value.Length > 0)
        {
            query.Add(name, value);
        }
    }

    private static void Add(QueryBuilder query, string name, long value)
    {
        if (value != 0)
        {
            query.Add(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>An answer with items: calls back for each property but those, and gathers them.</summary>
    private static void ReadList(ReadOnlySequence<byte> body, ICollection<Struct> items, Action<string, Value> property)
    {
        var reader = StructReader.Open(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name != "items")
            {
                property(name, StructReader.ReadValue(ref reader));
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(StructReader.ReadObject(ref reader));
            }
        }
    }
}
