using Grpc.Core;

namespace Kube.Kubelet.Runtime;

/// <summary>Errors of a runtime, in the form every runtime gives them: a gRPC status.</summary>
internal static class CriError
{
    public static RpcException NotFound(string message) => new(new Status(StatusCode.NotFound, message));

    public static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));

    public static RpcException Precondition(string message) => new(new Status(StatusCode.FailedPrecondition, message));

    public static RpcException Unknown(string message) => new(new Status(StatusCode.Unknown, message));

    public static RpcException Unimplemented(string message) => new(new Status(StatusCode.Unimplemented, message));

    public static RpcException DeadlineExceeded(string message) => new(new Status(StatusCode.DeadlineExceeded, message));

    /// <summary>
    /// The text of an error as Kubernetes' events and container statuses show it: a status of the runtime in grpc-go's
    /// form, anything else as it is.
    /// </summary>
    public static string Text(Exception error) => error is RpcException rpc
        ? $"rpc error: code = {rpc.StatusCode} desc = {rpc.Status.Detail}"
        : error.Message;
}
