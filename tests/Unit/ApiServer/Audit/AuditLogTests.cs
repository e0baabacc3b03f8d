using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private static readonly DateTimeOffset Received = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public async Task Each_event_is_a_line_as_Kubernetes_writes_it()
    {
        await WriteAsync(Read);
        const string expected = """
            {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"id","stage":"RequestReceived",
            "requestURI":"/api/v1/namespaces/ns/pods/p?x=1","verb":"get","user":{"username":"u","groups":["g","system:authenticated"]},
            "sourceIPs":["127.0.0.1"],"userAgent":"kubectl/v1.32.0","objectRef":{"resource":"pods","namespace":"ns","name":"p","apiVersion":"v1"},
            "requestReceivedTimestamp":"2026-01-02T03:04:05.678000Z","stageTimestamp":"2026-01-02T03:04:05.679000Z"}
            """;
        Assert.Equal(expected.Replace("\n", "", StringComparison.Ordinal) + "\n", await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task A_refusal_says_whose_it_was_and_why()
    {
        await WriteAsync(Read with
        {
            Stage = AuditStage.ResponseComplete,
            Request = new RequestInfo { Verb = "get", Path = "/metrics", IsResourceRequest = false },
            ImpersonatedBy = new UserInfo("real", "uid-1", [], new Dictionary<string, IReadOnlyList<string>> { ["scopes"] = ["a", "b"] }),
            Code = 403,
            FailureReason = "Forbidden",
            FailureMessage = "no \"entry\"",
            Annotations = new Dictionary<string, string> { ["authorization.k8s.io/decision"] = "forbid" },
        });
        var line = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(_path))!;
        Assert.Equal("""{"username":"real","uid":"uid-1","groups":[],"extra":{"scopes":["a","b"]}}""", line["user"]!.ToJsonString());
        Assert.Equal("""{"username":"u","groups":["g","system:authenticated"]}""", line["impersonatedUser"]!.ToJsonString());
        Assert.Equal("no \"entry\"", (string?)line["responseStatus"]!["message"]);
        Assert.Equal(("Failure", "Forbidden", 403), ((string?)line["responseStatus"]!["status"], (string?)line["responseStatus"]!["reason"], (int)line["responseStatus"]!["code"]!));
        Assert.Equal("forbid", (string?)line["annotations"]!["authorization.k8s.io/decision"]);
        Assert.Null(line["objectRef"]);
    }

    [Fact]
    public async Task Many_events_are_written_in_order_and_none_is_torn()
    {
        var names = Enumerable.Range(0, 5_000).Select(static i => $"pod-{i}").ToList();
        await WriteAsync([.. names.Select(static name => Read with { Request = Read.Request with { Name = name } })]);
        var lines = await File.ReadAllLinesAsync(_path);
        Assert.Equal(names, lines.Select(static line => (string?)System.Text.Json.Nodes.JsonNode.Parse(line)!["objectRef"]!["name"]));
    }

    public void Dispose() => File.Delete(_path);

    private static AuditEvent Read { get; } = new()
    {
        AuditId = "id",
        Stage = AuditStage.RequestReceived,
        Request = new RequestInfo { Verb = "get", Path = "/api/v1/namespaces/ns/pods/p", IsResourceRequest = true, Version = "v1", Namespace = "ns", Resource = "pods", Name = "p" },
        RequestUri = "/api/v1/namespaces/ns/pods/p?x=1",
        User = new UserInfo("u", "g", UserInfo.AuthenticatedGroup),
        SourceAddress = "127.0.0.1",
        UserAgent = "kubectl/v1.32.0",
        RequestReceived = Received,
        StageTimestamp = Received.AddMilliseconds(1),
    };

    private async Task WriteAsync(params AuditEvent[] events)
    {
        await using var log = new AuditLog(_path);
        foreach (var one in events)
        {
            log.Record(one);
        }
    }
}
