namespace Kube.EndToEnd.Tests;

/// <summary>One cluster for all tests of the collection, which run one after the other; each leaves it as it found it.</summary>
[CollectionDefinition(Name)]
public class SharedCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";
}
