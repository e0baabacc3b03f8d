using System.Net;

namespace Kube.Kubelet.Hollow;

/// <summary>
/// Addresses of hollow nodes and their pods: node i is 172.(16 + i/65536).b.c, its pods are 10.b.c.1 to 10.b.c.254. Nothing
/// answers there. One value for each node; not thread-safe.
/// </summary>
internal sealed class HollowAddresses(int node)
{
    /// <summary>Most pods that a hollow node has addresses for.</summary>
    public const int MaxPods = 254;

    /// <summary>Nodes that have addresses: 10.96.0.0/16 and above belong to services.</summary>
    public const int MaxNodes = 96 * 256;

    private readonly UInt128[] _taken = new UInt128[2];

    /// <summary>The node's own address.</summary>
    public string Node { get; } = $"172.{16 + (node >> 16)}.{(node >> 8) & 255}.{node & 255}";

    /// <summary>Takes the lowest free address, or null when none is left.</summary>
    public string? Take()
    {
        for (int half = 0; half < 2; half++)
        {
            int bit = (int)UInt128.TrailingZeroCount(~_taken[half]);
            int host = (half * 128) + bit + 1;
            if (bit < 128 && host <= MaxPods)
            {
                _taken[half] |= UInt128.One << bit;
                return Address(host);
            }
        }

        return null;
    }

    /// <summary>Takes this address, which a pod has had before; false when it is another's or not one of this node's.</summary>
    public bool Take(string address)
    {
        if (!TryHost(address, out int host) || (_taken[(host - 1) >> 7] & Bit(host)) != 0)
        {
            return false;
        }

        _taken[(host - 1) >> 7] |= Bit(host);
        return true;
    }

    /// <summary>Gives an address back.</summary>
    public void Free(string address)
    {
        if (TryHost(address, out int host))
        {
            _taken[(host - 1) >> 7] &= ~Bit(host);
        }
    }

    private static UInt128 Bit(int host) => UInt128.One << ((host - 1) & 127);

    private string Address(int host) => $"10.{node >> 8}.{node & 255}.{host}";

    private bool TryHost(string address, out int host)
    {
        host = 0;
        if (!IPAddress.TryParse(address, out IPAddress? ip))
        {
            return false;
        }

        byte[] bytes = ip.GetAddressBytes();
        host = bytes[^1];
        return bytes.Length == 4 && host is > 0 and <= MaxPods && address == Address(host);
    }
}
