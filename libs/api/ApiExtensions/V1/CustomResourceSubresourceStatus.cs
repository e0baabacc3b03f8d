namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceSubresourceStatus;
