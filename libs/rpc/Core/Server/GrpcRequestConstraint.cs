using Kube.Rpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kube.Rpc.Server;

/// <summary>
/// Matches requests that are gRPC by their content type. The method is checked here and not by the endpoint's
/// metadata, with which routing would answer 405 to every other request that nothing else matches.
/// </summary>
internal sealed class GrpcRequestConstraint : IRouteConstraint
{
    public static readonly GrpcRequestConstraint Instance = new();

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null && HttpMethods.IsPost(httpContext.Request.Method) && Headers.IsGrpcContentType(httpContext.Request.ContentType);
}
