using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kube.ApiServer.Registry.Services;

/// <summary>A range of IPv4 addresses in CIDR form, whose first and last address are nobody's. Immutable.</summary>
public sealed class AddressRange
{
    private readonly uint _first;

    private AddressRange(string text, uint first, uint size)
    {
        Text = text;
        _first = first;
        Size = size;
    }

    /// <summary>As given: 10.96.0.0/16.</summary>
    public string Text { get; }

    /// <summary>Number of addresses, the two unusable ones included.</summary>
    public uint Size { get; }

    /// <summary>Reads CIDR notation; null when it is not an IPv4 range of at least four addresses.</summary>
    public static AddressRange? TryParse(string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out var network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork || network.PrefixLength is > 30 or < 8)
        {
            return null;
        }

        return new AddressRange(cidr, ToNumber(network.BaseAddress), 1u << (32 - network.PrefixLength));
    }

    /// <summary>The address at an index: 1 for the first usable one.</summary>
    public string At(uint index)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _first + index);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>True for a usable address of the range.</summary>
    public bool Contains(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        var index = ToNumber(parsed) - _first;
        return index > 0 && index < Size - 1;
    }

    private static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
