using System.Buffers;
using System.Runtime.InteropServices;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using ApiSelector = Kube.Api.Meta.V1.LabelSelector;

namespace Kube.Scheduler.Framework;

/// <summary>
/// Writes down all that filters and scores read of a pod. Every text and list goes with its length before it, so that no two
/// different pods give the same writing. Used by one thread at a time.
/// </summary>
internal sealed class ShapeWriter
{
    private readonly ArrayBufferWriter<byte> _out = new(1024);
    private string? _uid;

    public ReadOnlySpan<byte> Written => _out.WrittenSpan;

    public void Write(Pod pod)
    {
        _out.ResetWrittenCount();
        _uid = pod.Metadata.Uid;
        var spec = pod.Spec ?? new PodSpec();
        Text(pod.Metadata.Namespace);
        Map(pod.Metadata.Labels);
        Map(spec.NodeSelector);
        List(spec.Tolerations, static (to, item) => to.Toleration(item));
        List(spec.InitContainers, static (to, item) => to.Container(item));
        List(spec.Containers, static (to, item) => to.Container(item));
        Amounts(spec.Overhead);
        List(spec.Volumes, static (to, item) => to.Volume(item));
        Affinity(spec.Affinity);
        List(spec.TopologySpreadConstraints, static (to, item) => to.Constraint(item));
        var controller = pod.Metadata.OwnerReferences?.Find(static owner => owner.Controller == true);
        Text(controller?.Kind);
        Text(controller?.Name);
    }

    private void Toleration(Toleration toleration)
    {
        Text(toleration.Key);
        Text(toleration.Operator);
        Text(toleration.Value);
        Text(toleration.Effect);
    }

    private void Container(Container container)
    {
        Text(container.Image);
        Text(container.RestartPolicy);
        Amounts(container.Resources?.Requests);
        List(container.Ports, static (to, item) => to.Port(item));
    }

    private void Port(ContainerPort port)
    {
        Number(port.HostPort);
        if (port.HostPort > 0)
        {
            Text(port.Protocol);
            Text(port.HostIP);
        }
    }

    private void Volume(Volume volume)
    {
        if (volume.PersistentVolumeClaim is { } claim)
        {
            Number(1);
            Text(claim.ClaimName);
        }
        else if (volume.Ephemeral is not null)
        {
            // Its claim is named after the pod and owned by it: no two pods share it.
            Number(2);
            Text(_uid);
            Text(volume.Name);
        }
        else if (volume is { GcePersistentDisk: not null } or { AwsElasticBlockStore: not null } or { Rbd: not null } or { Iscsi: not null })
        {
            Number(3);
            var json = KubeJson.Serialize(volume);
            Number(json.Length);
            _out.Write(json);
        }
        else
        {
            Number(0);
        }
    }

    private void Affinity(Affinity? affinity)
    {
        if (!Has(affinity))
        {
            return;
        }

        if (Has(affinity!.NodeAffinity))
        {
            var node = affinity.NodeAffinity!;
            if (Has(node.RequiredDuringSchedulingIgnoredDuringExecution))
            {
                List(node.RequiredDuringSchedulingIgnoredDuringExecution!.NodeSelectorTerms, static (to, item) => to.Term(item));
            }

            List(node.PreferredDuringSchedulingIgnoredDuringExecution, static (to, item) => to.Preferred(item));
        }

        if (Has(affinity.PodAffinity))
        {
            List(affinity.PodAffinity!.RequiredDuringSchedulingIgnoredDuringExecution, static (to, item) => to.Term(item));
            List(affinity.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution, static (to, item) => to.Preferred(item));
        }

        if (Has(affinity.PodAntiAffinity))
        {
            List(affinity.PodAntiAffinity!.RequiredDuringSchedulingIgnoredDuringExecution, static (to, item) => to.Term(item));
            List(affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, static (to, item) => to.Preferred(item));
        }
    }

    private void Preferred(PreferredSchedulingTerm preferred)
    {
        Number(preferred.Weight);
        if (Has(preferred.Preference))
        {
            Term(preferred.Preference!);
        }
    }

    private void Preferred(WeightedPodAffinityTerm preferred)
    {
        Number(preferred.Weight);
        if (Has(preferred.PodAffinityTerm))
        {
            Term(preferred.PodAffinityTerm!);
        }
    }

