using Kube.Api.FlowControl.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Requests;
using Kube.Testing;

namespace Kube.ApiServer.Tests.FlowControl;

public sealed class FlowControllerTests
{
    private static readonly FlowConfiguration Bootstrap = FlowConfiguration.Create(
        [.. BootstrapFlows.MandatorySchemas, .. BootstrapFlows.SuggestedSchemas], [.. BootstrapFlows.MandatoryLevels, .. BootstrapFlows.SuggestedLevels]);

    private static readonly UserInfo Someone = new("someone", UserInfo.AuthenticatedGroup);
    private static readonly UserInfo Node = new("system:node:n1", "system:nodes", UserInfo.AuthenticatedGroup);

    private readonly ManualTimeProvider _time = new();

    /// <summary>User, groups, verb, group, resource, subresource, namespace (or path), schema, level: Kubernetes' bootstrap rules.</summary>
    [Theory]
    [InlineData("admin", "system:masters", "list", "", "pods", "", "", "exempt", "exempt")]
    [InlineData("u", "", "list", "", "pods", "", "default", "global-default", "global-default")]
    [InlineData("system:node:n", "system:nodes", "update", "coordination.k8s.io", "leases", "", "kube-node-lease", "system-node-high", "node-high")]
    [InlineData("system:node:n", "system:nodes", "patch", "", "nodes", "status", "", "system-node-high", "node-high")]
    [InlineData("system:node:n", "system:nodes", "patch", "", "pods", "status", "default", "system-nodes", "system")]
    [InlineData("system:kube-scheduler", "", "update", "coordination.k8s.io", "leases", "", "kube-system", "system-leader-election", "leader-election")]
    [InlineData("system:kube-scheduler", "", "create", "", "pods", "binding", "default", "kube-scheduler", "workload-high")]
    [InlineData("system:kube-controller-manager", "", "update", "", "endpoints", "", "default", "endpoint-controller", "workload-high")]
    [InlineData("system:kube-controller-manager", "", "list", "", "pods", "", "", "kube-controller-manager", "workload-high")]
    [InlineData("system:serviceaccount:kube-system:x", "system:serviceaccounts", "list", "", "pods", "", "", "kube-system-service-accounts", "workload-high")]
    [InlineData("system:serviceaccount:default:x", "system:serviceaccounts", "list", "", "pods", "", "", "service-accounts", "workload-low")]
    [InlineData("u", "", "get", "/healthz", "", "", "", "probes", "exempt")]
    [InlineData("u", "", "get", "/version", "", "", "", "global-default", "global-default")]
    public void A_request_belongs_to_the_schema_that_it_belongs_to_in_Kubernetes(
        string user, string group, string verb, string apiGroup, string resource, string subresource, string ns, string schema, string level)
    {
        using var flows = new FlowController(600, TimeSpan.FromSeconds(15), _time);
        flows.Configure(Bootstrap);
        var isPath = apiGroup.StartsWith('/');
        var request = new RequestInfo
        {
            Verb = verb,
            Path = isPath ? apiGroup : "/x",
            IsResourceRequest = !isPath,
            Group = isPath ? "" : apiGroup,
            Resource = resource,
            Subresource = subresource,
            Namespace = ns,
        };
        string[] groups = group.Length > 0 ? [group, UserInfo.AuthenticatedGroup] : [UserInfo.AuthenticatedGroup];
        var (actual, place) = flows.Classify(request, new UserInfo(user, groups));
        Assert.Equal((schema, level), (actual.Metadata.Name, place.Name));
    }

