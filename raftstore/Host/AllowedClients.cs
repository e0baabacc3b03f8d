using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>
/// Lets in only clients whose certificate has one of the allowed common names. Others, though their certificate is
/// good, are told so: PermissionDenied to gRPC, 403 otherwise.
/// </summary>
internal sealed partial class AllowedClients(IReadOnlyList<string> commonNames, ILogger logger)
{
    private readonly HashSet<string> _allowed = new(commonNames, StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var certificate = context.Connection.ClientCertificate;
        var name = certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return name is not null && _allowed.Contains(name) ? next(context) : RefuseAsync(context, name);
    }

    private Task RefuseAsync(HttpContext context, string? name)
    {
        LogRefused(name ?? "(no certificate)", context.Connection.RemoteIpAddress?.ToString(), context.Request.Path);
        var reason = name is null
            ? "a client certificate is required"
            : $"client certificate '{name}' is not allowed to use the store";
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)StatusCode.PermissionDenied).ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(reason);
            return Task.CompletedTask;
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused client {CommonName} from {Address} asking for {Path}")]
    private partial void LogRefused(string commonName, string? address, string path);
}
