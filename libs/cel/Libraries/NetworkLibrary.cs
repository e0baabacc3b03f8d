using System.Globalization;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Libraries;

/// <summary>Kubernetes' addresses and networks: ip() and cidr().</summary>
public static class NetworkLibrary
{
    public static CelType IpType { get; } = Opaque("net.IP");

    public static CelType CidrType { get; } = Opaque("net.CIDR");

    private static readonly CelType Str = CelType.String;

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("ip", Form(IpType, Str) with { Body = args => ToIp(Text(args[0])), Cost = Costs.Traverse() }, Member(IpType, CidrType) with { Body = args => new IpValue(((CidrValue)args[0]).Address) }),
        new("isIP", [Form(Bool, Str) with { Cost = Costs.Traverse() }], args => BoolValue.Of(ToIp(Text(args[0])) is IpValue)),
        new("ip.isCanonical", [Form(Bool, Str) with { Cost = Costs.Traverse(2) }], args => ToIp(Text(args[0])) is var value && value is IpValue ? BoolValue.Of(value.ToString() == Text(args[0])) : value),
        new("family", [Member(Int, IpType)], args => IntValue.Of(Ip(args[0]).IsV4 ? 4 : 6)),
        Test("isUnspecified", ip => ip.IsUnspecified),
        Test("isLoopback", ip => ip.IsLoopback),
        Test("isLinkLocalMulticast", ip => ip.IsLinkLocalMulticast),
        Test("isLinkLocalUnicast", ip => ip.IsLinkLocalUnicast),
        Test("isGlobalUnicast", ip => ip.IsGlobalUnicast),
        new("cidr", [Form(CidrType, Str) with { Cost = Costs.Traverse() }], args => ToCidr(Text(args[0]))),
        new("isCIDR", [Form(Bool, Str) with { Cost = Costs.Traverse() }], args => BoolValue.Of(ToCidr(Text(args[0])) is CidrValue)),
        new("prefixLength", [Member(Int, CidrType)], args => IntValue.Of(((CidrValue)args[0]).Prefix)),
        new("masked", [Member(CidrType, CidrType)], args => (CidrValue)args[0] is var cidr ? new CidrValue(cidr.Address.Masked(cidr.Prefix), cidr.Prefix) : args[0]),
        new("containsIP", [Member(Bool, CidrType, Str) with { Cost = Costs.Both() }, Member(Bool, CidrType, IpType)], args => ContainsIp((CidrValue)args[0], args[1] is StringValue text ? ToIp(text.Value) : args[1])),
        new("containsCIDR", [Member(Bool, CidrType, Str) with { Cost = Costs.Both() }, Member(Bool, CidrType, CidrType)], args => ContainsCidr((CidrValue)args[0], args[1] is StringValue text ? ToCidr(text.Value) : args[1])),
        new("string", [Form(Str, IpType), Form(Str, CidrType)], args => new StringValue(args[0].ToString()!)),
    ];

    private static CelFunction Test(string name, Func<IpAddress, bool> test) => new(name, [Member(Bool, IpType)], args => BoolValue.Of(test(Ip(args[0]))));

    private static IpAddress Ip(CelValue value) => ((IpValue)value).Address;

    private static CelValue ToIp(string text) => IpAddress.Parse(text) switch
    {
        ({ } address, _) => new IpValue(address),
        (_, var fault) when fault.StartsWith("IP", StringComparison.Ordinal) => new ErrorValue(fault),
        (_, var fault) => new ErrorValue($"IP Address \"{text}\" parse error during conversion from string: {fault}"),
    };

    private static CelValue ToCidr(string text)
    {
        const string head = "network address parse error during conversion from string: network address parse error during conversion from string: ";
        var slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            return new ErrorValue($"{head}netip.ParsePrefix(\"{text}\"): no '/'");
        }

        if (IpAddress.Parse(text[..slash]) is not ({ } address, _))
        {
            return new ErrorValue($"{head}netip.ParsePrefix(\"{text}\"): {IpAddress.Parse(text[..slash]).Fault}");
        }

        var bits = text[(slash + 1)..];
        return int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix <= address.Width && (bits.Length == 1 || bits[0] != '0')
            ? new CidrValue(address, prefix)
            : new ErrorValue($"{head}netip.ParsePrefix(\"{text}\"): bad bits after slash: \"{bits}\"");
    }

    private static CelValue ContainsIp(CidrValue cidr, CelValue ip) => ip is IpValue { Address: var address }
        ? BoolValue.Of(address.IsV4 == cidr.Address.IsV4 && address.Masked(cidr.Prefix) == cidr.Address.Masked(cidr.Prefix))
        : ip;

    private static CelValue ContainsCidr(CidrValue cidr, CelValue other) => other is CidrValue inner
        ? BoolValue.Of(inner.Prefix >= cidr.Prefix && inner.Address.IsV4 == cidr.Address.IsV4 && inner.Address.Masked(cidr.Prefix) == cidr.Address.Masked(cidr.Prefix))
        : other;

    private sealed class IpValue(IpAddress address) : CelValue
    {
        public IpAddress Address => address;

        public override CelType Type => IpType;

        public override long Size => address.Width / 8;

        public override bool EqualTo(CelValue other) => other is IpValue ip && ip.Address == address;

        public override string ToString() => address.ToString();
    }

    private sealed class CidrValue(IpAddress address, int prefix) : CelValue
    {
        public IpAddress Address => address;

        public int Prefix => prefix;

        public override CelType Type => CidrType;

        public override long Size => (prefix + 7) / 8;

        public override bool EqualTo(CelValue other) => other is CidrValue cidr && cidr.Address == address && cidr.Prefix == prefix;

        public override string ToString() => $"{address}/{prefix}";
    }
}
