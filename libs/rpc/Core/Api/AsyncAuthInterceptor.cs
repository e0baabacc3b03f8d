namespace Grpc.Core;

/// <summary>Adds the metadata that authenticates a call.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
