using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>A running watch, read an event at a time. For one thread at a time.</summary>
public sealed class WatchStream(HttpResponseMessage response, Stream stream) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly StreamReader _reader = new(stream);

    /// <summary>The next event, waited for.</summary>
    public async Task<(string Type, JsonObject Object)> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var line = await _reader.ReadLineAsync(limit.Token);
        Assert.False(line is null, "the watch ended");
        var change = JsonNode.Parse(line!)!.AsObject();
        return (change.Text("type"), change["object"]!.AsObject());
    }

    /// <summary>The next event as "TYPE name".</summary>
    public async Task<string> NextNameAsync()
    {
        var (type, obj) = await NextAsync();
        return $"{type} {obj.Text("metadata.name")}";
    }

    /// <summary>The next events as "TYPE name".</summary>
    public async Task<IReadOnlyList<string>> NextNamesAsync(int count)
    {
        var names = new List<string>();
        for (var i = 0; i < count; i++)
        {
            names.Add(await NextNameAsync());
        }

        return names;
    }

    /// <summary>Reads events to the first of this type.</summary>
    public async Task<JsonObject> UntilAsync(string type)
    {
        while (true)
        {
            var (next, obj) = await NextAsync();
            if (next == type)
            {
                return obj;
            }
        }
    }

    /// <summary>Awaits that the watch ends as one whose time is over: without an event, and without an error.</summary>
    public async Task EndsAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        Assert.Null(await _reader.ReadLineAsync(limit.Token));
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
