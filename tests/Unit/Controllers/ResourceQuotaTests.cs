using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Controllers.ResourceQuotas;

namespace Kube.Controllers.Tests;

/// <summary>What the quota controller decides.</summary>
public sealed class ResourceQuotaTests
{
    [Theory]
    [InlineData("pods cpu count/pods services requests.storage", "")]
    [InlineData("secrets count/secrets", "/secrets")]
    [InlineData("count/deployments.apps count/widgets.example.com", "apps/deployments example.com/widgets")]
    [InlineData("count/persistentvolumeclaims count/services configmaps replicationcontrollers resourcequotas", "/configmaps /replicationcontrollers /resourcequotas")]
    public void Only_resources_that_are_counted_and_not_measured_are_watched_for_it(string bounds, string expected) =>
        Assert.Equal(expected, string.Join(' ', QuotaBounds.Counted(bounds.Split(' ')).Select(static counted => $"{counted.Group}/{counted.Resource}")));

    [Fact]
    public void The_status_has_the_bounds_of_the_spec_and_no_others()
    {
        var quota = Quota("pods=4 secrets=2 count/unserved.example.com=1", "pods=9 cpu=1 count/unserved.example.com=3");
        var status = QuotaBounds.StatusOf(quota, Amounts("pods=1 secrets=0"));
        Assert.Equal("count/unserved.example.com=1 pods=4 secrets=2", Print(status.Hard));
        Assert.Equal("count/unserved.example.com=3 pods=1 secrets=0", Print(status.Used));
    }

    [Theory]
    [InlineData("cpu=1", "cpu=1000m", true)]
    [InlineData("cpu=1", "cpu=2", false)]
    [InlineData("cpu=1", "cpu=1 pods=0", false)]
    [InlineData("", "", true)]
    public void Amounts_are_compared_and_not_their_notation(string left, string right, bool areEqual) =>
        Assert.Equal(areEqual, QuotaBounds.AreEqual(Amounts(left), Amounts(right)));

    [Fact]
    public void A_pod_frees_something_when_it_ends_or_asks_for_something_else()
    {
        var pod = Make.Pod("p0");
        Assert.False(QuotaBounds.IsReleased(pod, Changed(static p => p.Spec!.NodeName = "other"), Make.Now));
        Assert.False(QuotaBounds.IsReleased(pod, Changed(static p => p.Status!.Phase = "Pending"), Make.Now));
        Assert.True(QuotaBounds.IsReleased(pod, Changed(static p => p.Status!.Phase = "Succeeded"), Make.Now));
        Assert.True(QuotaBounds.IsReleased(pod, Changed(static p => p.Spec!.ActiveDeadlineSeconds = 3), Make.Now));
        Assert.True(QuotaBounds.IsReleased(pod, Changed(static p => p.Spec!.Containers![0].Resources = new ResourceRequirements { Requests = Amounts("cpu=1") }), Make.Now));

        var deleted = Changed(static p => (p.Metadata.DeletionTimestamp, p.Metadata.DeletionGracePeriodSeconds) = (new Time(Make.Now), 30));
        Assert.False(QuotaBounds.IsReleased(pod, deleted, Make.Now.AddSeconds(30)));
        Assert.True(QuotaBounds.IsReleased(pod, deleted, Make.Now.AddSeconds(31)));

        static Pod Changed(Action<Pod> change)
        {
            var changed = Make.Pod("p0");
            change(changed);
            return changed;
        }
    }

    private static ResourceQuota Quota(string hard, string used) => new()
    {
        Metadata = { Name = "q", Namespace = "ns" },
        Spec = new ResourceQuotaSpec { Hard = Amounts(hard) },
        Status = new ResourceQuotaStatus { Hard = Amounts(hard), Used = Amounts(used) },
    };

    private static Dictionary<string, Quantity> Amounts(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(static amount => amount.Split('=')).ToDictionary(static pair => pair[0], static pair => Quantity.Parse(pair[1]));

    private static string Print(Dictionary<string, Quantity>? amounts) =>
        string.Join(' ', (amounts ?? []).OrderBy(static amount => amount.Key, StringComparer.Ordinal).Select(static amount => $"{amount.Key}={amount.Value}"));
}