    [Fact]
    public async Task System_components_get_seats_while_a_client_floods()
    {
        using var flows = new FlowController(60, TimeSpan.FromSeconds(15), _time);
        flows.Configure(Bootstrap);
        var flood = Enumerable.Range(0, 2_000).Select(_ => EnterAsync(flows, "list", "pods", Someone)).ToList();
        Assert.Contains(flood, entry => !entry.IsCompleted);
        Assert.Contains(flood, entry => entry.IsCompleted && entry.Result.Ticket is null);
        foreach (var (user, verb, resource) in new[] { (Node, "patch", "pods"), (new UserInfo("system:kube-scheduler", UserInfo.AuthenticatedGroup), "create", "pods") })
        {
            var entry = EnterAsync(flows, verb, resource, user);
            Assert.True(entry.IsCompletedSuccessfully && (await entry).Ticket is not null);
        }

        // Another client of the flooded level gets its turn after a few of the flood's, not after all that wait.
        var modest = EnterAsync(flows, "get", "pods", new UserInfo("modest", UserInfo.AuthenticatedGroup));
        for (var ended = 0; !modest.IsCompleted; ended++)
        {
            Assert.True(ended < 20);
            var next = flood.First(entry => entry.IsCompleted && entry.Result.Ticket is not null);
            flood.Remove(next);
            // Whose turn it is goes on elsewhere: who waits is to be noted before a seat is free.
            var waiting = flood.Where(e => !e.IsCompleted).ToList();
            (await next).Ticket!.Dispose();
            await Task.WhenAny([modest, .. waiting]).WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.NotNull((await modest).Ticket);
    }

    [Fact]
    public async Task Who_waits_too_long_is_refused_and_who_goes_away_leaves_the_queue()
    {
        using var flows = new FlowController(13, TimeSpan.FromSeconds(5), _time);
        flows.Configure(Bootstrap);
        var seated = new List<FlowTicket>();
        Task<FlowDecision> waits;
        while ((waits = EnterAsync(flows, "get", "pods", Someone)).IsCompleted)
        {
            seated.Add((await waits).Ticket!);
        }

        using var gone = new CancellationTokenSource();
        var leaves = EnterAsync(flows, "get", "pods", Someone, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.False(waits.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(6));
        var decision = await waits;
        Assert.Null(decision.Ticket);
        Assert.True(decision.RetryAfterSeconds >= 1);
        seated[0].Dispose();
        Assert.NotNull((await EnterAsync(flows, "get", "pods", Someone)).Ticket);
    }

    [Fact]
    public void A_level_borrows_what_others_do_not_use()
    {
        using var flows = new FlowController(100, TimeSpan.FromSeconds(15), _time);
        flows.Configure(Bootstrap);
        var (_, level) = flows.Classify(Request("list", "pods"), Someone);
        var own = level.Bounds.Nominal;
        var waiting = Enumerable.Range(0, 200).Select(_ => EnterAsync(flows, "get", "pods", Someone)).ToList();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.True(level.Limit > own * 2, $"{level.Limit} seats of a share of {own}");
        var (_, system) = flows.Classify(Request("patch", "pods"), Node);
        Assert.True(system.Limit >= system.Bounds.Lower);
        Assert.Equal(Math.Min(waiting.Count, level.Limit), level.SeatsInUse);
    }

    [Fact]
    public void Levels_that_contradict_themselves_and_schemas_without_a_level_are_left_out()
    {
        var configuration = FlowConfiguration.Create(
            [new FlowSchema { Metadata = new() { Name = "lost" }, Spec = new() { PriorityLevelConfiguration = new() { Name = "absent" } } }],
            [
                new PriorityLevelConfiguration { Metadata = new() { Name = "both" }, Spec = new() { Type = "Limited", Exempt = new() } },
                new PriorityLevelConfiguration
                {
                    Metadata = new() { Name = "hand" },
                    Spec = new()
                    {
                        Type = "Limited",
                        Limited = new() { LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = 2, HandSize = 3, QueueLengthLimit = 1 } } },
                    },
                },
            ]);
        Assert.Equal(["exempt", "catch-all"], configuration.Levels.Select(l => l.Metadata.Name));
        Assert.Equal(["exempt", "catch-all"], configuration.Schemas.Select(s => s.Metadata.Name));
    }

    [Theory]
    [InlineData("list", false, false, 1000, 6, 6)]
    [InlineData("list", false, false, 1000, 0, 10)]
    [InlineData("list", false, false, 150, 6, 2)]
    [InlineData("list", false, true, 1000, 6, 1)]
    [InlineData("list", false, false, null, 6, 1)]
    [InlineData("watch", true, false, 450, 10, 5)]
    [InlineData("watch", false, false, 450, 10, 1)]
    [InlineData("create", false, false, 450, 10, 1)]
    public void A_list_is_as_wide_as_its_resource_is_large(string verb, bool initial, bool single, int? objects, int most, int seats) =>
        Assert.Equal(seats, WorkEstimate.SeatsOf(Request(verb, "pods"), initial, single, objects, most));

    private static RequestInfo Request(string verb, string resource) =>
        new() { Verb = verb, Path = "/x", IsResourceRequest = true, Resource = resource, Namespace = "default" };

    private static Task<FlowDecision> EnterAsync(FlowController flows, string verb, string resource, UserInfo user, CancellationToken cancellationToken = default) =>
        flows.EnterAsync(Request(verb, resource), user, _ => 1, cancellationToken).AsTask();
}
