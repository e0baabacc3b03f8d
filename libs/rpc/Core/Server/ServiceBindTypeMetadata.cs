using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>The generated class that describes a mapped service; where its descriptor is found.</summary>
internal sealed record ServiceBindTypeMetadata(Type BindType);
