using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of ingress classes, and of the status of ingresses (Kubernetes' pkg/apis/networking/validation).</summary>
internal static partial class IngressClassRules
{
    private const int MaxControllerLength = 250;
    private const string PathForm = @"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+";

    internal static void CheckClass(ErrorList errors, JsonObject ingressClass)
    {
        var spec = ingressClass.Map("spec");
        CheckController(errors, spec.Text("controller") ?? "", "spec.controller");
        if (spec.Map("parameters") is { } parameters)
        {
            NetworkingRules.CheckReference(errors, parameters, "spec.parameters");
            CheckScope(errors, parameters, "spec.parameters");
        }
    }

    internal static void CheckClassUpdate(ErrorList errors, JsonObject ingressClass, JsonObject old)
    {
        if (ingressClass.Map("spec").Text("controller") != old.Map("spec").Text("controller"))
        {
            errors.Add(FieldError.Invalid("spec.controller", ingressClass.Map("spec").Text("controller") ?? "", "field is immutable"));
        }
    }

    /// <summary>Where an ingress is reached.</summary>
    internal static void CheckStatus(ErrorList errors, JsonObject ingress, JsonObject old)
    {
        foreach (var (point, path) in ingress.Map("status").Map("loadBalancer").Placed("ingress", "status.loadBalancer"))
        {
            if (point.Text("ip") is { Length: > 0 } ip && !AddressRules.TryAddress(ip, out _))
            {
                errors.Add(FieldError.Invalid(path + ".ip", ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }

            if (point.Text("hostname") is { Length: > 0 } host)
            {
                errors.AddInvalid(path + ".hostname", host, NameRules.DnsSubdomain(host));
                if (AddressRules.TryAddress(host, out _))
                {
                    errors.Add(FieldError.Invalid(path + ".hostname", host, "must be a DNS name, not an IP address"));
                }
            }
        }
    }

    /// <summary>A domain and a path: acme.io/foo.</summary>
    private static void CheckController(ErrorList errors, string controller, string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(controller) > MaxControllerLength)
        {
            errors.Add(FieldError.TooLong(path, MaxControllerLength));
        }

        if (!errors.Require(path, controller))
        {
            return;
        }

        var slash = controller.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == controller.Length - 1)
        {
            errors.Add(FieldError.Invalid(path, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")"));
            return;
        }

        var (host, rest) = (controller[..slash], controller[(slash + 1)..]);
        errors.AddInvalid(path, host, NameRules.DnsSubdomain(host));
        if (!PathRegex().IsMatch(rest))
        {
            errors.Add(FieldError.Invalid(path, rest, $"must be a valid path (regex used for validation is '{PathForm}')"));
        }
    }

    private static void CheckScope(ErrorList errors, JsonObject parameters, string path)
    {
        var ns = parameters.Text("namespace");
        switch (parameters.Text("scope"))
        {
            case null:
                errors.Add(FieldError.Required(path + ".scope"));
                break;
            case "Namespace" when ns is null:
                errors.Add(FieldError.Required(path + ".namespace", "`parameters.scope` is set to 'Namespace'"));
                break;
            case "Namespace":
                errors.AddInvalid(path + ".namespace", ns, NameRules.DnsLabel(ns));
                break;
            case "Cluster" when ns is not null:
                errors.Add(FieldError.Forbidden(path + ".namespace", "`parameters.scope` is set to 'Cluster'"));
                break;
            case "Cluster":
                break;
            case var other:
                errors.Add(FieldError.NotSupported(path + ".scope", other, ["Cluster", "Namespace"]));
                break;
        }
    }

    [GeneratedRegex("^" + PathForm + "\\z")]
    private static partial Regex PathRegex();
}
