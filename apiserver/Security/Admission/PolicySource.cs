using System.Text.Json.Nodes;
using Kube.Api.Cel;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Security.Admission;

/// <summary>A validating admission policy with the bindings that put it to use. Immutable; the objects are not to be changed.</summary>
/// <param name="Name">The policy's name.</param>
/// <param name="Spec">Its spec.</param>
/// <param name="Compiled">Its expressions.</param>
/// <param name="Bindings">Names and specs of its bindings.</param>
internal sealed record BoundPolicy(string Name, JsonObject Spec, CompiledPolicy Compiled, IReadOnlyList<(string Name, JsonObject Spec)> Bindings);

/// <summary>
/// The policies of this moment, compiled anew from the caches when a policy has changed. Thread-safe.
/// </summary>
internal sealed class PolicySource(ResourceRegistry registry)
{
    private const string Group = "admissionregistration.k8s.io";

    private readonly Lock _lock = new();
    private readonly ResourceStore _policies = registry.Get(Group, "v1", "validatingadmissionpolicies");
    private readonly ResourceStore _bindings = registry.Get(Group, "v1", "validatingadmissionpolicybindings");
    private Built _built = new(null, null, [], new Dictionary<string, (string Version, CompiledPolicy Compiled)>());

    /// <summary>The policies that have bindings.</summary>
    public IReadOnlyList<BoundPolicy> Current
    {
        get
        {
            var built = Volatile.Read(ref _built);
            return IsCurrent(built) ? built.Bound : Rebuild();
        }
    }

    private bool IsCurrent(Built built) =>
        ReferenceEquals(built.Policies, _policies.Cache.Snapshot?.Objects) && ReferenceEquals(built.Bindings, _bindings.Cache.Snapshot?.Objects);

    private IReadOnlyList<BoundPolicy> Rebuild()
    {
        lock (_lock)
        {
            if (IsCurrent(_built))
            {
                return _built.Bound;
            }

            var policies = _policies.Cache.Snapshot?.Objects;
            var bindings = _bindings.Cache.Snapshot?.Objects;
            var byPolicy = (bindings?.Range("").Select(_bindings.Served) ?? [])
                .Select(binding => (new ObjectAccessor(binding).Name, Spec: binding.Map("spec") ?? []))
                .ToLookup(binding => binding.Spec.Text("policyName") ?? "");
            var compiled = new Dictionary<string, (string Version, CompiledPolicy Compiled)>(StringComparer.Ordinal);
            var bound = new List<BoundPolicy>();
            foreach (var policy in policies?.Range("").Select(_policies.Served) ?? [])
            {
                var accessor = new ObjectAccessor(policy);
                if (!byPolicy.Contains(accessor.Name))
                {
                    continue;
                }

                // A status that changes makes the policy another one too; that is rare.
                var spec = policy.Map("spec") ?? [];
                var program = _built.Compiled.TryGetValue(accessor.Name, out var known) && known.Version == accessor.ResourceVersion ? known.Compiled : CompiledPolicy.Compile(spec);
                compiled[accessor.Name] = (accessor.ResourceVersion, program);
                bound.Add(new BoundPolicy(accessor.Name, spec, program, [.. byPolicy[accessor.Name]]));
            }

            Volatile.Write(ref _built, new Built(policies, bindings, bound, compiled));
            return bound;
        }
    }

    private sealed record Built(
        ObjectTree? Policies, ObjectTree? Bindings, IReadOnlyList<BoundPolicy> Bound, IReadOnlyDictionary<string, (string Version, CompiledPolicy Compiled)> Compiled);
}
