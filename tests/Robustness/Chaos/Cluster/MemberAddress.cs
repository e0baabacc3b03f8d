namespace Kube.Robustness.Chaos.Cluster;

/// <summary>Where a member is reached.</summary>
/// <param name="Number">1 for the first member; also its number in the network's rules, where 0 is the clients.</param>
internal sealed record MemberAddress(int Number, string Ip, int ClientPort, int PeerPort)
{
    public string Name => $"m{Number}";

    public string ClientUrl => $"https://{Ip}:{ClientPort}";

    public string PeerUrl => $"https://{Ip}:{PeerPort}";
}
