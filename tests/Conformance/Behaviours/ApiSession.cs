using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Plain HTTP with JSON: what a client without a library sends and gets. Thread-safe.</summary>
public sealed class ApiSession : IDisposable
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicMergePatch = "application/strategic-merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";

    private readonly HttpClient _http;

    public ApiSession(Uri server, string authorityFile, X509Certificate2? certificate)
    {
        var authority = X509Certificate2.CreateFromPem(File.ReadAllText(authorityFile));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                },
                ClientCertificates = certificate is null ? [] : [certificate],
            },
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromSeconds(60),
            DefaultRequestVersion = HttpVersion.Version20,
        };
    }

    /// <summary>Sends one request and reads the answer.</summary>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, string? body = null, string contentType = Json, string? accept = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, body, contentType, accept, headers);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer($"{method} {path}", response.StatusCode, text, response.Content.Headers.ContentType?.ToString() ?? "", response.Headers);
    }

    /// <summary>Sends a body as it is.</summary>
    /// <param name="chunked">Do not say how long it is: over HTTP/1.1 it then comes in chunks.</param>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent content, bool chunked = false)
    {
        using var request = new HttpRequestMessage(method, path) { Version = chunked ? HttpVersion.Version11 : HttpVersion.Version20, Content = content };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        request.Headers.TryAddWithoutValidation("Accept", Json);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer($"{method} {path}", response.StatusCode, text, response.Content.Headers.ContentType?.ToString() ?? "", response.Headers);
    }

    public Task<ApiAnswer> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept: accept);

    /// <summary>Sends bytes and reads the bytes of an answer that must be one of success.</summary>
    public async Task<byte[]> SendBytesAsync(HttpMethod method, string path, byte[] body, string contentType, string accept)
    {
        using var request = Request(method, path, null, contentType, accept, []);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        using var response = await _http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {Encoding.UTF8.GetString(bytes)}");
        return bytes;
    }

    /// <summary>An object that is there.</summary>
    public async Task<JsonObject> ReadAsync(string path) => (await GetAsync(path)).Is(200);

    /// <summary>POSTs an object that is taken.</summary>
    public async Task<JsonObject> CreateAsync(string path, string body) => (await SendAsync(HttpMethod.Post, path, body)).Is(201);

    public Task<ApiAnswer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<ApiAnswer> PutAsync(string path, JsonObject body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    public Task<ApiAnswer> PatchAsync(string path, string body, string contentType = MergePatch) => SendAsync(HttpMethod.Patch, path, body, contentType);

    public Task<ApiAnswer> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    /// <summary>Opens a watch; <paramref name="path"/> is a list's, with its query.</summary>
    public async Task<WatchStream> WatchAsync(string path)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        using var request = Request(HttpMethod.Get, $"{path}{separator}watch=true&timeoutSeconds=30", null, Json, null, []);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new WatchStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Begins to read an answer that must be one of success; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept)
    {
        using var request = Request(HttpMethod.Get, path, null, Json, accept, []);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(
        HttpMethod method, string path, string? body, string contentType, string? accept, IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept ?? Json);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return request;
    }
}

/// <summary>An answer, read to its end.</summary>
public sealed record ApiAnswer(string Request, HttpStatusCode Code, string Text, string ContentType, HttpResponseHeaders Headers)
{
    public JsonObject Body => JsonNode.Parse(Text)!.AsObject();

    /// <summary>A Status' message.</summary>
    public string Message => Body.Text("message");

    /// <summary>The body, when the code is the expected one.</summary>
    public JsonObject Is(int code)
    {
        Assert.True((int)Code == code, $"{Request}: {(int)Code} instead of {code}: {Text}");
        return Body;
    }

    /// <summary>The Status' message, when code and reason are the expected ones.</summary>
    public string Fails(int code, string reason)
    {
        var status = Is(code);
        Assert.Equal("Status", status.Text("kind"));
        Assert.Equal(reason, status.Text("reason"));
        return status.Text("message");
    }
}
