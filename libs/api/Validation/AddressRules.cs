using System.Net;
using System.Net.Sockets;

namespace Kube.Api.Validation;

/// <summary>
/// Rules of IP addresses and ranges of them, as Kubernetes reads them: four decimal numbers, which may have leading
/// zeros, or IPv6 without a zone.
/// </summary>
internal static class AddressRules
{
    private const string NoAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    private const string NoRange = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

    internal static bool TryAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            // What else .NET takes for an address (brackets, ports, zones) is none here.
            return text.All(static c => char.IsAsciiHexDigit(c) || c is ':' or '.') && IPAddress.TryParse(text, out address!);
        }

        var parts = text.Split('.');
        if (parts.Length != 4 || !parts.All(static part => part.Length > 0 && part.All(char.IsAsciiDigit)))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!byte.TryParse(parts[i], out bytes[i]))
            {
                return false;
            }
        }

        address = new IPAddress(bytes);
        return true;
    }

    /// <summary>An address with a prefix length; what the prefix leaves open may be set, as Kubernetes has it.</summary>
    internal static bool TryRange(string text, out IPNetwork range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryAddress(text[..slash], out var address)
            || !byte.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
        {
            return false;
        }

        for (var bit = (int)length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        range = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    internal static bool IsIPv6(string text) => TryAddress(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    internal static bool CheckAddress(ErrorList errors, string text, string path)
    {
        if (TryAddress(text, out _))
        {
            return true;
        }

        errors.Add(FieldError.Invalid(path, text, NoAddress));
        return false;
    }

    internal static bool CheckRange(ErrorList errors, string text, string path)
    {
        if (TryRange(text, out _))
        {
            return true;
        }

        errors.Add(FieldError.Invalid(path, text, NoRange));
        return false;
    }

    /// <summary>True when the addresses are of both families.</summary>
    internal static bool IsDualStack(IReadOnlyList<string> addresses) => addresses.Any(IsIPv6) && !addresses.All(IsIPv6);

    /// <summary>Addresses that name nobody, the host itself or its neighbours alone are no endpoints.</summary>
    /// <param name="errors">Where faults go.</param>
    /// <param name="text">The address.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="loopback">True where the host itself may be meant: Kubernetes refuses that, but a cluster on one machine has its servers and pods there.</param>
    internal static void CheckNotSpecial(ErrorList errors, string text, string path, bool loopback = false)
    {
        if (!TryAddress(text, out var address))
        {
            errors.Add(FieldError.Invalid(path, text, "must be a valid IP address"));
            return;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Add(FieldError.Invalid(path, text, $"may not be unspecified ({text})"));
        }

        var bytes = address.GetAddressBytes();
        var four = bytes.Length == 4;
        if (!loopback && IPAddress.IsLoopback(address))
        {
            errors.Add(FieldError.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
        }

        if (four ? bytes[0] == 169 && bytes[1] == 254 : address.IsIPv6LinkLocal)
        {
            errors.Add(FieldError.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
        }

        if (four ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xff && (bytes[1] & 0x0f) == 0x02)
        {
            errors.Add(FieldError.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
        }
    }
}
