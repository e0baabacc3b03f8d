namespace Kube.Base.Tests;

public class InvariantTests
{
    [Fact]
    public void A_condition_that_holds_costs_nothing_and_formats_nothing()
    {
        var formatted = false;
        string Format()
        {
            formatted = true;
            return "x";
        }

        Invariant.Check(1 + 1 == 2);
        Invariant.Check(1 + 1 == 2, $"{Format()}");
        Assert.False(formatted);
    }

    [Fact]
    public void A_condition_that_does_not_hold_stops_with_its_text()
    {
        var one = 1;
        Assert.Equal("invariant violated: one == 2", Assert.Throws<InvariantException>(() => Invariant.Check(one == 2)).Message);
        Assert.Equal("invariant violated: one is 1", Assert.Throws<InvariantException>(() => Invariant.Check(one == 2, $"one is {one}")).Message);
    }
}
