using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <summary>Whether someone who holds some rules holds all that other rules grant; the question behind privilege escalation.</summary>
public static class RuleCoverage
{
    /// <summary>The parts of <paramref name="wanted"/> that no rule of <paramref name="held"/> grants; empty when all are.</summary>
    public static IReadOnlyList<PolicyRule> Uncovered(IReadOnlyList<PolicyRule> held, IEnumerable<PolicyRule> wanted) =>
        [.. wanted.SelectMany(Atoms).Where(atom => !held.Any(rule => Covers(rule, atom)))];

    /// <summary>One rule a verb, group, resource and name: each part must be held by a single rule.</summary>
    private static IEnumerable<PolicyRule> Atoms(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs ?? [])
        {
            foreach (var path in rule.NonResourceURLs ?? [])
            {
                yield return new PolicyRule { Verbs = [verb], NonResourceURLs = [path] };
            }

            foreach (var group in rule.ApiGroups ?? [])
            {
                foreach (var resource in rule.Resources ?? [])
                {
                    if (rule.ResourceNames is not { Count: > 0 } names)
                    {
                        yield return new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource] };
                        continue;
                    }

                    foreach (var name in names)
                    {
                        yield return new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource], ResourceNames = [name] };
                    }
                }
            }
        }
    }

    private static bool Covers(PolicyRule held, PolicyRule atom)
    {
        if (!Has(held.Verbs, atom.Verbs![0]))
        {
            return false;
        }

        if (atom.NonResourceURLs is [var path])
        {
            return (held.NonResourceURLs ?? []).Any(url => url == "*" || url == path
                || (url.EndsWith('*') && path.StartsWith(url.AsSpan(0, url.Length - 1), StringComparison.Ordinal)));
        }

        return Has(held.ApiGroups, atom.ApiGroups![0])
            && HasResource(held.Resources, atom.Resources![0])
            && (held.ResourceNames is not { Count: > 0 } || (atom.ResourceNames is [var name] && held.ResourceNames.Contains(name)));
    }

    private static bool Has(List<string>? values, string value) => values is not null && (values.Contains("*") || values.Contains(value));

    private static bool HasResource(List<string>? resources, string resource)
    {
        if (Has(resources, resource))
        {
            return true;
        }

        var slash = resource.IndexOf('/');
        return slash > 0 && resources?.Contains("*" + resource[slash..]) == true;
    }
}
