using System.Reflection;
using Grpc.AspNetCore.Server;
using Kube.Rpc.Server;
using Kube.Rpc.Services.Reflection;
using Microsoft.AspNetCore.Routing;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds server reflection to a host.</summary>
public static class GrpcReflectionExtensions
{
    /// <summary>
    /// Maps reflection v1 and v1alpha. They describe every mapped service whose generated class has a descriptor, and
    /// those whose endpoints carry a <see cref="ServiceDescriptor"/> as metadata, as they are when the first request
    /// arrives.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var index = new Lazy<DescriptorIndex>(() => new DescriptorIndex(FindServices(builder.DataSources)));
        return new Both(
            builder.MapGrpcService(new ReflectionService(() => index.Value)),
            builder.MapGrpcService(new AlphaReflectionService(() => index.Value)));
    }

    private static IEnumerable<ServiceDescriptor> FindServices(IEnumerable<EndpointDataSource> sources)
    {
        foreach (var endpoint in sources.SelectMany(source => source.Endpoints))
        {
            if (endpoint.Metadata.GetMetadata<ServiceDescriptor>() is { } descriptor)
            {
                yield return descriptor;
            }
            else if (endpoint.Metadata.GetMetadata<ServiceBindTypeMetadata>() is { } bind
                && bind.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
                    is ServiceDescriptor generated)
            {
                yield return generated;
            }
        }
    }

    private sealed class Both(IEndpointConventionBuilder first, IEndpointConventionBuilder second) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            first.Add(convention);
            second.Add(convention);
        }
    }
}
