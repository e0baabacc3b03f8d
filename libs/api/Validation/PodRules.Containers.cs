using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Containers: their names, images and ports, and what sets each of the three lists apart.</content>
internal static partial class PodRules
{
    /// <summary>What makes no sense for a container that nobody waits for and that has no share of its own.</summary>
    private static readonly string[] NotForEphemeral =
        ["ports", "resizePolicy", "restartPolicy", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"];

    private static void CheckAllContainers(ErrorList errors, Scope scope)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!scope.Spec.Items("containers").Any())
        {
            errors.Add(FieldError.Required(scope.Path + ".containers"));
        }

        foreach (var (container, path) in scope.Spec.Placed("containers", scope.Path))
        {
            CheckCommon(errors, container, path, scope, names);
            CheckProbesAndHooks(errors, container, path, scope);
            if (container.Has("restartPolicy"))
            {
                errors.Add(FieldError.Forbidden(path + ".restartPolicy", "may not be set for non-init containers"));
            }
        }

        CheckHostPorts(errors, scope.Spec.Placed("containers", scope.Path));
        foreach (var (container, path) in scope.Spec.Placed("initContainers", scope.Path))
        {
            CheckCommon(errors, container, path, scope, names);
            CheckInit(errors, container, path, scope);
        }

        foreach (var (container, path) in scope.Spec.Placed("ephemeralContainers", scope.Path))
        {
            CheckCommon(errors, container, path, scope, names);
            CheckEphemeral(errors, container, path, scope);
        }
    }

    private static void CheckCommon(ErrorList errors, JsonObject container, string path, Scope scope, HashSet<string> names)
    {
        var name = container.Text("name");
        if (errors.Require(path + ".name", name))
        {
            errors.AddInvalid(path + ".name", name, NameRules.DnsLabel(name!));
            if (!names.Add(name!))
            {
                errors.Add(FieldError.Duplicate(path + ".name", name));
            }
        }

        errors.Require(path + ".image", container.Text("image"));
        errors.OneOf(path + ".terminationMessagePolicy", container.Text("terminationMessagePolicy"), "File", "FallbackToLogsOnError");
        CheckPorts(errors, container, path);
        CheckEnvironment(errors, container, path);
        CheckMounts(errors, container, path, scope);
        CheckDevices(errors, container, path, scope);
        errors.OneOf(path + ".imagePullPolicy", container.Text("imagePullPolicy"), "Always", "IfNotPresent", "Never");
        ResourceRules.CheckRequirements(errors, container.Map("resources"), scope.Claims, path + ".resources");
        CheckResizePolicy(errors, container, path, scope);
        CheckContainerSecurity(errors, container.Map("securityContext"), path + ".securityContext", scope);
    }

    private static void CheckProbesAndHooks(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        foreach (var hook in (string[])["postStart", "preStop"])
        {
            CheckHandler(errors, container.Map("lifecycle").Map(hook), $"{path}.lifecycle.{hook}", scope, isHook: true);
        }

        CheckProbe(errors, container.Map("livenessProbe"), path + ".livenessProbe", scope, mustSucceedOnce: true);
        CheckProbe(errors, container.Map("readinessProbe"), path + ".readinessProbe", scope, mustSucceedOnce: false);
        CheckProbe(errors, container.Map("startupProbe"), path + ".startupProbe", scope, mustSucceedOnce: true);
    }

    /// <summary>An init container that is always restarted runs beside the others; another one runs before them and to its end.</summary>
    private static void CheckInit(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        if (container.Text("restartPolicy") is { } policy && policy != "Always")
        {
            errors.Add(FieldError.NotSupported(path + ".restartPolicy", policy, ["Always"]));
        }

        CheckHostPorts(errors, [(container, path)]);
        if (container.Text("restartPolicy") == "Always")
        {
            CheckProbesAndHooks(errors, container, path, scope);
            return;
        }

        foreach (var field in ((string[])["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]).Where(container.Has))
        {
            errors.Add(FieldError.Forbidden($"{path}.{field}", "may not be set for init containers without restartPolicy=Always"));
        }
    }

    private static void CheckEphemeral(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        const string Refusal = "cannot be set for an Ephemeral Container";
        if (container.Text("targetContainerName") is { Length: > 0 } target
            && !scope.Spec.Items("containers").Concat(scope.Spec.Items("initContainers")).Any(c => c.Text("name") == target))
        {
            errors.Add(FieldError.NotFound(path + ".targetContainerName", target));
        }

        foreach (var field in NotForEphemeral.Where(container.Has))
        {
            errors.Add(FieldError.Forbidden($"{path}.{field}", Refusal));
        }

        if (container.Map("resources") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden(path + ".resources", Refusal));
        }

        foreach (var (mount, at) in container.Placed("volumeMounts", path))
        {
            foreach (var field in ((string[])["subPath", "subPathExpr"]).Where(f => mount.Text(f) is { Length: > 0 }))
            {
                errors.Add(FieldError.Forbidden($"{at}.{field}", Refusal));
            }
        }
    }

    /// <summary>A template may have space around its images, since such have been stored; a pod may not.</summary>
    private static void CheckImageSpace(ErrorList errors, JsonObject container, string path)
    {
        if (container.Text("image") is { } image && image.Trim().Length != image.Length)
        {
            errors.Add(FieldError.Invalid(path + ".image", image, "must not have leading or trailing whitespace"));
        }
    }

    private static void CheckPorts(ErrorList errors, JsonObject container, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, at) in container.Placed("ports", path))
        {
            if (port.Text("name") is { Length: > 0 } name)
            {
                var faults = NameRules.PortName(name);
                errors.AddInvalid(at + ".name", name, faults);
                if (faults.Count == 0 && !names.Add(name))
                {
                    errors.Add(FieldError.Duplicate(at + ".name", name));
                }
            }

            if (port.Whole("containerPort") is not { } number || number == 0)
            {
                errors.Add(FieldError.Required(at + ".containerPort"));
            }
            else
            {
                errors.AddInvalid(at + ".containerPort", number, NameRules.PortNumber(number));
            }

            if (port.Whole("hostPort") is { } hostPort and not 0)
            {
                errors.AddInvalid(at + ".hostPort", hostPort, NameRules.PortNumber(hostPort));
            }

            errors.OneOf(at + ".protocol", port.Text("protocol"), "SCTP", "TCP", "UDP");
        }
    }

    /// <summary>In the host's network there is nothing to map; a template may leave the host's port out, since pods get it.</summary>
    private static void CheckHostNetworkPorts(ErrorList errors, Scope scope)
    {
        if (!scope.HostNetwork)
        {
            return;
        }

        foreach (var (container, path) in scope.Spec.Placed("containers", scope.Path))
        {
            foreach (var (port, at) in container.Placed("ports", path))
            {
                var (host, own) = (port.Whole("hostPort") ?? 0, port.Whole("containerPort") ?? 0);
                if ((scope.IsPod || host != 0) && host != own)
                {
                    errors.Add(FieldError.Invalid(at + ".hostPort", host, "must match `containerPort` when `hostNetwork` is true"));
                }
            }
        }
    }

    private static void CheckHostPorts(ErrorList errors, IEnumerable<(JsonObject Container, string Path)> containers)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (container, path) in containers)
        {
            foreach (var (port, at) in container.Placed("ports", path))
            {
                var key = $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Whole("hostPort")}";
                if ((port.Whole("hostPort") ?? 0) != 0 && !seen.Add(key))
                {
                    errors.Add(FieldError.Duplicate(at + ".hostPort", key));
                }
            }
        }
    }

    private static void CheckResizePolicy(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        var list = path + ".resizePolicy";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (policy, at) in container.Placed("resizePolicy", path))
        {
            var (name, restart) = (policy.Text("resourceName") ?? "", policy.Text("restartPolicy") ?? "");
            if (!seen.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }

            errors.OneOf(list, name, "cpu", "memory");
            errors.OneOf(list, restart, "NotRequired", "RestartContainer");
            if (scope.Spec.Text("restartPolicy") == "Never" && restart != "NotRequired")
            {
                errors.Add(FieldError.Invalid(list, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
            }
        }
    }

    internal static void CheckPortNumberOrName(ErrorList errors, string path, JsonNode? port)
    {
        if (port is null || port.GetValueKind() == JsonValueKind.Number)
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
