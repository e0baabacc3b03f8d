using System.Globalization;
using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Services;

/// <summary>Services: each gets a cluster IP of its own, and node ports where its type asks for them.</summary>
internal sealed class ServiceStrategy(ClaimTable addresses, ClaimTable ports, AddressRange range, IdentifierSource random) : ResourceStrategy
{
    private const int FirstNodePort = 30_000;
    private const int NodePortCount = 2_768;
    private const int MaxAttempts = 1_000;

    public override bool AllowCreateOnUpdate => true;

    public override bool ReturnsDeletedObject => true;

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("spec.clusterIP"), new("spec.type")];

    public override void PrepareForCreate(JsonObject obj)
    {
        obj["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        if (obj["spec"] is JsonObject spec)
        {
            ListAddress(spec);
        }
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        Copy(old, obj, "status");
        if (obj["spec"] is not JsonObject spec || old["spec"] is not JsonObject before)
        {
            return;
        }

        if (NeedsAddress(spec) && NeedsAddress(before))
        {
            FollowAddress(spec, before);
            KeepWhenAbsent(spec, before, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
        }

        if (NeedsNodePorts(spec) && NeedsNodePorts(before))
        {
            KeepNodePorts(spec, before);
        }

        if (NeedsHealthCheck(spec) && NeedsHealthCheck(before) && (ObjectAccessor.Number(spec, "healthCheckNodePort") ?? 0) == 0)
        {
            Copy(before, spec, "healthCheckNodePort");
        }

        DropWhatTheTypeNoLongerHas(spec, before);
    }

    /// <summary>A client that changes clusterIP alone means the list too.</summary>
    private static void FollowAddress(JsonObject spec, JsonObject before)
    {
        if (ObjectAccessor.Text(spec, "clusterIP") != ObjectAccessor.Text(before, "clusterIP") && JsonNode.DeepEquals(spec["clusterIPs"], before["clusterIPs"]))
        {
            spec.Remove("clusterIPs");
        }

        ListAddress(spec);
    }

    /// <summary>The first of clusterIPs is clusterIP; a client that knows only the latter need not say both.</summary>
    private static void ListAddress(JsonObject spec)
    {
        if (ObjectAccessor.Text(spec, "clusterIP") is { Length: > 0 } address && spec["clusterIPs"] is not JsonArray { Count: > 0 })
        {
            spec["clusterIPs"] = new JsonArray(JsonValue.Create(address));
        }
    }

    /// <summary>
    /// A client that changes the type sends the rest as it was; what belongs to the former type and is not touched
    /// goes then. What it sets anew is for validation to refuse.
    /// </summary>
    private static void DropWhatTheTypeNoLongerHas(JsonObject spec, JsonObject before)
    {
        if (NeedsAddress(before) && !NeedsAddress(spec))
        {
            DropUnchanged(spec, before, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
        }

        if (NeedsNodePorts(before) && !NeedsNodePorts(spec) && NodePortsOf(spec).SequenceEqual(NodePortsOf(before)))
        {
            foreach (var port in PortsOf(spec))
            {
                port.Remove("nodePort");
            }
        }

        if (NeedsHealthCheck(before) && !NeedsHealthCheck(spec))
        {
            DropUnchanged(spec, before, "healthCheckNodePort");
        }

        if (ObjectAccessor.Text(before, "type") == "LoadBalancer" && ObjectAccessor.Text(spec, "type") != "LoadBalancer")
        {
            DropUnchanged(spec, before, "allocateLoadBalancerNodePorts", "loadBalancerClass");
        }

        if (IsExternallyAccessible(before) && !IsExternallyAccessible(spec))
        {
            DropUnchanged(spec, before, "externalTrafficPolicy");
        }
    }

    private static void DropUnchanged(JsonObject spec, JsonObject before, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (JsonNode.DeepEquals(spec[name], before[name]))
            {
                spec.Remove(name);
            }
        }
    }

    public override async ValueTask<IAllocation?> AllocateAsync(JsonObject obj, JsonObject? old, bool dryRun, CancellationToken cancellationToken)
    {
        if (obj["spec"] is not JsonObject spec)
        {
            return null;
        }

        var allocation = new ServiceAllocation(addresses, ports);
        try
        {
            var claimant = new ObjectAccessor(obj).Namespace + "/" + new ObjectAccessor(obj).Name;
            await AllocateAddressAsync(spec, old?["spec"] as JsonObject, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
            await AllocatePortsAsync(spec, old?["spec"] as JsonObject, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
            return allocation;
        }
        catch
        {
            await allocation.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask ReleaseAsync(JsonObject obj, CancellationToken cancellationToken)
    {
        if (obj["spec"] is not JsonObject spec)
        {
            return;
        }

        if (AddressOf(spec) is { } address)
        {
            await addresses.ReleaseAsync(address, cancellationToken).ConfigureAwait(false);
        }

        foreach (var port in NodePortsOf(spec))
        {
            await ports.ReleaseAsync(Text(port), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AllocateAddressAsync(
        JsonObject spec, JsonObject? before, ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        var had = before is null ? null : AddressOf(before);
        if (!NeedsAddress(spec))
        {
            allocation.GiveBackAddressOnCommit(had);
            return;
        }

        var wanted = ObjectAccessor.Text(spec, "clusterIP");
        if (IsForValidation(spec, wanted))
        {
            return;
        }

        RefuseOtherFamilies(spec, claimant);

        if (wanted.Length == 0)
        {
            wanted = await TakeAnyAddressAsync(allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
        }
        else if (wanted != "None" && wanted != had)
        {
            await TakeAddressAsync(wanted, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
        }

        if (had is not null && had != wanted)
        {
            allocation.GiveBackAddressOnCommit(had);
        }

        spec["clusterIP"] = wanted;
        spec["clusterIPs"] ??= new JsonArray(JsonValue.Create(wanted));
        spec["ipFamilies"] ??= new JsonArray(JsonValue.Create("IPv4"));
        spec["ipFamilyPolicy"] ??= "SingleStack";
    }

    /// <summary>True when what the client says of addresses is malformed: nothing is taken then, and validation says why.</summary>
    private static bool IsForValidation(JsonObject spec, string wanted) =>
        (wanted.Length > 0 && wanted != "None" && !System.Net.IPAddress.TryParse(wanted, out _))
        || (spec["clusterIPs"] is JsonArray { Count: > 0 } list && (list.Count > 1 || list[0]?.GetValue<string>() != wanted));

    /// <summary>The cluster has addresses of one family.</summary>
    private static void RefuseOtherFamilies(JsonObject spec, string claimant)
    {
        var i = 0;
        foreach (var family in (spec["ipFamilies"] as JsonArray ?? []).Select(static f => f?.GetValue<string>() ?? ""))
        {
            if (family == "IPv6")
            {
                throw ApiErrors.InvalidService(claimant, $"spec.ipFamilies[{i}]", "not configured on this cluster", JsonValue.Create(family));
            }

            i++;
        }

        if (ObjectAccessor.Text(spec, "ipFamilyPolicy") == "RequireDualStack")
        {
            throw ApiErrors.InvalidService(claimant, "spec.ipFamilyPolicy", "this cluster is not configured for dual-stack services", JsonValue.Create("RequireDualStack"));
        }
    }

    private async Task<string> TakeAnyAddressAsync(ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        // The first address is the kubernetes service's and is only taken by name.
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var candidate = range.At((uint)(2 + random.Next((int)range.Size - 3)));
            var free = dryRun
                ? await addresses.IsFreeAsync(candidate, cancellationToken).ConfigureAwait(false)
                : await addresses.TryClaimAsync(candidate, claimant, cancellationToken).ConfigureAwait(false);
            if (free)
            {
                allocation.TookAddress(dryRun ? null : candidate);
                return candidate;
            }
        }

        throw ApiErrors.InternalError("failed to allocate a serviceIP: range is full");
    }

    private async Task TakeAddressAsync(string address, ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        if (!range.Contains(address))
        {
            throw ApiErrors.InvalidService(
                claimant, "spec.clusterIPs", $"failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. The range of valid IPs is {range.Text}", JsonValue.Create(address));
        }

        var free = dryRun
            ? await addresses.IsFreeAsync(address, cancellationToken).ConfigureAwait(false)
            : await addresses.TryClaimAsync(address, claimant, cancellationToken).ConfigureAwait(false);
        if (!free)
        {
            throw ApiErrors.InvalidService(claimant, "spec.clusterIPs", $"failed to allocate IP {address}: provided IP is already allocated", JsonValue.Create(address));
        }

        allocation.TookAddress(dryRun ? null : address);
    }

    private async Task AllocatePortsAsync(
        JsonObject spec, JsonObject? before, ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        var had = before is null ? [] : NodePortsOf(before).ToHashSet();
        if (NeedsNodePorts(spec))
        {
            foreach (var port in PortsOf(spec))
            {
                var wanted = ObjectAccessor.Number(port, "nodePort") ?? 0;
                if (wanted == 0)
                {
                    port["nodePort"] = await TakeAnyPortAsync(allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
                }
                else if (!had.Remove(wanted))
                {
                    await TakePortAsync(wanted, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        await AllocateHealthPortAsync(spec, had, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
        foreach (var port in had)
        {
            allocation.GiveBackPortOnCommit(Text(port));
        }
    }

    /// <summary>Where a load balancer asks whether a node has endpoints of the service; a node port like the others.</summary>
    private async Task AllocateHealthPortAsync(
        JsonObject spec, HashSet<long> had, ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        if (!NeedsHealthCheck(spec))
        {
            return;
        }

        var wanted = ObjectAccessor.Number(spec, "healthCheckNodePort") ?? 0;
        if (wanted == 0)
        {
            spec["healthCheckNodePort"] = await TakeAnyPortAsync(allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
        }
        else if (!had.Remove(wanted))
        {
            await TakePortAsync(wanted, allocation, claimant, dryRun, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> TakeAnyPortAsync(ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            long candidate = FirstNodePort + random.Next(NodePortCount);
            if (dryRun ? await ports.IsFreeAsync(Text(candidate), cancellationToken).ConfigureAwait(false)
                : await ports.TryClaimAsync(Text(candidate), claimant, cancellationToken).ConfigureAwait(false))
            {
                allocation.TookPort(dryRun ? null : Text(candidate));
                return candidate;
            }
        }

        throw ApiErrors.InternalError("failed to allocate a nodePort: range is full");
    }

    private async Task TakePortAsync(long port, ServiceAllocation allocation, string claimant, bool dryRun, CancellationToken cancellationToken)
    {
        if (port is < FirstNodePort or >= FirstNodePort + NodePortCount)
        {
            throw ApiErrors.InvalidService(
                claimant, "spec.ports[0].nodePort", $"provided port is not in the valid range. The range of valid ports is {FirstNodePort}-{FirstNodePort + NodePortCount - 1}", JsonValue.Create(port));
        }

        var free = dryRun
            ? await ports.IsFreeAsync(Text(port), cancellationToken).ConfigureAwait(false)
            : await ports.TryClaimAsync(Text(port), claimant, cancellationToken).ConfigureAwait(false);
        if (!free)
        {
            throw ApiErrors.InvalidService(claimant, "spec.ports[0].nodePort", "provided port is already allocated", JsonValue.Create(port));
        }

        allocation.TookPort(dryRun ? null : Text(port));
    }

    private static bool NeedsAddress(JsonObject spec) => ObjectAccessor.Text(spec, "type") != "ExternalName";

    private static bool NeedsNodePorts(JsonObject spec) =>
        ObjectAccessor.Text(spec, "type") is "NodePort"
        || (ObjectAccessor.Text(spec, "type") is "LoadBalancer" && ObjectAccessor.Flag(spec, "allocateLoadBalancerNodePorts") != false);

    private static bool NeedsHealthCheck(JsonObject spec) =>
        ObjectAccessor.Text(spec, "type") == "LoadBalancer" && ObjectAccessor.Text(spec, "externalTrafficPolicy") == "Local";

    private static bool IsExternallyAccessible(JsonObject spec) =>
        ObjectAccessor.Text(spec, "type") is "NodePort" or "LoadBalancer"
        || (ObjectAccessor.Text(spec, "type") == "ClusterIP" && spec["externalIPs"] is JsonArray { Count: > 0 });

    private static string? AddressOf(JsonObject spec) =>
        ObjectAccessor.Text(spec, "clusterIP") is { Length: > 0 } address and not "None" ? address : null;

    private static IEnumerable<JsonObject> PortsOf(JsonObject spec) => (spec["ports"] as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The ports of nodes that the service has, that for health checks among them.</summary>
    private static IEnumerable<long> NodePortsOf(JsonObject spec) =>
        PortsOf(spec).Select(p => ObjectAccessor.Number(p, "nodePort") ?? 0).Append(ObjectAccessor.Number(spec, "healthCheckNodePort") ?? 0).Where(p => p > 0);

    private static void KeepWhenAbsent(JsonObject spec, JsonObject before, params string[] names)
    {
        foreach (var name in names)
        {
            if (spec[name] is null or JsonArray { Count: 0 } || (spec[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0))
            {
                Copy(before, spec, name);
            }
        }
    }

    /// <summary>A port that comes without its node port keeps the one it had: matched by port and protocol.</summary>
    private static void KeepNodePorts(JsonObject spec, JsonObject before)
    {
        var known = PortsOf(before)
            .GroupBy(p => (ObjectAccessor.Number(p, "port"), ObjectAccessor.Text(p, "protocol")))
            .ToDictionary(g => g.Key, g => ObjectAccessor.Number(g.First(), "nodePort") ?? 0);
        foreach (var port in PortsOf(spec))
        {
            var key = (ObjectAccessor.Number(port, "port"), ObjectAccessor.Text(port, "protocol"));
            if ((ObjectAccessor.Number(port, "nodePort") ?? 0) == 0 && known.TryGetValue(key, out var had) && had > 0)
            {
                port["nodePort"] = had;
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What one write of a service took, and what it will no longer need.</summary>
    private sealed class ServiceAllocation(ClaimTable addresses, ClaimTable ports) : IAllocation
    {
        private readonly List<(ClaimTable Table, string Member)> _taken = [];
        private readonly List<(ClaimTable Table, string Member)> _givenUp = [];

        public void TookAddress(string? address) => Note(_taken, addresses, address);

        public void TookPort(string? port) => Note(_taken, ports, port);

        public void GiveBackAddressOnCommit(string? address) => Note(_givenUp, addresses, address);

        public void GiveBackPortOnCommit(string? port) => Note(_givenUp, ports, port);

        public ValueTask RollBackAsync() => ReleaseAsync(_taken);

        public ValueTask CommitAsync() => ReleaseAsync(_givenUp);

        private static void Note(List<(ClaimTable, string)> list, ClaimTable table, string? member)
        {
            if (member is not null)
            {
                list.Add((table, member));
            }
        }

        private static async ValueTask ReleaseAsync(List<(ClaimTable Table, string Member)> claims)
        {
            foreach (var (table, member) in claims)
            {
                await table.ReleaseAsync(member, CancellationToken.None).ConfigureAwait(false);
            }

            claims.Clear();
        }
    }
}
