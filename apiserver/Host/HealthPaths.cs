using Kube.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Host;

/// <summary>/healthz and its like behind the API server's own pipeline: the whole list, or one check below it.</summary>
internal static class HealthPaths
{
    public static async Task AnswerAsync(HttpContext http, string endpoint, HealthChecks checks, TimeProvider time, ILogger logger)
    {
        var rest = http.Request.Path.Value!.Trim('/')[endpoint.Length..].Trim('/');
        if (rest.Length == 0)
        {
            await HealthEndpoints.AnswerAllAsync(http, endpoint, checks, time, logger).ConfigureAwait(false);
            return;
        }

        var single = new HealthChecks();
        foreach (var check in checks.All.Where(c => c.Name == rest))
        {
            single.Add(check.Name, check.Probe);
        }

        if (single.All.IsEmpty)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync("404 page not found\n", http.RequestAborted).ConfigureAwait(false);
            return;
        }

        await HealthEndpoints.AnswerAllAsync(http, endpoint, single, time, logger).ConfigureAwait(false);
    }
}
