namespace Kube.Api.ApiExtensions.V1;

/// <summary>The status subresource; it has no settings.</summary>
public sealed class CustomResourceSubresourceStatus;
