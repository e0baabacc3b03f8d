using System.Globalization;

namespace Kube.Controllers.Deployments;

/// <summary>The annotations by which a deployment and its replica sets know revisions and sizes.</summary>
internal static class DeploymentAnnotations
{
    public const string HashLabel = "pod-template-hash";
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const int MaxHistoryLength = 2000;

    private static readonly HashSet<string> _notCopied = new(StringComparer.Ordinal)
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        Revision,
        RevisionHistory,
        DesiredReplicas,
        MaxReplicas,
        "deprecated.deployment.rollback.to",
    };

    /// <summary>The revision of a set; 0 when it has none or it is no number.</summary>
    public static long RevisionOf(IKubeObject value) => Number(value, Revision) ?? 0;

    public static long? Number(IKubeObject value, string annotation) =>
        value.Metadata.Annotations?.TryGetValue(annotation, out var text) == true &&
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>
    /// Copies the deployment's annotations to its newest set and raises the set's revision, keeping the former one in
    /// its history (it is being rolled back to). Returns true when anything changed.
    /// </summary>
    public static bool CopyToNewSet(Deployment deployment, ReplicaSet set, long revision)
    {
        var annotations = set.Metadata.Annotations ??= [];
        var changed = false;
        foreach (var (key, value) in deployment.Metadata.Annotations ?? [])
        {
            if (!_notCopied.Contains(key) && annotations.GetValueOrDefault(key) != value)
            {
                annotations[key] = value;
                changed = true;
            }
        }

        var former = Number(set, Revision);
        if (former is null || former < revision)
        {
            annotations[Revision] = Text(revision);
            changed = true;
            if (former is { } earlier)
            {
                annotations[RevisionHistory] = Append(annotations.GetValueOrDefault(RevisionHistory), Text(earlier));
            }
        }

        return changed;
    }

    /// <summary>Notes the deployment's size on a set. Returns true when it was not noted yet.</summary>
    public static bool SetReplicas(ReplicaSet set, int desired, int max)
    {
        var annotations = set.Metadata.Annotations ??= [];
        if (annotations.GetValueOrDefault(DesiredReplicas) == Text(desired) && annotations.GetValueOrDefault(MaxReplicas) == Text(max))
        {
            return false;
        }

        annotations[DesiredReplicas] = Text(desired);
        annotations[MaxReplicas] = Text(max);
        return true;
    }

    private static string Append(string? history, string revision)
    {
        var all = string.IsNullOrEmpty(history) ? revision : history + "," + revision;
        while (all.Length > MaxHistoryLength && all.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma)
        {
            all = all[(comma + 1)..];
        }

        return all;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
