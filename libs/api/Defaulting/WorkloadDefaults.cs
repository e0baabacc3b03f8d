using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Defaulting;

/// <summary>Defaults of what makes pods from templates.</summary>
internal static class WorkloadDefaults
{
    internal static void DeploymentStrategy(JsonObject strategy)
    {
        if (RollingUpdateOf(strategy) is { } rolling)
        {
            Default(rolling, "maxUnavailable", "25%");
            Default(rolling, "maxSurge", "25%");
        }
    }

    internal static void DaemonSetStrategy(JsonObject strategy)
    {
        if (RollingUpdateOf(strategy) is { } rolling)
        {
            Default(rolling, "maxUnavailable", JsonTree.Number(1));
            Default(rolling, "maxSurge", JsonTree.Number(0));
        }
    }

    internal static void StatefulSetStrategy(JsonObject strategy)
    {
        if (RollingUpdateOf(strategy) is { } rolling)
        {
            Default(rolling, "partition", JsonTree.Number(0));
        }
    }

    /// <summary>The parameters of a rolling update, made when absent; null for another strategy.</summary>
    private static JsonObject? RollingUpdateOf(JsonObject strategy)
    {
        if (strategy.Text("type") is not (null or "" or "RollingUpdate"))
        {
            return null;
        }

        if (strategy.Map("rollingUpdate") is not { } rolling)
        {
            strategy["rollingUpdate"] = rolling = [];
        }

        return rolling;
    }

    internal static void Job(JsonObject job)
    {
        if (job.Map("metadata") is { } metadata && metadata.Map("labels") is null or { Count: 0 }
            && job.Map("spec").Map("template").Map("metadata").Map("labels") is { } labels)
        {
            job.Map("metadata")!["labels"] = labels.DeepClone();
        }
    }

    internal static void JobSpec(JsonObject spec)
    {
        if (!spec.Has("completions") && !spec.Has("parallelism"))
        {
            spec["completions"] = JsonTree.Number(1);
        }

        Default(spec, "parallelism", JsonTree.Number(1));
        if (!spec.Has("backoffLimit"))
        {
            // With a limit per index the overall one is out of the way.
            spec["backoffLimit"] = JsonTree.Number(spec.Has("backoffLimitPerIndex") ? int.MaxValue : 6);
        }

        if (spec.Has("podFailurePolicy") && spec.Text("podReplacementPolicy") == "TerminatingOrFailed")
        {
            spec["podReplacementPolicy"] = "Failed";
        }
    }

    private static void Default(JsonObject obj, string name, JsonNode value)
    {
        if (!obj.Has(name))
        {
            obj[name] = value;
        }
    }
}
