using System.Text.Json.Nodes;
using Kube.Api.Selectors;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of roles and their bindings.</summary>
internal static class RbacRules
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <summary>A role of the cluster, which may be made of others.</summary>
    internal static void CheckClusterRole(ErrorList errors, JsonObject role)
    {
        CheckRules(errors, role, namespaced: false);
        if (role.Map("aggregationRule") is not { } aggregation)
        {
            return;
        }

        if (!aggregation.Items("clusterRoleSelectors").Any())
        {
            errors.Add(FieldError.Required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil"));
        }

        foreach (var (selector, path) in aggregation.Placed("clusterRoleSelectors", "aggregationRule"))
        {
            WorkloadRules.CheckLabelSelector(errors, selector, path);
            try
            {
                LabelSelector.FromObject(selector);
            }
            catch (SelectorException e)
            {
                errors.Add(FieldError.Invalid(path, null, "invalid label selector: " + e.Message));
            }
        }
    }

    internal static void CheckRules(ErrorList errors, JsonObject role, bool namespaced)
    {
        var i = 0;
        foreach (var rule in role.Items("rules"))
        {
            CheckRule(errors, rule, $"rules[{i++}]", namespaced);
        }
    }

    private static void CheckRule(ErrorList errors, JsonObject rule, string path, bool namespaced)
    {
        if (!rule.Texts("verbs").Any())
        {
            errors.Add(FieldError.Required(path + ".verbs", "verbs must contain at least one value"));
        }

        if (rule.Texts("nonResourceURLs").Any())
        {
            if (namespaced)
            {
                errors.Add(FieldError.Invalid(path + ".nonResourceURLs", rule.Texts("nonResourceURLs"), "namespaced rules cannot apply to non-resource URLs"));
            }

            if (rule.Texts("apiGroups").Any() || rule.Texts("resources").Any() || rule.Texts("resourceNames").Any())
            {
                errors.Add(FieldError.Invalid(path + ".nonResourceURLs", rule.Texts("nonResourceURLs"), "rules cannot apply to both regular resources and non-resource URLs"));
            }

            return;
        }

        if (!rule.Texts("apiGroups").Any())
        {
            errors.Add(FieldError.Required(path + ".apiGroups", "resource rules must supply at least one api group"));
        }

        if (!rule.Texts("resources").Any())
        {
            errors.Add(FieldError.Required(path + ".resources", "resource rules must supply at least one resource"));
        }
    }

    internal static void CheckBinding(ErrorList errors, JsonObject binding, bool namespaced)
    {
        var reference = binding.Map("roleRef");
        if (reference.Text("apiGroup") != Group)
        {
            errors.Add(FieldError.NotSupported("roleRef.apiGroup", reference.Text("apiGroup") ?? "", [Group]));
        }

        string[] kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
        if (!kinds.Contains(reference.Text("kind")))
        {
            errors.Add(FieldError.NotSupported("roleRef.kind", reference.Text("kind") ?? "", kinds));
        }

        if (errors.Require("roleRef.name", reference.Text("name")))
        {
            errors.AddInvalid("roleRef.name", reference.Text("name"), NameRules.PathSegment(reference.Text("name")!));
        }

        var i = 0;
        foreach (var subject in binding.Items("subjects"))
        {
            CheckSubject(errors, subject, $"subjects[{i++}]", namespaced);
        }
    }

    private static void CheckSubject(ErrorList errors, JsonObject subject, string path, bool namespaced)
    {
        var name = subject.Text("name");
        errors.Require(path + ".name", name);
        var group = subject.Text("apiGroup") ?? "";
        switch (subject.Text("kind"))
        {
            case "ServiceAccount":
                if (!string.IsNullOrEmpty(name))
                {
                    errors.AddInvalid(path + ".name", name, NameRules.DnsSubdomain(name));
                }

                if (group.Length > 0)
                {
                    errors.Add(FieldError.NotSupported(path + ".apiGroup", group, [""]));
                }

                if (!namespaced)
                {
                    errors.Require(path + ".namespace", subject.Text("namespace"));
                }

                break;
            case "User" or "Group":
                if (string.IsNullOrEmpty(name))
                {
                    errors.Add(FieldError.Invalid(path + ".name", "", (subject.Text("kind") == "User" ? "user" : "group") + " name cannot be empty"));
                }

                if (group != Group)
                {
                    errors.Add(FieldError.NotSupported(path + ".apiGroup", group, [Group]));
                }

                break;
            default:
                errors.Add(FieldError.NotSupported(path + ".kind", subject.Text("kind") ?? "", ["ServiceAccount", "User", "Group"]));
                break;
        }
    }

    internal static void CheckBindingUpdate(ErrorList errors, JsonObject binding, JsonObject old)
    {
        if (!JsonNode.DeepEquals(binding["roleRef"], old["roleRef"]))
        {
            var r = binding.Map("roleRef");
            var shown = new RawText($"rbac.RoleRef{{APIGroup:{GoText.Quote(r.Text("apiGroup") ?? "")}, Kind:{GoText.Quote(r.Text("kind") ?? "")}, Name:{GoText.Quote(r.Text("name") ?? "")}}}");
            errors.Add(FieldError.Invalid("roleRef", shown, "cannot change roleRef"));
        }
    }
}
