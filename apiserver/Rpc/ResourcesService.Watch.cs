using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Api.Errors;
using Kube.Api.Serialization;
using Kube.Resources.V1;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kube.ApiServer.Rpc;

internal sealed partial class ResourcesService
{
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint);

    /// <inheritdoc/>
    public override async Task Watch(WatchRequest request, IServerStreamWriter<WatchEvent> responseStream, ServerCallContext context)
    {
        var query = WatchQuery(request);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace);
        await using var exchange = Start(context, address, "watch", "GET", query, request.MetadataOnly ? MetadataOnly : RestRequest.Json);
        await exchange.StartedAsync().ConfigureAwait(false);
        await context.WriteResponseHeadersAsync([]).ConfigureAwait(false);
        while (true)
        {
            var result = await exchange.Body.ReadAsync(context.CancellationToken).ConfigureAwait(false);
            var rest = result.Buffer;
            while (TryTakeLine(ref rest, out var line))
            {
                responseStream.WriteOptions = rest.PositionOf((byte)'\n') is null ? null : MoreFollows;
                await responseStream.WriteAsync(ReadEvent(line)).ConfigureAwait(false);
            }

            exchange.Body.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        await exchange.EndedAsync().ConfigureAwait(false);
    }

    private static QueryBuilder WatchQuery(WatchRequest request)
    {
        var query = new QueryBuilder { { "watch", "true" } };
        Add(query, "labelSelector", request.LabelSelector);
        Add(query, "fieldSelector", request.FieldSelector);
        Add(query, "resourceVersion", request.ResourceVersion);
        Add(query, "timeoutSeconds", request.TimeoutSeconds);
        if (request.AllowBookmarks)
        {
            query.Add("allowWatchBookmarks", "true");
        }

        if (request.SendInitialEvents)
        {
            query.Add("sendInitialEvents", "true");
            query.Add("resourceVersionMatch", "NotOlderThan");
        }

        return query;
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = rest.Slice(0, end);
        rest = rest.Slice(rest.GetPosition(1, end));
        return true;
    }

    /// <summary>One event: {"type": …, "object": …}.</summary>
    /// <exception cref="RpcException">It is an ERROR event.</exception>
    private static WatchEvent ReadEvent(ReadOnlySequence<byte> line)
    {
        var reader = StructReader.Open(line);
        reader.Read();
        var type = "";
        Struct? obj = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetString()!;
            }
            else
            {
                obj = StructReader.ReadObject(ref reader);
            }
        }

        if (type == "ERROR")
        {
            throw RpcErrors.Of(KubeStatus.FromJson(JsonTree.ParseObject(StructWriter.Write(obj!, null).Span)) ?? KubeStatus.InternalError("the watch failed"));
        }

        return new WatchEvent
        {
            Type = type switch
            {
                "ADDED" => WatchEvent.Types.Type.Added,
                "MODIFIED" => WatchEvent.Types.Type.Modified,
                "DELETED" => WatchEvent.Types.Type.Deleted,
                "BOOKMARK" => WatchEvent.Types.Type.Bookmark,
                _ => throw new JsonException($"unknown event type {type}"),
            },
            Object = obj,
        };
    }
}
