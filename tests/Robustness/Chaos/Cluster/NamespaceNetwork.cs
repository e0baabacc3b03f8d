using System.Globalization;
using System.Text;
using Kube.Robustness.Chaos.Isolation;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>
/// A network namespace for each member, tied by a veth pair to a bridge in this process's own namespace, where the
/// clients are. Every member filters what it receives, so that each direction of a link can be cut on its own.
/// </summary>
internal sealed class NamespaceNetwork : INetwork
{
    private const string Prefix = "10.99.0.";
    private const string Names = "/run/netns";
    private const int FirstHost = 10;
    private readonly SortedSet<int> _members = [];
    private readonly Dictionary<int, string> _rules = [];

    private NamespaceNetwork()
    {
    }

    public bool CanFail => true;

    /// <summary>Makes the bridge. The process must be alone in a network and a mount namespace.</summary>
    public static async Task<NamespaceNetwork> CreateAsync()
    {
        // Names of namespaces are files; a file system of our own keeps them out of the machine's list.
        Directory.CreateDirectory(Names);
        await Tool.RunAsync("mount", "-t", "tmpfs", "tmpfs", Names);
        await Tool.RunAsync("ip", "link", "set", "lo", "up");
        await Tool.RunAsync("ip", "link", "add", "br0", "type", "bridge");
        await Tool.RunAsync("ip", "addr", "add", Ip(0) + "/24", "dev", "br0");
        await Tool.RunAsync("ip", "link", "set", "br0", "up");
        return new NamespaceNetwork();
    }

    public async Task<MemberAddress> AddAsync(int number)
    {
        var name = $"m{number}";
        if (_members.Add(number))
        {
            await Tool.RunAsync("ip", "netns", "add", name);
            await Tool.RunAsync("ip", "link", "add", $"v{number}", "type", "veth", "peer", "name", "eth0", "netns", name);
            await Tool.RunAsync("ip", "link", "set", $"v{number}", "master", "br0", "up");
            await Tool.RunAsync("ip", "-n", name, "addr", "add", Ip(number) + "/24", "dev", "eth0");
            await Tool.RunAsync("ip", "-n", name, "link", "set", "eth0", "up");
            await Tool.RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        }

        return new MemberAddress(number, Ip(number), 2379, 2380);
    }

    public IReadOnlyList<string> Enter(int number) => ["nsenter", $"--net={Names}/m{number}"];

    public async Task SetLossAsync(IReadOnlyDictionary<(int From, int To), int> percent)
    {
        foreach (var to in (int[])[0, .. _members])
        {
            var rules = Rules(percent.Where(link => link.Key.To == to && link.Value > 0).OrderBy(link => link.Key.From)
                .Select(link => (link.Key.From, link.Value)));
            if (_rules.GetValueOrDefault(to, "") == rules)
            {
                continue;
            }

            _rules[to] = rules;
            string[] command = [.. to == 0 ? [] : Enter(to), "nft", "-f", "-"];
            await Tool.FeedAsync("flush ruleset\n" + rules, command[0], command[1..]);
        }
    }

    public Task SetRateAsync(int number, int? kbits) => kbits is { } rate
        ? Tool.RunAsync("tc", "qdisc", "replace", "dev", $"v{number}", "root", "tbf", "rate", $"{rate}kbit", "burst", "8kb", "latency", "400ms")
        : Tool.RunAsync("tc", "qdisc", "del", "dev", $"v{number}", "root");

    private static string Rules(IEnumerable<(int From, int Percent)> losses)
    {
        var text = new StringBuilder();
        foreach (var (from, percent) in losses)
        {
            var chance = percent >= 100 ? "" : string.Create(CultureInfo.InvariantCulture, $"numgen random mod 100 < {percent} ");
            text.Append(CultureInfo.InvariantCulture, $"    ip saddr {Ip(from)} {chance}drop\n");
        }

        return text.Length == 0 ? "" : $"table inet chaos {{\n  chain input {{\n    type filter hook input priority 0;\n{text}  }}\n}}\n";
    }

    private static string Ip(int number) => Prefix + (number == 0 ? 1 : FirstHost + number).ToString(CultureInfo.InvariantCulture);
}
