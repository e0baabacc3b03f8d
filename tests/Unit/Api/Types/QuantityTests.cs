using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Values;

namespace Kube.Api.Tests.Types;

public class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0m", "0")]
    [InlineData("-0", "0")]
    [InlineData("000", "0")]
    [InlineData(".", "0")]
    [InlineData("-", "0")]
    [InlineData("m", "0")]
    [InlineData("0.000", "0")]
    [InlineData("0.0001Ki", "102400u")]
    [InlineData("-0.0001Ki", "-102400u")]
    [InlineData("1e-400", "1e-9")]
    [InlineData("1", "1")]
    [InlineData("100m", "100m")]
    [InlineData("0.1", "100m")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("1.5", "1500m")]
    [InlineData(".5", "500m")]
    [InlineData("1.", "1.")]
    [InlineData("0.5", "500m")]
    [InlineData("1000", "1k")]
    [InlineData("1000k", "1M")]
    [InlineData("12345", "12345")]
    [InlineData("1000000", "1M")]
    [InlineData("1T", "1T")]
    [InlineData("2P", "2P")]
    [InlineData("3E", "3E")]
    [InlineData("5000E", "5000E")]
    [InlineData("1Ki", "1Ki")]
    [InlineData("1024Ki", "1Mi")]
    [InlineData("1023Ki", "1023Ki")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.5Gi", "512Mi")]
    [InlineData("1.1Ki", "1126400m")]
    [InlineData("100Mi", "100Mi")]
    [InlineData("2048Mi", "2Gi")]
    [InlineData("16Ei", "9223372036854775807")]
    [InlineData("1e3", "1e3")]
    [InlineData("1E3", "1E3")]
    [InlineData("1000e3", "1e6")]
    [InlineData("12e-3", "12e-3")]
    [InlineData("1e1", "10")]
    [InlineData("100e-1", "10")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("1.0000000001", "1000000001n")]
    [InlineData("-1.0000000001", "-1000000001n")]
    [InlineData("-5", "-5")]
    [InlineData("-1.5Gi", "-1536Mi")]
    [InlineData("+5", "+5")]
    [InlineData("1.500", "1.500")]
    [InlineData("1u", "1u")]
    public void PrintsAsKubernetesDoes(string text, string canonical)
    {
        var quantity = Quantity.Parse(text);
        Assert.Equal(canonical, quantity.ToString());
        Assert.Equal(quantity, Quantity.Parse(canonical));
    }

    [Theory]
    [InlineData("", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("1x", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("1.2.3", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("1 ", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("1K", "unable to parse quantity's suffix")]
    [InlineData("1mi", "unable to parse quantity's suffix")]
    [InlineData("1Mi5", "unable to parse quantity's suffix")]
    [InlineData("1e", "unable to parse quantity's suffix")]
    [InlineData("1e99999999", "unable to parse numeric part of quantity")]
    public void RefusesInKubernetesWords(string text, string message)
    {
        Assert.False(Quantity.TryParse(text, out _, out var error));
        Assert.Equal(message, error);
        Assert.Equal(message, Assert.Throws<FormatException>(() => Quantity.Parse(text)).Message);
    }

    [Theory]
    [InlineData("100m", 1, 100)]
    [InlineData("1500m", 2, 1500)]
    [InlineData("-1500m", -2, -1500)]
    [InlineData("1n", 1, 1)]
    [InlineData("1Gi", 1L << 30, 1000L << 30)]
    [InlineData("1e30", long.MaxValue, long.MaxValue)]
    [InlineData("-1e4096", long.MinValue, long.MinValue)]
    [InlineData("9223372036854775807", long.MaxValue, long.MaxValue)]
    public void WholeAndMilliValuesRoundAwayFromZero(string text, long value, long milli)
    {
        Assert.Equal(value, Quantity.Parse(text).Value());
        Assert.Equal(milli, Quantity.Parse(text).MilliValue());
    }

    [Theory]
    [InlineData("1", "1000m", 0)]
    [InlineData("1Ki", "1k", 1)]
    [InlineData("999m", "1", -1)]
    [InlineData("1e4096", "1n", 1)]
    [InlineData("-1", "1", -1)]
    public void ComparesByValue(string left, string right, int order)
    {
        Assert.Equal(order, Quantity.Parse(left).CompareTo(Quantity.Parse(right)));
        Assert.Equal(order == 0, Quantity.Parse(left).GetHashCode() == Quantity.Parse(right).GetHashCode());
    }

    [Theory]
    [InlineData("100m", "900m", "1")]
    [InlineData("0", "1Mi", "1Mi")]
    [InlineData("1Mi", "1M", "2048576")]
    [InlineData("1Gi", "1Gi", "2Gi")]
    [InlineData("1", "-1", "0")]
    public void SumsKeepTheNotationOfTheFirst(string left, string right, string sum) =>
        Assert.Equal(sum, (Quantity.Parse(left) + Quantity.Parse(right)).ToString());

    [Fact]
    public void ArithmeticAgreesWithRationals() => Prop.ForAll(Amounts(), Amounts(), (left, right) =>
    {
        var sum = Nanos(left.Text) + Nanos(right.Text);
        var difference = Nanos(left.Text) - Nanos(right.Text);
        return Same(left.Quantity + right.Quantity, sum)
            && Same(left.Quantity - right.Quantity, difference)
            && Math.Sign(left.Quantity.CompareTo(right.Quantity)) == Nanos(left.Text).CompareTo(Nanos(right.Text))
            && (left.Quantity == right.Quantity) == (Nanos(left.Text) == Nanos(right.Text));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void CanonicalTextMeansTheSameAndIsStable() => Prop.ForAll(Amounts(), amount =>
    {
        var canonical = amount.Quantity.ToString();
        var again = Quantity.Parse(canonical);
        return again == amount.Quantity && again.ToString() == canonical && Nanos(canonical) == Nanos(amount.Text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyTextParsesOrIsRefused()
    {
        var characters = Gen.Elements("0123456789.+-eEinumkKMGTP x".ToCharArray());
        var texts = characters.ArrayOf().Select(letters => new string(letters)).ToArbitrary();
        Prop.ForAll(texts, text =>
            Quantity.TryParse(text, out var quantity, out var error)
                ? Quantity.Parse(quantity.ToString()) == quantity
                : error.Length > 0).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Same(Quantity quantity, BigInteger nanos) => Nanos(quantity.ToString()) == nanos;

    /// <summary>The dumb twin: the amount in billionths, read by hand from the text.</summary>
    private static BigInteger Nanos(string text)
    {
        var letters = text.TrimStart('+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var number = text[..(text.Length - letters.Length)];
        BigInteger factor = letters switch
        {
            "" => BigInteger.Pow(10, 9),
            "n" => 1,
            "u" => 1000,
            "m" => 1_000_000,
            ['e' or 'E', .. var power] when power.Length > 0 => BigInteger.Pow(10, 9 + int.Parse(power)),
            [_, 'i'] => BigInteger.Pow(10, 9) * BigInteger.Pow(1024, 1 + "KMGTPE".IndexOf(letters[0], StringComparison.Ordinal)),
            _ => BigInteger.Pow(10, 12 + (3 * "kMGTPE".IndexOf(letters[0], StringComparison.Ordinal))),
        };
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        var magnitude = BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal)) * factor;
        var quotient = BigInteger.DivRem(magnitude, BigInteger.Pow(10, decimals), out var remainder);
        return remainder.IsZero ? quotient : quotient + magnitude.Sign;
    }

    private static Arbitrary<Amount> Amounts()
    {
        var suffixes = Gen.Elements("", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "e3", "E6", "e-3", "e2", "e-1");
        return (from whole in Gen.Choose(-99999, 99999)
                from decimals in Gen.Choose(0, 9999)
                from hasDecimals in Gen.Elements(true, false)
                from suffix in suffixes
                select new Amount(whole + (hasDecimals ? "." + decimals : "") + suffix)).ToArbitrary();
    }

    private sealed record Amount(string Text)
    {
        public Quantity Quantity { get; } = Quantity.Parse(Text);
    }
}
