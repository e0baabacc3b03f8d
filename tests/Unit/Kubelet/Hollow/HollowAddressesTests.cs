using FsCheck;
using FsCheck.Fluent;
using Kube.Kubelet.Hollow;

namespace Kube.Kubelet.Tests.Hollow;

public class HollowAddressesTests
{
    [Theory]
    [InlineData(0, "172.16.0.0", "10.0.0.1")]
    [InlineData(300, "172.16.1.44", "10.1.44.1")]
    [InlineData(24_575, "172.16.95.255", "10.95.255.1")]
    public void Addresses_follow_from_the_index(int node, string own, string first)
    {
        HollowAddresses addresses = new(node);

        Assert.Equal(own, addresses.Node);
        Assert.Equal(first, addresses.Take());
    }

    [Fact]
    public void Every_address_is_given_once()
    {
        HollowAddresses addresses = new(3);
        HashSet<string?> taken = [.. Enumerable.Range(0, HollowAddresses.MaxPods).Select(_ => addresses.Take())];

        Assert.Equal(HollowAddresses.MaxPods, taken.Count);
        Assert.DoesNotContain(null, taken);
        Assert.Null(addresses.Take());
    }

    /// <summary>Positive numbers take an address, zero takes the lowest, negative ones give back.</summary>
    [Fact]
    public void It_does_what_a_sorted_set_does() => Prop.ForAll<int[]>(steps =>
    {
        HollowAddresses addresses = new(1);
        SortedSet<int> free = [.. Enumerable.Range(1, HollowAddresses.MaxPods)];
        foreach (int step in steps)
        {
            int host = Math.Abs(step % 300);
            string address = $"10.0.1.{host}";
            if (step == 0)
            {
                string? expected = free.Count > 0 ? $"10.0.1.{free.Min}" : null;
                free.Remove(free.Min);
                Assert.Equal(expected, addresses.Take());
            }
            else if (step > 0)
            {
                Assert.Equal(free.Remove(host), addresses.Take(address));
            }
            else
            {
                addresses.Free(address);
                if (host is > 0 and <= HollowAddresses.MaxPods)
                {
                    free.Add(host);
                }
            }
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("10.0.2.1")]
    [InlineData("10.0.1.0")]
    [InlineData("10.0.1.255")]
    [InlineData("fd00::1")]
    [InlineData("no address")]
    public void An_address_of_another_node_is_not_taken(string address) => Assert.False(new HollowAddresses(1).Take(address));
}
