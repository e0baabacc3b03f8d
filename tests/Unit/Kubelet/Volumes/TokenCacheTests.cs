using Kube.Api.Core.V1;
using Kube.Api.Nodes.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using Kube.Kubelet.Volumes;
using Kube.Testing;

namespace Kube.Kubelet.Tests.Volumes;

public sealed class TokenCacheTests
{
    private readonly ManualTimeProvider _time = new(Pods.Now);
    private readonly Tokens _tokens;
    private readonly TokenCache _cache;

    public TokenCacheTests()
    {
        _tokens = new Tokens(_time);
        _cache = new TokenCache(_tokens, _time);
    }

    [Theory]
    [InlineData(3600, 2879, 2880)]
    [InlineData(1_000_000, 86_399, 86_400)]
    public async Task A_token_is_renewed_after_four_fifths_of_its_time_or_a_day(long lifeSeconds, int stillSeconds, int thenSeconds)
    {
        Assert.Equal("1", await GetAsync(lifeSeconds));
        _time.Advance(TimeSpan.FromSeconds(stillSeconds));
        Assert.Equal("1", await GetAsync(lifeSeconds));
        _time.Advance(TimeSpan.FromSeconds(thenSeconds - stillSeconds));
        Assert.Equal("2", await GetAsync(lifeSeconds));
    }

    [Fact]
    public async Task While_the_server_is_away_the_old_token_serves_as_long_as_it_lasts()
    {
        Assert.Equal("1", await GetAsync(3600));
        _tokens.Away = true;
        _time.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal("1", await GetAsync(3600));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(3600));
    }

    [Fact]
    public async Task Audiences_have_tokens_of_their_own_and_a_pod_that_is_gone_has_none()
    {
        Assert.Equal("1", await GetAsync(3600));
        Assert.Equal("2", await _cache.GetAsync(Pods.Pod(), "others", 3600, default));
        Assert.Equal("1", await GetAsync(3600));
        _cache.Forget("u1");
        Assert.Equal("3", await GetAsync(3600));
    }

    private Task<string> GetAsync(long seconds) => _cache.GetAsync(Pods.Pod(), null, seconds, default);

    /// <summary>Gives tokens that are numbers, each the next; has nothing else.</summary>
    private sealed class Tokens(TimeProvider time) : IObjectSource
    {
        private int _given;

        public bool Away { get; set; }

        public Task<ServiceAccountToken> TokenAsync(Pod pod, string? audience, long expirationSeconds, CancellationToken cancellation) => Away
            ? Task.FromException<ServiceAccountToken>(new HttpRequestException("away"))
            : Task.FromResult(new ServiceAccountToken((++_given).ToString(), time.GetUtcNow().AddSeconds(expirationSeconds)));

        public Task<ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<ConfigMap?>(null);

        public Task<Secret?> SecretAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<Secret?>(null);

        public Task<PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<PersistentVolumeClaim?>(null);

        public Task<PersistentVolume?> VolumeAsync(string name, CancellationToken cancellation) => Task.FromResult<PersistentVolume?>(null);

        public Task<RuntimeClass?> RuntimeClassAsync(string name, CancellationToken cancellation) => Task.FromResult<RuntimeClass?>(null);

        public IReadOnlyList<Service> Services() => [];
    }
}
