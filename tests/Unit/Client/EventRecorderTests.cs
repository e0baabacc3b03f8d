using Kube.Api.Core.V1;
using Kube.Api.Schema;
using Kube.Client.Events;
using Kube.Client.Tests.Fakes;
using Kube.Testing;

namespace Kube.Client.Tests;

public sealed class EventRecorderTests
{
    private static readonly KindInfo _events = KindCatalog.Default.FindResource("", "v1", "events")!;
    private static readonly Pod _pod = new() { Metadata = { Name = "p", Namespace = "ns", Uid = "u", ResourceVersion = "5" } };

    [Fact]
    public async Task The_same_event_again_is_counted()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync(time);
        using var client = server.Client(time);
        await using (var recorder = new EventRecorder(client, "tester", "host-1"))
        {
            recorder.Event(_pod, EventTypes.Warning, "Failed", "it failed", "spec.containers{c}");
            recorder.Event(_pod, EventTypes.Warning, "Failed", "it failed", "spec.containers{c}");
            recorder.Event(_pod, EventTypes.Normal, "Other", "another");
        }

        var events = server.Store.List(_events, "ns").Items.Select(Kube.Api.Json.KubeJson.FromJsonObject<Event>).ToList();
        Assert.Equal(2, events.Count);
        var failed = events.Single(static e => e.Reason == "Failed");
        Assert.Equal((2, "it failed", "Warning", "tester", "host-1"), (failed.Count, failed.Message, failed.Type, failed.Source!.Component, failed.Source.Host));
        Assert.Equal(("Pod", "v1", "p", "u", "spec.containers{c}"), (failed.InvolvedObject!.Kind, failed.InvolvedObject.ApiVersion, failed.InvolvedObject.Name, failed.InvolvedObject.Uid, failed.InvolvedObject.FieldPath));
        Assert.StartsWith("p.", failed.Metadata.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_that_differ_in_their_message_only_are_combined_after_ten()
    {
        var correlator = new EventCorrelator(new ManualTimeProvider());
        var sent = Enumerable.Range(0, 15).Select(i => correlator.Correlate(New("p", "message " + i))!).ToList();
        Assert.All(sent.Take(9), static e => Assert.False(e.IsRepeat));
        Assert.DoesNotContain("combined", sent[8].Value.Message, StringComparison.Ordinal);
        Assert.Equal("(combined from similar events): message 14", sent[14].Value.Message);
        Assert.True(sent[14].IsRepeat);
        Assert.True(sent[14].Value.Count > 1);
    }

    [Fact]
    public void An_object_has_a_budget_that_fills_slowly()
    {
        var time = new ManualTimeProvider();
        var correlator = new EventCorrelator(time);
        var sent = Enumerable.Range(0, 40).Count(i => correlator.Correlate(New("p", "same")) is not null);
        Assert.Equal(25, sent);
        Assert.NotNull(correlator.Correlate(New("other", "same")));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(correlator.Correlate(New("p", "same")));
        Assert.Null(correlator.Correlate(New("p", "same")));
    }

    [Fact]
    public async Task A_server_that_refuses_costs_the_event_and_nothing_else()
    {
        await using var server = await FakeApiServer.StartAsync();
        var refuse = true;
        server.Intercept = context =>
        {
            context.Response.StatusCode = refuse ? 403 : 200;
            return Task.FromResult(refuse);
        };
        using var client = server.Client();
        await using (var recorder = new EventRecorder(client, "tester"))
        {
            recorder.Event(_pod, EventTypes.Normal, "First", "refused");
            await Eventually.HoldsAsync(() => server.Requests.Count == 1, "the first");
            refuse = false;
            recorder.Event(_pod, EventTypes.Normal, "Second", "taken");
        }

        Assert.Equal("Second", Assert.Single(server.Store.List(_events, "ns").Items)["reason"]!.GetValue<string>());
    }

    private static Event New(string name, string message) => new()
    {
        Metadata = { Name = name + "." + Guid.NewGuid() },
        InvolvedObject = new ObjectReference { Name = name },
        Message = message,
        Count = 1,
    };
}
