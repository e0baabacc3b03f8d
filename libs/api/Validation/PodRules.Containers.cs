using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <content>Containers: names, images, ports, environment, mounts, resources, probes.</content>
internal static partial class PodRules
{
    private static void CheckContainers(
        ErrorList errors, JsonObject spec, string member, string path, HashSet<string> volumes, HashSet<string> names)
    {
        var i = 0;
        foreach (var container in spec.Items(member))
        {
            var at = $"{path}.{member}[{i++}]";
            var name = container.Text("name");
            if (errors.Require(at + ".name", name))
            {
                errors.AddInvalid(at + ".name", name, NameRules.DnsLabel(name!));
                if (!names.Add(name!))
                {
                    errors.Add(FieldError.Duplicate(at + ".name", name));
                }
            }

            CheckContainer(errors, container, at, volumes);
            if (spec.Flag("hostNetwork") == true)
            {
                CheckHostNetworkPorts(errors, container, at);
            }
        }
    }

    private static void CheckContainer(ErrorList errors, JsonObject container, string path, HashSet<string> volumes)
    {
        if (errors.Require(path + ".image", container.Text("image")) && container.Text("image")!.Trim() != container.Text("image"))
        {
            errors.Add(FieldError.Invalid(path + ".image", container.Text("image"), "must not have leading or trailing whitespace"));
        }

        errors.OneOf(path + ".terminationMessagePolicy", container.Text("terminationMessagePolicy"), "FallbackToLogsOnError", "File");
        CheckPorts(errors, container, path + ".ports");
        CheckEnvironment(errors, container, path);
        CheckMounts(errors, container, path + ".volumeMounts", volumes);
        errors.OneOf(path + ".imagePullPolicy", container.Text("imagePullPolicy"), "Always", "IfNotPresent", "Never");
        CheckResources(errors, container.Map("resources"), path + ".resources");
        CheckProbe(errors, container.Map("livenessProbe"), path + ".livenessProbe", mustSucceedOnce: true);
        CheckProbe(errors, container.Map("readinessProbe"), path + ".readinessProbe", mustSucceedOnce: false);
        CheckProbe(errors, container.Map("startupProbe"), path + ".startupProbe", mustSucceedOnce: true);
        CheckHandler(errors, container.Map("lifecycle").Map("postStart"), path + ".lifecycle.postStart");
        CheckHandler(errors, container.Map("lifecycle").Map("preStop"), path + ".lifecycle.preStop");
    }

