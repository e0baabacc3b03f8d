using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Api.Serialization;
using Kube.Resources.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kube.ApiServer.Rpc;

internal sealed partial class ResourcesService
{
    /// <inheritdoc/>
    public override async Task<CreateResponse> Create(CreateRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        AddWriteOptions(query, request.DryRun, request.FieldManager, request.FieldValidation);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace, request.Name, request.Subresource);
        if (request.Name.Length > 0 && request.Subresource.Length == 0)
        {
            throw RpcErrors.Invalid("name is for subresources alone: an object has its name in metadata.name");
        }

        await using var exchange = Start(context, address, "create", "POST", query, body: Encode(request.Object, SchemaOf(address)));
        var response = new CreateResponse { Object = StructReader.ReadObject(await exchange.CompletedAsync().ConfigureAwait(false)) };
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<UpdateResponse> Update(UpdateRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        AddWriteOptions(query, request.DryRun, request.FieldManager, request.FieldValidation);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace, request.Name, request.Subresource);
        await using var exchange = Start(context, address, "update", "PUT", query, body: Encode(request.Object, SchemaOf(address)));
        var body = await exchange.CompletedAsync().ConfigureAwait(false);
        var response = new UpdateResponse { Object = StructReader.ReadObject(body), Created = exchange.StatusCode == StatusCodes.Status201Created };
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<PatchResponse> Patch(PatchRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        AddWriteOptions(query, request.DryRun, request.FieldManager, request.FieldValidation);
        if (request.Force)
        {
            query.Add("force", "true");
        }

        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace, request.Name, request.Subresource);
        var type = request.Type switch
        {
            PatchType.Json => WireFormats.JsonPatch,
            PatchType.Merge => WireFormats.MergePatch,
            PatchType.Strategic => WireFormats.StrategicMergePatch,
            PatchType.Apply => WireFormats.ApplyYaml,
            PatchType.Unspecified => throw RpcErrors.Invalid("type is required"),
            var other => throw RpcErrors.Invalid($"type: {(int)other} is not known"),
        };
        await using var exchange = Start(context, address, "patch", "PATCH", query, body: Encode(request.Patch, address), contentType: type);
        var body = await exchange.CompletedAsync().ConfigureAwait(false);
        var response = new PatchResponse { Object = StructReader.ReadObject(body), Created = exchange.StatusCode == StatusCodes.Status201Created };
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        AddDryRun(query, request.DryRun);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace, request.Name);
        var options = DeleteOptions(request.HasGracePeriodSeconds ? request.GracePeriodSeconds : null, request.PropagationPolicy, request.Preconditions, request.DryRun);
        await using var exchange = Start(context, address, "delete", "DELETE", query, body: options);
        var response = new DeleteResponse { Object = StructReader.ReadObject(await exchange.CompletedAsync().ConfigureAwait(false)) };
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<DeleteCollectionResponse> DeleteCollection(DeleteCollectionRequest request, ServerCallContext context)
    {
        var query = new QueryBuilder();
        AddDryRun(query, request.DryRun);
        Add(query, "labelSelector", request.LabelSelector);
        Add(query, "fieldSelector", request.FieldSelector);
        var address = new ResourceAddress(request.Group, request.Version, request.Resource, request.Namespace);
        var options = DeleteOptions(request.HasGracePeriodSeconds ? request.GracePeriodSeconds : null, request.PropagationPolicy, null, request.DryRun);
        await using var exchange = Start(context, address, "deletecollection", "DELETE", query, body: options);
        var body = await exchange.CompletedAsync().ConfigureAwait(false);
        var response = new DeleteCollectionResponse();
        ReadList(body, response.Items, (_, _) => { });
        response.Warnings.Add(exchange.Warnings);
        return response;
    }

    private static ReadOnlyMemory<byte> Encode(Value? patch, ResourceAddress address)
    {
        if (patch is null)
        {
            throw RpcErrors.Invalid("patch is required");
        }

        try
        {
            return StructWriter.Write(patch, SchemaOf(address));
        }
        catch (FormatException exception)
        {
            throw RpcErrors.Invalid(exception.Message);
        }
    }

    private static ReadOnlyMemory<byte> DeleteOptions(long? graceSeconds, PropagationPolicy policy, Preconditions? preconditions, bool dryRun)
    {
        var options = new Struct { Fields = { ["apiVersion"] = Value.ForString("v1"), ["kind"] = Value.ForString("DeleteOptions") } };
        if (graceSeconds is { } seconds)
        {
            options.Fields["gracePeriodSeconds"] = seconds is >= -StructReader.MaxExactInteger and <= StructReader.MaxExactInteger
                ? Value.ForNumber(seconds)
                : throw RpcErrors.Invalid($"grace_period_seconds: {seconds} is too long");
        }

        var name = policy switch
        {
            PropagationPolicy.Unspecified => "",
            PropagationPolicy.Orphan => "Orphan",
            PropagationPolicy.Background => "Background",
            PropagationPolicy.Foreground => "Foreground",
            _ => throw RpcErrors.Invalid($"propagation_policy: {(int)policy} is not known"),
        };
        if (name.Length > 0)
        {
            options.Fields["propagationPolicy"] = Value.ForString(name);
        }

        if (preconditions is { Uid.Length: > 0 } or { ResourceVersion.Length: > 0 })
        {
            var wanted = new Struct();
            if (preconditions.Uid.Length > 0)
            {
                wanted.Fields["uid"] = Value.ForString(preconditions.Uid);
            }

            if (preconditions.ResourceVersion.Length > 0)
            {
                wanted.Fields["resourceVersion"] = Value.ForString(preconditions.ResourceVersion);
            }

            options.Fields["preconditions"] = Value.ForStruct(wanted);
        }

        if (dryRun)
        {
            options.Fields["dryRun"] = Value.ForList(Value.ForString("All"));
        }

        return StructWriter.Write(options, null);
    }
}
