using Microsoft.AspNetCore.Http;

namespace Kube.RaftStore.Host;

/// <summary>Lets scripts of any origin use the gateway and the status pages, as etcd does by default (--cors).</summary>
internal static class CrossOrigin
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            return next(context);
        }
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "POST, GET, OPTIONS, PUT, DELETE";
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowHeaders = "accept, content-type, authorization";
        return HttpMethods.IsOptions(context.Request.Method) ? Task.CompletedTask : next(context);
    }
}
