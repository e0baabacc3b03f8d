using Kube.Api.Coordination.V1;
using Kube.Api.Schema;
using Kube.Client.LeaderElection;
using Kube.Client.Rest;
using Kube.Client.Tests.Fakes;
using Kube.Testing;

namespace Kube.Client.Tests;

public sealed class LeaderElectorTests
{
    private static readonly KindInfo _leases = KindCatalog.Default.FindResource("coordination.k8s.io", "v1", "leases")!;
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task One_leads_and_the_other_follows_when_it_stops()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync(time);
        using var client = server.Client(time);
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        var first = new Candidate(client, "first", stopFirst.Token);
        await time.AdvanceUntilAsync(() => first.Leads, _step, "the first leads", () => server.IsAsked);
        var second = new Candidate(client, "second", stopSecond.Token);
        for (var i = 0; i < 100; i++)
        {
            await time.StepAsync(_step, () => server.IsAsked);
            Assert.False(second.Leads && first.Leads);
        }

        Assert.True(first.Leads);
        Assert.Equal("first", second.Elector.Leader);
        await stopFirst.CancelAsync();
        Assert.True(await first.Running.WaitAsync(TimeSpan.FromSeconds(30)));
        var releasedAt = time.GetUtcNow();
        await time.AdvanceUntilAsync(() => second.Leads, _step, "the second leads", () => server.IsAsked);
        Assert.True(time.GetUtcNow() - releasedAt < TimeSpan.FromSeconds(8), "a released lease is taken over at once");
        var lease = Lease(server);
        Assert.Equal(("second", 1), (lease.Spec!.HolderIdentity, lease.Spec.LeaseTransitions));
        await stopSecond.CancelAsync();
        await second.Running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_another_may_start()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync(time);
        using var client = server.Client(time);
        using var stop = new CancellationTokenSource();
        var first = new Candidate(client, "first", stop.Token);
        await time.AdvanceUntilAsync(() => first.Leads, _step, "the first leads", () => server.IsAsked);
        var lostAt = time.GetUtcNow();
        server.Intercept = context =>
        {
            context.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        await time.AdvanceUntilAsync(() => first.Running.IsCompleted, _step, "the first gives up", () => server.IsAsked);
        Assert.False(await first.Running);
        Assert.False(first.Leads);
        Assert.InRange((time.GetUtcNow() - lostAt).TotalSeconds, 8, 15);
    }

    [Fact]
    public async Task A_holder_that_falls_silent_is_replaced_after_the_lease_duration()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync(time);
        using var client = server.Client(time);
        await client.For<Lease>().CreateAsync(new Lease
        {
            Metadata = { Name = "l", Namespace = "kube-system" },
            Spec = new LeaseSpec { HolderIdentity = "gone", LeaseDurationSeconds = 15, LeaseTransitions = 4 },
        });
        using var stop = new CancellationTokenSource();
        var startedAt = time.GetUtcNow();
        var candidate = new Candidate(client, "me", stop.Token);
        await time.AdvanceUntilAsync(() => candidate.Leads, _step, "it leads", () => server.IsAsked);
        Assert.InRange((time.GetUtcNow() - startedAt).TotalSeconds, 15, 25);
        Assert.Equal(5, Lease(server).Spec!.LeaseTransitions);
        await stop.CancelAsync();
        await candidate.Running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_election_ends_with_the_work()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        var elector = new LeaderElector(client, new LeaderElectionOptions { Name = "l", Identity = "me" });
        Assert.True(await elector.RunAsync(static _ => Task.CompletedTask, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("", Lease(server).Spec!.HolderIdentity ?? "");
        await Assert.ThrowsAsync<InvalidOperationException>(() => elector.RunAsync(static _ => throw new InvalidOperationException("work"), CancellationToken.None));
    }

    [Fact]
    public void Timings_that_cannot_work_are_refused()
    {
        var options = new LeaderElectionOptions { Name = "l", Identity = "me" };
        using var client = new KubeClient(new KubeClientOptions { Server = new Uri("http://localhost:1") }, TimeProvider.System);
        Assert.Throws<ArgumentException>(() => new LeaderElector(client, options with { RenewDeadline = TimeSpan.FromSeconds(15) }));
        Assert.Throws<ArgumentException>(() => new LeaderElector(client, options with { RetryPeriod = TimeSpan.FromSeconds(9) }));
    }

    private static Lease Lease(FakeApiServer server) =>
        Kube.Api.Json.KubeJson.FromJsonObject<Lease>(server.Store.List(_leases, "kube-system").Items.Single());

    private sealed class Candidate
    {
        private volatile bool _leads;

        public Candidate(KubeClient client, string identity, CancellationToken stop)
        {
            Elector = new LeaderElector(client, new LeaderElectionOptions { Name = "l", Identity = identity });
            Running = Elector.RunAsync(LeadAsync, stop);
        }

        public LeaderElector Elector { get; }

        public Task<bool> Running { get; }

        public bool Leads => _leads;

        private async Task LeadAsync(CancellationToken cancellation)
        {
            _leads = true;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
            finally
            {
                _leads = false;
            }
        }
    }
}