    private static void CheckPorts(ErrorList errors, JsonObject container, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var port in container.Items("ports"))
        {
            var at = $"{path}[{i++}]";
            if (port.Text("name") is { Length: > 0 } name)
            {
                errors.AddInvalid(at + ".name", name, NameRules.PortName(name));
                if (!names.Add(name))
                {
                    errors.Add(FieldError.Duplicate(at + ".name", name));
                }
            }

            if (port.Whole("containerPort") is null or 0)
            {
                errors.Add(FieldError.Required(at + ".containerPort"));
            }

            errors.OneOf(at + ".protocol", port.Text("protocol"), "SCTP", "TCP", "UDP");
        }
    }

    private static void CheckHostNetworkPorts(ErrorList errors, JsonObject container, string path)
    {
        var i = 0;
        foreach (var port in container.Items("ports"))
        {
            if (port.Whole("hostPort") != port.Whole("containerPort"))
            {
                errors.Add(FieldError.Invalid($"{path}.ports[{i}].containerPort", port.Whole("containerPort"), "must match `hostPort` when `hostNetwork` is true"));
            }

            i++;
        }
    }

    private static void CheckHostPorts(ErrorList errors, JsonObject spec, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var c = 0;
        foreach (var container in spec.Items("containers"))
        {
            var p = 0;
            foreach (var port in container.Items("ports"))
            {
                var key = $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Whole("hostPort")}";
                if (port.Whole("hostPort") is > 0 && !seen.Add(key))
                {
                    errors.Add(FieldError.Duplicate($"{path}.containers[{c}].ports[{p}].hostPort", key));
                }

                p++;
            }

            c++;
        }
    }

    private static void CheckEnvironment(ErrorList errors, JsonObject container, string path)
    {
        var i = 0;
        foreach (var variable in container.Items("env"))
        {
            var at = $"{path}.env[{i++}]";
            if (errors.Require(at + ".name", variable.Text("name")))
            {
                errors.AddInvalid(at + ".name", variable.Text("name"), NameRules.EnvironmentName(variable.Text("name")!));
            }

            if (variable.Map("valueFrom") is not { } from)
            {
                continue;
            }

            var sources = from.Count(s => s.Value is not null);
            if (sources == 0)
            {
                errors.Add(FieldError.Invalid(at + ".valueFrom", "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"));
            }
            else if (!string.IsNullOrEmpty(variable.Text("value")))
            {
                errors.Add(FieldError.Invalid(at + ".valueFrom", "", "may not be specified when `value` is not empty"));
            }
            else if (sources > 1)
            {
                errors.Add(FieldError.Invalid(at + ".valueFrom", "", "may not have more than one field specified at a time"));
            }

            foreach (var reference in (string[])["configMapKeyRef", "secretKeyRef"])
            {
                if (from.Map(reference) is { } selector)
                {
                    errors.Require($"{at}.valueFrom.{reference}.name", selector.Text("name"));
                    errors.Require($"{at}.valueFrom.{reference}.key", selector.Text("key"));
                }
            }
        }
    }

    private static void CheckMounts(ErrorList errors, JsonObject container, string path, HashSet<string> volumes)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var mount in container.Items("volumeMounts"))
        {
            var at = $"{path}[{i++}]";
            if (errors.Require(at + ".name", mount.Text("name")) && !volumes.Contains(mount.Text("name")!))
            {
                errors.Add(FieldError.NotFound(at + ".name", mount.Text("name")));
            }

            if (errors.Require(at + ".mountPath", mount.Text("mountPath")) && !paths.Add(mount.Text("mountPath")!))
            {
                errors.Add(FieldError.Invalid(at + ".mountPath", mount.Text("mountPath"), "must be unique"));
            }

            if (mount.Text("subPath") is { Length: > 0 } subPath)
            {
                CheckLocalPath(errors, subPath, at + ".subPath");
            }
        }
    }

    private static void CheckLocalPath(ErrorList errors, string value, string path)
    {
        if (value.StartsWith('/'))
        {
            errors.Add(FieldError.Invalid(path, value, "must be a relative path"));
        }

        if (value.Split('/').Contains(".."))
        {
            errors.Add(FieldError.Invalid(path, value, "must not contain '..'"));
        }
    }

    private static void CheckResources(ErrorList errors, JsonObject? resources, string path)
    {
        var limits = resources.Map("limits");
        foreach (var list in (string[])["limits", "requests"])
        {
            foreach (var (name, amount) in resources.Map(list) ?? [])
            {
                var at = $"{path}.{list}";
                CheckResourceName(errors, name, $"{at}[{name}]");
                if (!Quantity.TryParse((string?)amount, out var quantity))
                {
                    continue;
                }

                if (quantity.Sign < 0)
                {
                    errors.Add(FieldError.Invalid($"{at}[{name}]", quantity.ToString(), "must be greater than or equal to 0"));
                }

                if (list == "requests" && Quantity.TryParse(limits.Text(name), out var limit) && quantity.CompareTo(limit) > 0)
                {
                    errors.Add(FieldError.Invalid(at, quantity.ToString(), $"must be less than or equal to {name} limit of {limit}"));
                }
            }
        }
    }

    private static void CheckResourceName(ErrorList errors, string name, string path)
    {
        errors.AddInvalid(path, name, NameRules.QualifiedName(name));
        if (!name.Contains('/', StringComparison.Ordinal) && name is not ("cpu" or "memory" or "ephemeral-storage") && !name.StartsWith("hugepages-", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource type or fully qualified"));
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource for containers"));
        }
    }

    private static void CheckProbe(ErrorList errors, JsonObject? probe, string path, bool mustSucceedOnce)
    {
        if (probe is null)
        {
            return;
        }

        CheckHandler(errors, probe, path);
        foreach (var field in (string[])["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            errors.NonNegative($"{path}.{field}", probe.Whole(field));
        }

        if (mustSucceedOnce && probe.Whole("successThreshold") is { } successes && successes != 1)
        {
            errors.Add(FieldError.Invalid(path + ".successThreshold", successes, "must be 1"));
        }

        if (probe.Whole("terminationGracePeriodSeconds") is { } grace)
        {
            if (grace <= 0)
            {
                errors.Add(FieldError.Invalid(path + ".terminationGracePeriodSeconds", grace, "must be greater than 0"));
            }

            if (!mustSucceedOnce)
            {
                errors.Add(FieldError.Invalid(path + ".terminationGracePeriodSeconds", grace, "must not be set for readinessProbes"));
            }
        }
    }

    private static void CheckHandler(ErrorList errors, JsonObject? handler, string path)
    {
        if (handler is null)
        {
            return;
        }

        var count = 0;
        foreach (var kind in (string[])["exec", "httpGet", "tcpSocket", "grpc", "sleep"])
        {
            if (handler.Map(kind) is not { } action)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Add(FieldError.Forbidden($"{path}.{kind}", "may not specify more than 1 handler type"));
                continue;
            }

            if (kind == "exec" && !action.Texts("command").Any())
            {
                errors.Add(FieldError.Required(path + ".exec.command"));
            }

            if (kind is "httpGet" or "tcpSocket" && action["port"] is { } port)
            {
                CheckPortNumberOrName(errors, $"{path}.{kind}.port", port);
            }
        }

        if (count == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a handler type"));
        }
    }

    internal static void CheckPortNumberOrName(ErrorList errors, string path, JsonNode port)
    {
        if (port.GetValueKind() == JsonValueKind.Number)
        {
            var number = JsonAccess.Whole(port) ?? 0;
            errors.AddInvalid(path, number, NameRules.PortNumber(number));
        }
        else
        {
            errors.AddInvalid(path, port.GetValue<string>(), NameRules.PortName(port.GetValue<string>()));
        }
    }
}
