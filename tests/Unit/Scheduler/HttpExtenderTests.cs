using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Hosting;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Host.Configuration;
using Kube.Scheduler.Host.Extenders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Scheduler.Tests;

/// <summary>Extenders over HTTP, before a server that answers as a test says and keeps what it was asked.</summary>
public sealed class HttpExtenderTests : IAsyncLifetime
{
    private static readonly NodeInfo[] _nodes = [Build.NodeInfo(Build.Node("a"), Build.Info("victim", "1")), Build.NodeInfo(Build.Node("b"))];
    private readonly PodInfo _pod = Build.Info("p", "1");
    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentDictionary<string, JsonNode> _asked = new();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.MapPost("/base/{verb}", AnswerAsync);
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false, """{"Nodes":{"items":[{"metadata":{"name":"b"}}]},"FailedNodes":{"a":"full"},"FailedAndUnresolvableNodes":{"c":"gone"},"Error":""}""")]
    [InlineData(true, """{"nodenames":["b"],"failedNodes":{"a":"full"},"failedAndUnresolvableNodes":{"c":"gone"},"error":""}""")]
    public async Task Nodes_are_sent_whole_or_by_name_and_the_answer_is_read_in_any_case(bool namesOnly, string answer)
    {
        _answers["filter"] = answer;
        await using var extender = Create($"nodeCacheCapable: {(namesOnly ? "true" : "false")}");
        var verdicts = await extender.FilterAsync(_pod, _nodes, CancellationToken.None);
        Assert.Equal(["b"], verdicts.Kept);
        Assert.Equal((StatusCode.Unschedulable, "full"), (verdicts.Of("a").Code, verdicts.Of("a").ToString()));
        Assert.Equal((StatusCode.UnschedulableAndUnresolvable, "gone"), (verdicts.Of("c").Code, verdicts.Of("c").ToString()));
        Assert.Equal(StatusCode.UnschedulableAndUnresolvable, verdicts.Of("forgotten").Code);

        var asked = _asked["filter"];
        Assert.Equal("p", (string?)asked["Pod"]!["metadata"]!["name"]);
        Assert.Equal(namesOnly, asked["Nodes"] is null);
        var names = namesOnly
            ? asked["NodeNames"]!.AsArray().Select(static name => (string?)name)
            : asked["Nodes"]!["items"]!.AsArray().Select(static node => (string?)node!["metadata"]!["name"]);
        Assert.Equal(["a", "b"], names);
    }

    [Fact]
    public async Task Scores_are_read()
    {
        _answers["score"] = """[{"Host":"a","Score":7},{"host":"b","score":0}]""";
        await using var extender = Create("weight: 3");
        Assert.Equal(3, extender.Weight);
        var scores = await extender.ScoreAsync(_pod, _nodes, CancellationToken.None);
        Assert.Equal((7, 0), (scores["a"], scores["b"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Victims_are_sent_whole_or_by_uid_and_come_back_by_uid(bool namesOnly)
    {
        _answers["preempt"] = """{"NodeNameToMetaVictims":{"a":{"Pods":[{"UID":"uid-victim"}],"NumPDBViolations":2}}}""";
        await using var extender = Create($"nodeCacheCapable: {(namesOnly ? "true" : "false")}");
        PreemptionCandidate[] candidates = [new(_nodes[0], [.. _nodes[0].Pods], 1)];
        var left = Assert.Single(await extender.PreemptAsync(_pod, candidates, CancellationToken.None));
        Assert.Equal(("a", "victim", 2), (left.Node.Name, Assert.Single(left.Victims).Key.Name, left.Violations));
        var victims = _asked["preempt"][namesOnly ? "NodeNameToMetaVictims" : "NodeNameToVictims"]!["a"]!;
        Assert.Equal(1, (int)victims["NumPDBViolations"]!);
        Assert.Equal("uid-victim", (string?)(namesOnly ? victims["Pods"]![0]!["UID"] : victims["Pods"]![0]!["metadata"]!["uid"]));

        _answers["preempt"] = """{"NodeNameToMetaVictims":{"b":{"Pods":[]}}}""";
        Assert.Contains("\"b\", which was no candidate", (await Assert.ThrowsAsync<ExtenderException>(() => extender.PreemptAsync(_pod, candidates, CancellationToken.None))).Message);
        _answers["preempt"] = """{"NodeNameToMetaVictims":{"a":{"Pods":[{"UID":"other"}]}}}""";
        Assert.Contains("(UID: other) on node: a, but the pod is not found", (await Assert.ThrowsAsync<ExtenderException>(() => extender.PreemptAsync(_pod, candidates, CancellationToken.None))).Message);
    }

    [Fact]
    public async Task A_binding_names_pod_and_node()
    {
        _answers["bind"] = """{"Error":""}""";
        await using var extender = Create("");
        await extender.BindAsync(_pod, "a", CancellationToken.None);
        Assert.Equal("""{"PodName":"p","PodNamespace":"default","PodUID":"uid-p","Node":"a"}""", _asked["bind"].ToJsonString());
        _answers["bind"] = """{"Error":"taken"}""";
        Assert.Equal("taken", (await Assert.ThrowsAsync<ExtenderException>(() => extender.BindAsync(_pod, "a", CancellationToken.None))).Message);
    }

    [Theory]
    [InlineData("""{"Error":"no"}""", "no")]
    [InlineData("""{"NodeNames":["z"]}""", "claims a filtered node \"z\" which is not found in the input node list")]
    [InlineData("nonsense", "answered what can't be read")]
    [InlineData("[]", "answered what can't be read")]
    [InlineData("""{"NodeNames":[null]}""", "answered what can't be read")]
    [InlineData("500", "code 500")]
    public async Task What_makes_no_sense_is_a_failure(string answer, string message)
    {
        _answers["filter"] = answer;
        await using var extender = Create("nodeCacheCapable: true");
        Assert.Contains(message, (await Assert.ThrowsAsync<ExtenderException>(() => extender.FilterAsync(_pod, _nodes, CancellationToken.None))).Message);
    }

    [Fact]
    public async Task One_that_does_not_answer_in_time_has_failed_and_one_that_is_not_there_too()
    {
        await using (var slow = Create("httpTimeout: 50ms"))
        {
            Assert.Contains("no answer within 0.05 s", (await Assert.ThrowsAsync<ExtenderException>(() => slow.FilterAsync(_pod, _nodes, CancellationToken.None))).Message);
        }

        await _server.StopAsync();
        await using var gone = Create("");
        await Assert.ThrowsAsync<ExtenderException>(() => gone.FilterAsync(_pod, _nodes, CancellationToken.None));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.FilterAsync(_pod, _nodes, stop.Token));
    }

    [Theory]
    [InlineData("", "e.com/gpu", true)]
    [InlineData("managedResources: [{name: e.com/gpu}]", "e.com/gpu", true)]
    [InlineData("managedResources: [{name: e.com/gpu}]", "cpu", false)]
    public async Task Only_pods_that_ask_for_what_it_manages_are_its_business(string configuration, string resource, bool isInterested)
    {
        await using var extender = Create(configuration);
        var asks = Build.Info("q", with: spec => spec.InitContainers = [new() { Name = "i", Resources = new() { Limits = new() { [resource] = Api.Values.Quantity.Parse("1") } } }]);
        Assert.Equal(isInterested, extender.IsInterestedIn(asks));
    }

    [Fact]
    public void What_it_counts_the_scheduler_does_not()
    {
        var read = Parse("managedResources: [{name: e.com/gpu, ignoredByScheduler: true}]");
        var pod = Build.Info("q", with: static spec => spec.Containers![0].Resources!.Requests = new() { ["e.com/gpu"] = Api.Values.Quantity.Parse("1") });
        Assert.Equal("a", new Cycle.SchedulingAlgorithm(new Base.Prng(1)).Decide(read.Profiles[0], pod, [_nodes[0]]).Node);
        Assert.Null(new Cycle.SchedulingAlgorithm(new Base.Prng(1)).Decide(Parse("").Profiles[0], pod, [_nodes[0]]).Node);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_named() => Assert.Contains(
        "extender https://x: ",
        Assert.Throws<StartupException>(() => new HttpExtender(
            new ExtenderOptions { UrlPrefix = "https://x", Tls = new ExtenderTls { AuthorityFile = "/nowhere" } }, TimeProvider.System, NullLogger<HttpExtender>.Instance)).Message);

    private static SchedulerConfiguration Parse(string extender) => SchedulerConfiguration.Parse(Encoding.UTF8.GetBytes(
        $"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nextenders: [{{urlPrefix: 'http://127.0.0.1:1/base/', {extender}}}]"));

    /// <summary>An extender as a configuration file has it, at the server.</summary>
    private HttpExtender Create(string configuration)
    {
        var address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.FirstOrDefault() ?? "http://127.0.0.1:1";
        var options = Parse("filterVerb: filter, prioritizeVerb: score, preemptVerb: preempt, bindVerb: bind, "
            + (configuration.Contains("weight", StringComparison.Ordinal) ? "" : "weight: 1, ") + configuration).Extenders[0];
        return new HttpExtender(options with { UrlPrefix = address + "/base/" }, TimeProvider.System, NullLogger<HttpExtender>.Instance);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var verb = (string)http.Request.RouteValues["verb"]!;
        _asked[verb] = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        if (!_answers.TryGetValue(verb, out var answer))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        http.Response.StatusCode = answer == "500" ? 500 : 200;
        await http.Response.WriteAsync(answer, http.RequestAborted);
    }
}
