using System.Buffers.Text;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What clients send that no client should: each gets an answer that says so, and nobody else notices.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class BadInputTests(BehaviourCluster cluster) : IAsyncLifetime
{
    private const string Maps = "api/v1/namespaces/default/configmaps";

    private const string Manifest = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"bad","labels":{"a":"b"}},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"é","resources":{"limits":{"cpu":"1500m"}},"ports":[{"containerPort":80}]}]}}}}
        """;

    private int _errorsBefore;

    private ApiSession Api => cluster.Admin;

    public async Task InitializeAsync()
    {
        _errorsBefore = cluster.Server.Log.Errors.Count;
        await Api.PostAsync(Maps, """{"metadata":{"name":"victim"},"data":{"k":"v"}}""");
    }

    /// <summary>Whatever was sent, the server has logged no fault of its own, and it serves.</summary>
    public async Task DisposeAsync()
    {
        (await Api.GetAsync(Maps + "/victim")).Is(200);
        var errors = cluster.Server.Log.Errors.Skip(_errorsBefore).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [Theory]
    [InlineData(WireFormat.Json, "application/json")]
    [InlineData(WireFormat.Yaml, "application/yaml")]
    [InlineData(WireFormat.Protobuf, "application/vnd.kubernetes.protobuf")]
    public async Task A_body_that_is_cut_or_damaged_at_any_byte_gets_a_status(WireFormat format, string contentType)
    {
        var schema = KindCatalog.Default.FindKind("apps", "v1", "Deployment")!.Schema;
        var decoded = ObjectCodec.Decode(Encoding.UTF8.GetBytes(Manifest), WireFormat.Json, null, (_, _) => schema, FieldValidation.Strict);
        var sound = format == WireFormat.Json ? Encoding.UTF8.GetBytes(Manifest) : ObjectCodec.Encode(decoded.Object, format, schema);
        var bodies = new List<byte[]>();
        for (var i = 0; i < sound.Length; i++)
        {
            bodies.Add(sound[..i]);
            byte[] odd = [0, (byte)'"', 0x80, 0xff, (byte)'{', (byte)'\n'];
            bodies.Add([.. sound[..i], odd[i % odd.Length], .. sound[(i + 1)..]]);
        }

        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (body, _) =>
        {
            var answer = await SendAsync(HttpMethod.Post, "apis/apps/v1/namespaces/default/deployments?dryRun=All", body, contentType);
            Assert.True((int)answer.Code is 201 or 400 or 422 or 404, $"{(int)answer.Code} for {Convert.ToBase64String(body)}: {answer.Text}");
            Assert.Equal((int)answer.Code == 201 ? "Deployment" : "Status", answer.Body.Text("kind"));
        });
    }

    public static TheoryData<string, string, string, int, string> Bodies => new()
    {
        { "POST", "application/json", Nested("{\"data\":", "1", "}", 10_000), 400, "exceeded max depth" },
        { "POST", "application/json", Nested("[", "", "]", 300_000), 400, "exceeded max depth" },
        { "POST", "application/yaml", Nested("[", "", "]", 100_000), 400, "max depth" },
        { "POST", "application/yaml", "a: &a [x,x]\nb: &b [*a,*a]\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"c{i}: &c{i} [*{(i == 0 ? "b" : $"c{i - 1}")},*{(i == 0 ? "b" : $"c{i - 1}")}]\n")), 400, "excessive aliasing" },
        { "POST", "application/json", "", 400, "" },
        { "POST", "application/json", "null", 400, "" },
        { "POST", "application/json", """{"kind":7}""", 400, "" },
        { "POST", "application/json", """{"metadata":"x"}""", 400, "" },
        { "POST", "application/json", """{"kind":"Secret","apiVersion":"v1"}""", 400, "" },
        { "POST", "application/json", """{"metadata":{"name":"a","name":"victim"},"data":{"k":"1","k":"2"}}""", 409, "already exists" },
        { "POST", "application/json", "{\"metadata\":{\"generateName\":\"" + new string('a', 1_000_000) + "\"}}", 422, "" },
        { "POST", "application/json", "{\"metadata\":{\"name\":\"\ud83d\\ud83d\"}}", 400, "" },
        { "POST", "text/plain", "{}", 415, "" },
        { "POST", "application/vnd.kubernetes.protobuf", "k8s", 400, "" },
        { "PATCH", "application/merge-patch+json", "null", 400, "" },
        { "PATCH", "application/merge-patch+json", "[]", 400, "" },
        { "PATCH", "application/merge-patch+json", """{"data":{"k":"1","k":"v"}}""", 200, "" },
        { "PATCH", "application/merge-patch+json", Nested("{\"data\":", "1", "}", 1_000), 400, "" },
        { "PATCH", "application/merge-patch+json", """{"metadata":{"managedFields":[{"fieldsV1":{"f:a":{},"k:{\"a\":1,\"a\":2}":{}}}]}}""", 200, "" },
        { "PATCH", "application/strategic-merge-patch+json", """{"metadata":{"$patch":"nonsense"}}""", 500, "unknown patch type" },
        { "PATCH", "application/strategic-merge-patch+json", """{"data":{"k":"1","k":"v"},"data":{"k":"v"}}""", 200, "" },
        { "PATCH", "application/json-patch+json", "{}", 400, "" },
        { "PATCH", "application/json-patch+json", "[1]", 400, "" },
        { "PATCH", "application/json-patch+json", """[{"op":"test","op":"remove","path":"/data/none"}]""", 422, "" },
        { "PATCH", "application/json-patch+json", "[" + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/data/k","value":"v"}""", 10_001)) + "]", 413, "10000" },
        { "PATCH", "application/apply-patch+yaml", "a: b: c", 400, "" },
        { "PATCH", "application/apply-patch+yaml", "[1]", 400, "" },
        { "PATCH", "application/nonsense", "{}", 415, "" },
        { "DELETE", "application/json", "[]", 400, "" },
        { "DELETE", "application/json", """{"preconditions":{"uid":7}}""", 400, "" },
        { "DELETE", "application/json", """{"propagationPolicy":"Sideways"}""", 422, "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_cannot_be_gets_its_code(string method, string contentType, string body, int code, string message)
    {
        var path = method == "POST" ? Maps : Maps + "/victim" + (contentType.Contains("apply", StringComparison.Ordinal) ? "?fieldManager=m" : "");
        var answer = await SendAsync(new HttpMethod(method), path, Encoding.UTF8.GetBytes(body), contentType);
        Assert.Contains(message, answer.Is(code).Text("message"), StringComparison.Ordinal);
        Assert.Equal(code < 400 ? "ConfigMap" : "Status", answer.Body.Text("kind"));
    }

    [Theory]
    [InlineData("POST", "application/json")]
    [InlineData("POST", "application/yaml")]
    [InlineData("PATCH", "application/merge-patch+json")]
    [InlineData("PATCH", "application/strategic-merge-patch+json")]
    [InlineData("PATCH", "application/json-patch+json")]
    [InlineData("PATCH", "application/apply-patch+yaml")]
    public async Task Text_that_is_no_UTF8_is_refused(string method, string contentType)
    {
        var path = method == "POST" ? Maps : Maps + "/victim?fieldManager=m";
        var start = contentType.Contains("json-patch", StringComparison.Ordinal) ? "[{\"op\":\"add\",\"path\":\"/data/x\",\"value\":\"" : "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"k\":\"";
        var end = start[0] == '[' ? "\"}]" : "\"}}";
        var answer = await SendAsync(new HttpMethod(method), path, [.. Encoding.UTF8.GetBytes(start), 0xc3, 0x28, 0xff, .. Encoding.UTF8.GetBytes(end)], contentType);
        answer.Fails(400, "BadRequest");
    }

    [Fact]
    public async Task A_body_over_three_mebibytes_is_too_large_however_it_comes()
    {
        var large = Encoding.UTF8.GetBytes("{\"data\":{\"k\":\"" + new string('a', 3 * 1024 * 1024) + "\"}}");
        (await SendAsync(HttpMethod.Post, Maps, large, "application/json")).Fails(413, "RequestEntityTooLarge");
        (await SendAsync(HttpMethod.Patch, Maps + "/victim", large, "application/merge-patch+json")).Fails(413, "RequestEntityTooLarge");
        (await SendAsync(HttpMethod.Post, Maps, large, "application/json", chunked: true)).Fails(413, "RequestEntityTooLarge");
        (await SendAsync(HttpMethod.Post, Maps, Compressed(new byte[200 * 1024 * 1024]), "application/json", encoding: "gzip")).Fails(413, "RequestEntityTooLarge");
    }

    [Fact]
    public async Task A_body_that_is_not_compressed_as_it_says_is_refused()
    {
        (await SendAsync(HttpMethod.Post, Maps, "{}"u8.ToArray(), "application/json", encoding: "gzip")).Fails(400, "BadRequest");
        (await SendAsync(HttpMethod.Post, Maps, Compressed(Encoding.UTF8.GetBytes(Manifest))[..40], "application/json", encoding: "gzip")).Fails(400, "BadRequest");
        (await SendAsync(HttpMethod.Post, Maps, "{}"u8.ToArray(), "application/json", encoding: "br")).Fails(415, "UnsupportedMediaType");
    }

    [Fact]
    public async Task What_a_million_unknown_fields_are_warned_of_fits_into_headers()
    {
        var name = new string('x', 3_000);
        var body = $$"""{"metadata":{"name":"warned"},{{string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"{name}{i}\":1"))}}}""";
        var answer = await Api.PostAsync(Maps + "?dryRun=All", body);
        answer.Is(201);
        Assert.InRange(answer.Headers.GetValues("Warning").Sum(static warning => warning.Length), 1_000, 8_000);
        var many = $$"""{"metadata":{"name":"warned"},{{string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i:x}\":1"))}}}""";
        (await Api.PostAsync(Maps + "?dryRun=All", many)).Is(201);
        (await Api.PostAsync(Maps + "?dryRun=All&fieldValidation=Strict", many)).Fails(400, "BadRequest");
    }

    [Theory]
    [InlineData("limit=-1", 400)]
    [InlineData("limit=x", 400)]
    [InlineData("limit=99999999999999999999", 400)]
    [InlineData("limit=9223372036854775807", 200)]
    [InlineData("resourceVersion=x", 422)]
    [InlineData("resourceVersion=-1", 422)]
    [InlineData("resourceVersion=99999999999999999999", 422)]
    [InlineData("resourceVersionMatch=Sideways", 422)]
    [InlineData("continue=!", 400)]
    [InlineData("continue=eyJ2IjpbXX0", 400)]
    [InlineData("continue=bnVsbA", 400)]
    [InlineData("labelSelector=a in (", 400)]
    [InlineData("labelSelector=%00", 200)]
    [InlineData("labelSelector=%ff=%fe", 400)]
    [InlineData("fieldSelector=nonsense=1", 400)]
    [InlineData("fieldSelector=metadata.name%3d%5c", 400)]
    [InlineData("watch=true&timeoutSeconds=-1", 400)]
    [InlineData("a=b&&&=&%&limit=1", 200)]
    public async Task A_query_that_cannot_be_gets_its_code(string query, int code) => Assert.Equal(code, (int)(await Api.GetAsync($"{Maps}?{query}")).Code);

    [Fact]
    public async Task A_place_to_go_on_from_that_names_its_version_twice_is_read()
    {
        var revision = (string?)(await Api.GetAsync(Maps)).Is(200)["metadata"]!["resourceVersion"];
        var token = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"v":"meta.k8s.io/v1","v":"meta.k8s.io/v1","rv":{{revision}},"start":"a"}"""));
        (await Api.GetAsync($"{Maps}?continue={token}&limit=1")).Is(200);
    }

    [Theory]
    [InlineData("4294967296")]
    [InlineData("9223372036854775807")]
    public async Task A_watch_of_ages_begins(string seconds)
    {
        using var answer = await Api.OpenAsync($"{Maps}?watch=true&timeoutSeconds={seconds}", "application/json");
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_long_query_is_taken_and_a_longer_one_refused()
    {
        var values = string.Join(',', Enumerable.Range(0, 6_000).Select(static i => $"v{i}"));
        (await Api.GetAsync($"{Maps}?labelSelector=a in ({values})")).Is(200);
        Assert.Equal(414, (await AskAsync($"/{Maps}?labelSelector=" + new string('a', 100_000))).Code);
    }

    [Theory]
    [InlineData("/api/v1/namespaces/default/configmaps/..%2f..%2f..%2fsecrets")]
    [InlineData("/api/v1/namespaces/default/configmaps/%2e%2e")]
    [InlineData("/api/v1/namespaces/default/configmaps/%2e%2e/%2e%2e/%2e%2e/nodes/none")]
    [InlineData("/api/v1/namespaces/..%2fkube-system/configmaps/none")]
    [InlineData("/api/v1/namespaces/default/configmaps/a%00b")]
    [InlineData("/api/v1/namespaces/default/configmaps/%ff%fe")]
    [InlineData("/api/v1/namespaces/default/configmaps/%")]
    [InlineData("/api/v1/namespaces/default/configmaps/a%0d%0aX-Evil:%201")]
    [InlineData("//api//v1//namespaces//default//configmaps//victim")]
    [InlineData("/api/v1/namespaces/default/configmaps/victim/data/k")]
    [InlineData("/api/v1/namespaces/default/configmaps/victim/status/../../../secrets/none")]
    [InlineData("/api/v1/namespaces//configmaps/victim")]
    [InlineData("/apis")]
    [InlineData("/apis/")]
    [InlineData("/apis//")]
    [InlineData("/apis/apps/v2/deployments")]
    [InlineData("/api/v1/watch")]
    [InlineData("/api/v1/watch/watch/watch")]
    [InlineData("/openapi/v3/..%2f..%2fetc%2fpasswd")]
    [InlineData("/openapi/v3/apis/%00")]
    [InlineData("/healthz/../metrics/none")]
    [InlineData("*")]
    [InlineData("/\\..\\api")]
    [InlineData("/;/api/v1?#")]
    public async Task A_path_that_plays_tricks_finds_nothing_that_it_does_not_name(string target)
    {
        var (code, text) = await AskAsync(target);
        Assert.True(code is 200 or 301 or 307 or 400 or 403 or 404 or 405, $"{code}: {text}");
        Assert.DoesNotContain("X-Evil: 1\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"victim\"", text.Split("\r\n\r\n", 2)[^1].Replace("configmaps \\\"victim\\\"", "", StringComparison.Ordinal).Replace("\"name\":\"victim\",\"kind\":\"configmaps\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", 200, "Audit-ID: \u00e9\u20ac")]
    [InlineData("GET", 200, "Accept: ;;;,,,q=q, application/json;q=x")]
    [InlineData("GET", 406, "Accept: application/nonsense")]
    [InlineData("GET", 200, "User-Agent: \u00ff\u00fe")]
    [InlineData("GET", 401, "Authorization: Bearer a.b.c")]
    [InlineData("GET", 401, "Authorization: Bearer \u00ff")]
    [InlineData("GET", 400, "Impersonate-Group: x")]
    [InlineData("GET", 200, "If-None-Match: \"")]
    [InlineData("GET", 200, "Accept-Encoding: gzip;q=x, \u00ff")]
    [InlineData("NONSENSE", 405, "X: y")]
    public async Task A_header_that_cannot_be_gets_its_code(string method, int code, string header)
    {
        await using var connection = header.StartsWith("Authorization", StringComparison.Ordinal) ? await RawConnection.OpenAsync(cluster.Server.Port) : await OpenAsync("admin");
        var (actual, text) = await connection.AskAsync($"/{Maps}/victim", method, header);
        Assert.True(code == actual, $"{actual}: {text}");
    }

    [Fact]
    public async Task Slow_clients_hold_nobody_up_and_are_sent_away()
    {
        var slow = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            var connection = await OpenAsync("admin");
            await connection.SendAsync(Encoding.ASCII.GetBytes($"POST /{Maps} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n{{"));
            return connection;
        }));
        (await Api.PostAsync(Maps + "?dryRun=All", """{"metadata":{"name":"quick"}}""")).Is(201);
        foreach (var connection in slow)
        {
            await using (connection)
            {
                var (code, text) = await connection.ReadAsync();
                Assert.True(code == 408, $"{code}: {text}");
            }
        }
    }

    [Fact]
    public async Task What_clients_say_they_will_send_takes_no_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var idle = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            var connection = await OpenAsync("admin");
            await connection.SendAsync(Encoding.ASCII.GetBytes($"PUT /{Maps}/victim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n"));
            return connection;
        }));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 300L * 1024 * 1024);
        foreach (var connection in idle)
        {
            connection.Abort();
        }
    }

    [Fact]
    public async Task Uploads_that_break_off_change_nothing()
    {
        for (var i = 0; i < 50; i++)
        {
            var connection = await OpenAsync("admin");
            var body = $$$"""{"metadata":{"name":"broken-{{{i}}}"}}""";
            var head = i % 2 == 0 ? $"Content-Length: {body.Length + 1}\r\n\r\n{body}" : $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n";
            await connection.SendAsync(Encoding.ASCII.GetBytes($"POST /{Maps} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}"));
            if (i % 4 < 2)
            {
                connection.Abort();
            }
            else
            {
                await connection.DisposeAsync();
            }
        }

        Assert.DoesNotContain((await Api.ReadAsync(Maps)).Names(), static name => name.StartsWith("broken-", StringComparison.Ordinal));
    }

    private static string Nested(string open, string inner, string close, int times) =>
        string.Concat(Enumerable.Repeat(open, times)) + inner + string.Concat(Enumerable.Repeat(close, times));

    private static byte[] Compressed(byte[] plain)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return buffer.ToArray();
    }

    private Task<ApiAnswer> SendAsync(HttpMethod method, string path, byte[] body, string contentType, string? encoding = null, bool chunked = false)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return Api.SendAsync(method, path, content, chunked);
    }

    private async Task<(int Code, string Text)> AskAsync(string target)
    {
        await using var connection = await OpenAsync("admin");
        return await connection.AskAsync(target);
    }

    private Task<RawConnection> OpenAsync(string client) =>
        RawConnection.OpenAsync(cluster.Server.Port, Path.Combine(cluster.Server.Directory, client + ".crt"), Path.Combine(cluster.Server.Directory, client + ".key"));
}
