using System.Text;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>The JSON gateway by HTTP/1.1, against Debian's etcd and the store: the same requests, the same answers.</summary>
public sealed partial class GatewayTests : IAsyncLifetime
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private SideBySide _both = null!;

    public async Task InitializeAsync() => _both = await SideBySide.StartAsync();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _both.DisposeAsync();
    }

    [Fact]
    public async Task Answers_are_etcds_to_the_letter()
    {
        string[] requests =
        [
            """/v3/kv/put {"key":"Zm9v","value":"YmFy"}""",
            """/v3/kv/put {"key":"Zm9v","value":"fn8/Pz4+","prevKv":true}""",
            """/v3/kv/range {"key":"Zm9v"}""",
            """/v3/kv/range {"key":"Zm9v","sort_order":"DESCEND","limit":"5","keys_only":true}""",
            """/v3/kv/range {"key":"Zm9v","sortOrder":2,"limit":5}""",
            """/v3/kv/range {"key":"AA==","range_end":"AA==","count_only":true}""",
            """/v3/kv/range {"key":"Zm9v","revision":"2"}""",
            """/v3/kv/range {"unknown":1,"key":"Zm9v"}""",
            """/v3/kv/txn {"compare":[{"target":"VALUE","key":"Zm9v","value":"fn8/Pz4+"}],"success":[{"request_range":{"key":"Zm9v"}},{"requestPut":{"key":"YQ==","value":"Yg=="}}]}""",
            """/v3/kv/txn {"compare":[{"target":"CREATE","result":"GREATER","key":"Zm9v","create_revision":"100"}],"failure":[{"request_delete_range":{"key":"YQ==","prev_kv":true}}]}""",
            """/v3/kv/deleterange {"key":"Zm9v","prev_kv":true}""",
            """/v3/kv/compaction {"revision":"2"}""",
            """/v3/lease/grant {"TTL":"100","ID":"7"}""",
            """/v3/lease/keepalive {"ID":"7"}""",
            """/v3/lease/leases {}""",
            """/v3/lease/revoke {"ID":"7"}""",
            """/v3/auth/user/add {"name":"a","password":"b"}""",
            """/v3/auth/user/list {}""",
            """/v3/auth/role/add {"name":"r"}""",
            """/v3/auth/role/grant {"name":"r","perm":{"permType":"READWRITE","key":"YQ==","range_end":"Yg=="}}""",
            """/v3/auth/role/get {"role":"r"}""",
            """/v3/lock/unlock {"key":"Zm9v"}""",
        ];
        foreach (var request in requests)
        {
            await SameAsync(request);
        }
    }

    [Fact]
    public async Task Refusals_are_etcds_too()
    {
        // What the newer gateway of etcd 3.5 gives another status for (FailedPrecondition) is compared without it.
        string[] requests =
        [
            "/v3/kv/range {}", "/v3/kv/range {", """/v3/kv/range {"key":"Zm9v","revision":"100"}""", "/v3/kv/range ",
            """/v3/lease/revoke {"ID":"8"}""", """/v3/auth/user/get {"name":"zz"}""", "/v3/auth/enable {}",
            """/v3/auth/authenticate {"name":"zz","password":"x"}""", """/v3/election/leader {"name":"bA=="}""",
        ];
        foreach (var request in requests)
        {
            await SameAsync(request);
        }
        foreach (var bad in new[] { """{"key":"%%%"}""", """{"key":5}""", """{"limit":"x"}""", "[]", "\"x\"", "{\"key\":" })
        {
            var answer = await PostAsync(_both.Store.Endpoint, "/v3/kv/range", bad);
            Assert.StartsWith("400 {\"error\":\"", answer, StringComparison.Ordinal);
            Assert.EndsWith("\"code\":3}", answer, StringComparison.Ordinal);
        }
        using var unknown = await _http.PostAsync(_both.Store.Endpoint + "/v3/kv/nothing", new StringContent("{}"));
        Assert.Equal(404, (int)unknown.StatusCode);
        using var get = await _http.GetAsync(_both.Store.Endpoint + "/v3/kv/range");
        Assert.Equal(405, (int)get.StatusCode);
    }

    [Fact]
    public async Task A_watch_is_a_stream_of_lines()
    {
        await SameAsync("""/v3/kv/put {"key":"Zm9v","value":"MQ=="}""");
        var lines = await Task.WhenAll(WatchAsync(_both.Etcd.Endpoint), WatchAsync(_both.Store.Endpoint));
        Assert.Equal(lines[0], lines[1]);
        Assert.Contains("\"type\":\"DELETE\"", lines[1], StringComparison.Ordinal);

        async Task<string> WatchAsync(string endpoint)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint + "/v3/watch")
            {
                Content = new StringContent("""{"create_request":{"key":"Zm9v","start_revision":"2","prev_kv":true}}"""),
            };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var created = await reader.ReadLineAsync();
            var first = await reader.ReadLineAsync();
            await PostAsync(endpoint, "/v3/kv/put", """{"key":"Zm9v","value":"Mg=="}""");
            var second = await reader.ReadLineAsync();
            await PostAsync(endpoint, "/v3/kv/deleterange", """{"key":"Zm9v"}""");
            var third = await reader.ReadLineAsync();
            return Normalize($"{created}\n{first}\n{second}\n{third}");
        }
    }

    [Fact]
    public async Task A_token_of_a_log_in_counts()
    {
        foreach (var command in new[] { "user add root:pw", "role add root", "user grant-role root root", "auth enable" })
        {
            await _both.SameAsync(command);
        }
        await SameAsync("""/v3/kv/range {"key":"Zm9v"}""");
        foreach (var endpoint in new[] { _both.Etcd.Endpoint, _both.Store.Endpoint })
        {
            var answer = await PostAsync(endpoint, "/v3/auth/authenticate", """{"name":"root","password":"pw"}""");
            var token = Token().Match(answer).Groups[1].Value;
            Assert.StartsWith("200 ", await PostAsync(endpoint, "/v3/kv/put", """{"key":"Zm9v","value":"MQ=="}""", token), StringComparison.Ordinal);
            Assert.StartsWith("401 ", await PostAsync(endpoint, "/v3/kv/put", """{"key":"Zm9v","value":"MQ=="}""", "x" + token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_pages_answer_over_plain_http()
    {
        Assert.StartsWith("{\"health\":\"true\"", await _http.GetStringAsync(_both.Store.Endpoint + "/health"), StringComparison.Ordinal);
        Assert.Contains("\"etcdserver\":\"3.5.", await _http.GetStringAsync(_both.Store.Endpoint + "/version"), StringComparison.Ordinal);
        Assert.Contains("etcd_server_has_leader 1", await _http.GetStringAsync(_both.Store.Endpoint + "/metrics"), StringComparison.Ordinal);
        Assert.Equal("ok\n", await _http.GetStringAsync(_both.Store.Endpoint + "/livez"));
    }

    private async Task SameAsync(string request)
    {
        var space = request.IndexOf(' ', StringComparison.Ordinal);
        var (path, body) = (request[..space], request[(space + 1)..]);
        var theirs = await PostAsync(_both.Etcd.Endpoint, path, body);
        var ours = await PostAsync(_both.Store.Endpoint, path, body);
        Assert.Equal($"{request}\n{Normalize(theirs)}", $"{request}\n{Normalize(ours)}");
    }

    private async Task<string> PostAsync(string endpoint, string path, string body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }
        using var response = await _http.SendAsync(request);
        return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync()).TrimEnd('\n')}";
    }

    private static string Normalize(string answer)
        => Ids().Replace(answer.StartsWith("412 ", StringComparison.Ordinal) ? "400 " + answer[4..] : answer, "$1N");

    [GeneratedRegex("(\"cluster_id\":|\"member_id\":|\"raft_term\":)\"\\d+\"")]
    private static partial Regex Ids();

    [GeneratedRegex("\"token\":\"([^\"]+)\"")]
    private static partial Regex Token();
}