    private void Term(NodeSelectorTerm term)
    {
        List(term.MatchExpressions, static (to, item) => to.Requirement(item));
        List(term.MatchFields, static (to, item) => to.Requirement(item));
    }

    private void Requirement(NodeSelectorRequirement requirement)
    {
        Text(requirement.Key);
        Text(requirement.Operator);
        List(requirement.Values, static (to, item) => to.Text(item));
    }

    private void Term(PodAffinityTerm term)
    {
        Selector(term.LabelSelector);
        List(term.Namespaces, static (to, item) => to.Text(item));
        Text(term.TopologyKey);
        Selector(term.NamespaceSelector);
        List(term.MatchLabelKeys, static (to, item) => to.Text(item));
        List(term.MismatchLabelKeys, static (to, item) => to.Text(item));
    }

    private void Constraint(TopologySpreadConstraint constraint)
    {
        Number(constraint.MaxSkew);
        Text(constraint.TopologyKey);
        Text(constraint.WhenUnsatisfiable);
        Selector(constraint.LabelSelector);
        Number(constraint.MinDomains ?? -1);
        Text(constraint.NodeAffinityPolicy);
        Text(constraint.NodeTaintsPolicy);
        List(constraint.MatchLabelKeys, static (to, item) => to.Text(item));
    }

    private void Selector(ApiSelector? selector)
    {
        if (!Has(selector))
        {
            return;
        }

        Map(selector!.MatchLabels);
        Number(selector.MatchExpressions?.Count ?? -1);
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            Text(expression.Key);
            Text(expression.Operator);
            List(expression.Values, static (to, item) => to.Text(item));
        }
    }

    private void Amounts(Dictionary<string, Api.Values.Quantity>? amounts)
    {
        Number(amounts?.Count ?? -1);
        if (amounts is null)
        {
            return;
        }

        if (amounts.Count < 2)
        {
            foreach (var (name, amount) in amounts)
            {
                Amount(name, amount);
            }

            return;
        }

        var names = Sorted(amounts.Keys, amounts.Count);
        for (var i = 0; i < amounts.Count; i++)
        {
            Amount(names[i], amounts[names[i]]);
        }

        Return(names, amounts.Count);
    }

    private void Amount(string name, Api.Values.Quantity amount)
    {
        Text(name);
        Number(name == "cpu" ? amount.MilliValue() : amount.Value());
    }

    private void Map(Dictionary<string, string>? map)
    {
        Number(map?.Count ?? 0);
        if (map is null)
        {
            return;
        }

        if (map.Count == 1)
        {
            foreach (var (key, value) in map)
            {
                Text(key);
                Text(value);
            }

            return;
        }

        var keys = Sorted(map.Keys, map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            Text(keys[i]);
            Text(map[keys[i]]);
        }

        Return(keys, map.Count);
    }

    private static string[] Sorted(IEnumerable<string> keys, int count)
    {
        var sorted = ArrayPool<string>.Shared.Rent(count);
        var i = 0;
        foreach (var key in keys)
        {
            sorted[i++] = key;
        }

        sorted.AsSpan(0, count).Sort(string.CompareOrdinal);
        return sorted;
    }

    private static void Return(string[] rented, int count)
    {
        Array.Clear(rented, 0, count);
        ArrayPool<string>.Shared.Return(rented);
    }

    private void List<T>(List<T>? list, Action<ShapeWriter, T> write)
    {
        Number(list?.Count ?? -1);
        if (list is not null)
        {
            foreach (var item in list)
            {
                write(this, item);
            }
        }
    }

    private bool Has(object? value)
    {
        Number(value is null ? 0 : 1);
        return value is not null;
    }

    private void Text(string? text)
    {
        Number(text?.Length ?? -1);
        if (text is not null)
        {
            _out.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private void Number(long number)
    {
        // Small numbers, which most are, take one byte.
        if (number is >= -1 and < 254)
        {
            _out.GetSpan(1)[0] = (byte)(number + 1);
            _out.Advance(1);
            return;
        }

        var span = _out.GetSpan(1 + sizeof(long));
        span[0] = 255;
        MemoryMarshal.Write(span[1..], number);
        _out.Advance(1 + sizeof(long));
    }
}
