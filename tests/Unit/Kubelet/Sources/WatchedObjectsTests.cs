using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Client.Rest;
using Kube.Kubelet.Sources;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Sources;

public sealed class WatchedObjectsTests : IAsyncLifetime
{
    private readonly Server _server = new();
    private readonly WatchedObjects<ConfigMap> _objects;

    public WatchedObjectsTests() => _objects = new WatchedObjects<ConfigMap>(_server.ListAsync, _server.WatchAsync, new Prng(1), NullLogger.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _objects.DisposeAsync().AsTask();

    [Fact]
    public async Task What_many_ask_for_is_read_once_and_then_watched()
    {
        _server.Set("a", "1");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync("a"))), static v => Assert.Equal("1", v));
        Assert.Equal(["list a"], _server.Calls.Where(static c => c.StartsWith("list", StringComparison.Ordinal)));

        await _server.SendAsync("a", WatchEventType.Bookmark, null);
        await _server.SendAsync("a", WatchEventType.Modified, "2");
        await Eventually.HoldsAsync(async () => await FindAsync("a") == "2", "the change is seen");
        Assert.Equal(["list a", "watch a from 7"], _server.Calls);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("ended")]
    [InlineData("broken")]
    public async Task After_its_watch_an_object_is_read_anew(string how)
    {
        _server.Set("a", "1");
        await FindAsync("a");
        _server.Set("a", "2");
        await (how switch
        {
            "deleted" => _server.SendAsync("a", WatchEventType.Deleted, "1"),
            "ended" => _server.EndAsync("a", null),
            _ => _server.EndAsync("a", new IOException("reset")),
        });
        await Eventually.HoldsAsync(async () => await FindAsync("a") == "2", "it is read anew");
        Assert.Equal(["list a", "watch a from 7", "list a", "watch a from 7"], _server.Calls);
    }

    [Fact]
    public async Task What_is_not_there_is_read_at_each_asking_and_not_watched()
    {
        Assert.Null(await FindAsync("a"));
        Assert.Null(await FindAsync("a"));
        _server.Set("a", "1");
        Assert.Equal("1", await FindAsync("a"));
        Assert.Equal(["list a", "list a", "list a", "watch a from 7"], _server.Calls);
    }

    [Fact]
    public async Task A_read_that_fails_fails_for_who_began_it_and_others_read_for_themselves()
    {
        TaskCompletionSource gate = new();
        _server.Gate = gate.Task;
        _server.Failure = new IOException("no server");
        Task<string?> first = FindAsync("a");
        Task<string?> second = FindAsync("a");
        await Eventually.HoldsAsync(() => _server.Calls.Count == 1, "the first read is under way");
        _server.Set("a", "1");
        gate.SetResult();
        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal("1", await second);
    }

    [Fact]
    public async Task Who_no_longer_waits_does_not_end_the_read_of_others()
    {
        TaskCompletionSource gate = new();
        _server.Gate = gate.Task;
        _server.Set("a", "1");
        using CancellationTokenSource gone = new();
        Task<ConfigMap?> first = _objects.FindAsync("ns", "a", gone.Token);
        Task<string?> second = FindAsync("a");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal("1", await second);
    }

    private async Task<string?> FindAsync(string name) => (await _objects.FindAsync("ns", name, CancellationToken.None))?.Data?["v"];

    /// <summary>Lists what it was told, and keeps a channel of changes for each object that is watched.</summary>
    private sealed class Server
    {
        private readonly Dictionary<string, ConfigMap> _all = [];
        private readonly Dictionary<string, Channel<WatchEvent<ConfigMap>>> _watches = [];
        private readonly List<string> _calls = [];

        public Task Gate { get; set; } = Task.CompletedTask;

        /// <summary>Fails the next list.</summary>
        public Exception? Failure { get; set; }

        public IReadOnlyList<string> Calls
        {
            get
            {
                lock (_calls)
                {
                    return [.. _calls];
                }
            }
        }

        public void Set(string name, string value) => _all[name] = Map(name, value);

        public async Task<ObjectList<ConfigMap>> ListAsync(string? ns, ListQuery? query, CancellationToken cancellation)
        {
            string name = NameOf(query!);
            Add("list " + name);
            Exception? failure = Failure;
            Failure = null;
            await Gate.WaitAsync(cancellation);
            return failure is not null ? throw failure : new ObjectList<ConfigMap>(_all.TryGetValue(name, out ConfigMap? found) ? [found] : [], "7", null);
        }

        public IAsyncEnumerable<WatchEvent<ConfigMap>> WatchAsync(string? ns, ListQuery query, CancellationToken cancellation)
        {
            Assert.InRange(query.TimeoutSeconds ?? 0, 300, 600);
            Add($"watch {NameOf(query)} from {query.ResourceVersion}");
            return (_watches[NameOf(query)] = Channel.CreateBounded<WatchEvent<ConfigMap>>(8)).Reader.ReadAllAsync(cancellation);
        }

        public async Task SendAsync(string name, WatchEventType type, string? value)
        {
            await Eventually.HoldsAsync(() => _watches.ContainsKey(name), "it is watched");
            await _watches[name].Writer.WriteAsync(new WatchEvent<ConfigMap>(type, value is null ? new ConfigMap() : Map(name, value)));
        }

        public async Task EndAsync(string name, Exception? why)
        {
            await Eventually.HoldsAsync(() => _watches.ContainsKey(name), "it is watched");
            _watches[name].Writer.Complete(why);
        }

        private void Add(string call)
        {
            lock (_calls)
            {
                _calls.Add(call);
            }
        }

        private static string NameOf(ListQuery query) => query.FieldSelector!["metadata.name=".Length..];

        private static ConfigMap Map(string name, string value) =>
            new() { Metadata = new ObjectMeta { Name = name, Namespace = "ns" }, Data = new() { ["v"] = value } };
    }
}
