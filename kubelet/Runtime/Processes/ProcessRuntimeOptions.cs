using System.Net;
using System.Security.Cryptography;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Where the process runtime keeps its state and what its pods' addresses are.</summary>
public sealed record ProcessRuntimeOptions
{
    /// <summary>Directory for state, raw output and working directories; one runtime at a time may use it.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>
    /// The node's address. On a loopback node every pod gets a loopback address of its own, so that pods with the same
    /// port can live side by side when they bind their pod's address; elsewhere pods have the node's address.
    /// </summary>
    public IPAddress NodeAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Makes sandbox and container identifiers: 64 hexadecimal digits.</summary>
    public Func<string> NewId { get; init; } = static () => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
