using Kube.ApiServer.Storage;
using Kube.ApiServer.Tests.Fakes;
using Kube.Testing;

namespace Kube.ApiServer.Tests.Storage;

public sealed class InMemoryObjectStorageTests : ObjectStorageSuite
{
    [Fact]
    public async Task Removes_what_outlives_its_time()
    {
        var time = new ManualTimeProvider();
        await using var storage = new InMemoryObjectStorage(time);
        await storage.CreateAsync("/registry/events/a", Bytes("x"), TimeSpan.FromHours(1), default);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull((await storage.GetAsync("/registry/events/a", default)).Object);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null((await storage.GetAsync("/registry/events/a", default)).Object);
    }

    protected override Task<IObjectStorage> OpenAsync() => Task.FromResult<IObjectStorage>(new InMemoryObjectStorage(TimeProvider.System));

    protected override Task CompactAsync(IObjectStorage storage, long revision)
    {
        ((InMemoryObjectStorage)storage).Compact(revision);
        return Task.CompletedTask;
    }
}
