using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Probes and lifecycle hooks.</content>
internal static partial class PodRules
{
    private const string HeaderForm = "[-A-Za-z0-9]+";

    private static void CheckProbe(ErrorList errors, JsonObject? probe, string path, Scope scope, bool mustSucceedOnce)
    {
        if (probe is null)
        {
            return;
        }

        CheckHandler(errors, probe, path, scope, isHook: false);
        foreach (var field in (string[])["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            errors.NonNegative($"{path}.{field}", probe.Whole(field));
        }

        var grace = probe.Whole("terminationGracePeriodSeconds");
        if (grace <= 0)
        {
            errors.Add(FieldError.Invalid(path + ".terminationGracePeriodSeconds", grace, "must be greater than 0"));
        }

        if (mustSucceedOnce)
        {
            if (probe.Whole("successThreshold") is { } successes && successes != 1)
            {
                errors.Add(FieldError.Invalid(path + ".successThreshold", successes, "must be 1"));
            }
        }
        else if (grace is not null)
        {
            errors.Add(FieldError.Invalid(path + ".terminationGracePeriodSeconds", grace, "must not be set for readinessProbes"));
        }
    }

    /// <summary>Exactly one action; a probe may ask by gRPC, a hook may sleep.</summary>
    private static void CheckHandler(ErrorList errors, JsonObject? handler, string path, Scope scope, bool isHook)
    {
        if (handler is null)
        {
            return;
        }

        var count = 0;
        foreach (var kind in (string[])["exec", "httpGet", "tcpSocket", isHook ? "sleep" : "grpc"])
        {
            if (handler.Map(kind) is not { } action)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Add(FieldError.Forbidden($"{path}.{kind}", "may not specify more than 1 handler type"));
            }
            else
            {
                CheckAction(errors, kind, action, $"{path}.{kind}", scope);
            }
        }

        if (count == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a handler type"));
        }
    }

    private static void CheckAction(ErrorList errors, string kind, JsonObject action, string path, Scope scope)
    {
        switch (kind)
        {
            case "exec":
                if (action.List("command") is null or { Count: 0 })
                {
                    errors.Add(FieldError.Required(path + ".command"));
                }

                break;
            case "httpGet":
                CheckHttpGet(errors, action, path);
                break;
            case "sleep":
                var seconds = action.Whole("seconds") ?? 0;
                if (scope.GraceSeconds is { } grace && (seconds <= 0 || seconds > grace))
                {
                    errors.Add(FieldError.Invalid(path, seconds,
                        $"must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."));
                }

                break;
            default:
                CheckPortNumberOrName(errors, path + ".port", action["port"]);
                break;
        }
    }

    private static void CheckHttpGet(ErrorList errors, JsonObject action, string path)
    {
        errors.Require(path + ".path", action.Text("path"));
        CheckPortNumberOrName(errors, path + ".port", action["port"]);
        if (action.Text("scheme") is not ("HTTP" or "HTTPS"))
        {
            errors.Add(FieldError.NotSupported(path + ".scheme", action.Text("scheme") ?? "", ["HTTP", "HTTPS"]));
        }

        foreach (var header in action.Items("httpHeaders"))
        {
            var name = header.Text("name") ?? "";
            if (!HeaderName().IsMatch(name))
            {
                errors.Add(FieldError.Invalid(path + ".httpHeaders", name,
                    $"a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '{HeaderForm}')"));
            }
        }
    }

    [GeneratedRegex("^" + HeaderForm + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderName();
}
