using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Kube.Hosting;

/// <summary>
/// /healthz, /livez and /readyz as Kubernetes' components serve them: "ok" in plain text, or 500 and the list of
/// checks; ?verbose lists them always, ?exclude=NAME leaves one out, /readyz/NAME runs a single one.
/// </summary>
public static partial class HealthEndpoints
{
    /// <summary>Maps the three endpoints. /healthz runs the liveness checks.</summary>
    public static void MapHealth(
        this IEndpointRouteBuilder routes, HealthChecks live, HealthChecks ready, TimeProvider time, ILogger logger)
    {
        Map(routes, "healthz", live, time, logger);
        Map(routes, "livez", live, time, logger);
        Map(routes, "readyz", ready, time, logger);
    }

    private static void Map(IEndpointRouteBuilder routes, string endpoint, HealthChecks checks, TimeProvider time, ILogger logger)
    {
        routes.MapGet("/" + endpoint, context => AnswerAllAsync(context, endpoint, checks, time, logger));
        routes.MapGet("/" + endpoint + "/{name}", context => AnswerOneAsync(context, checks, time));
    }

    /// <summary>Runs the checks and writes Kubernetes' answer to the response.</summary>
    public static async Task AnswerAllAsync(
        HttpContext context, string endpoint, HealthChecks checks, TimeProvider time, ILogger logger)
    {
        var excluded = context.Request.Query["exclude"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        var reports = await checks.RunAsync(excluded, time, context.RequestAborted).ConfigureAwait(false);
        var passed = reports.All(report => report.Passed);
        foreach (var report in reports.Where(report => !report.Passed))
        {
            CheckFailed(logger, endpoint, report.Name, report.Failure!);
        }

        var verbose = context.Request.Query.ContainsKey("verbose");
        var body = passed && !verbose ? "ok" : Describe(endpoint, reports, excluded, passed);
        await WriteAsync(context, passed ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, body).ConfigureAwait(false);
    }

    private static async Task AnswerOneAsync(HttpContext context, HealthChecks checks, TimeProvider time)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (checks.All.All(check => check.Name != name))
        {
            await WriteAsync(context, StatusCodes.Status404NotFound, "404 page not found\n").ConfigureAwait(false);
            return;
        }

        var others = checks.All.Select(check => check.Name).Where(other => other != name).ToHashSet();
        var report = (await checks.RunAsync(others, time, context.RequestAborted).ConfigureAwait(false))[0];
        await WriteAsync(
            context,
            report.Passed ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError,
            report.Passed ? "ok" : $"internal server error: {report.Failure}\n").ConfigureAwait(false);
    }

    private static string Describe(
        string endpoint, IReadOnlyList<HealthReport> reports, IReadOnlyCollection<string> excluded, bool passed)
    {
        var text = new StringBuilder();
        foreach (var report in reports)
        {
            text.Append(report.Passed ? $"[+]{report.Name} ok\n" : $"[-]{report.Name} failed: reason withheld\n");
        }

        foreach (var name in excluded)
        {
            text.Append($"[+]{name} excluded: ok\n");
        }

        return text.Append(passed ? $"{endpoint} check passed\n" : $"{endpoint} check failed\n").ToString();
    }

    private static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Endpoint} check {Check} failed: {Failure}")]
    private static partial void CheckFailed(ILogger logger, string endpoint, string check, string failure);
}
