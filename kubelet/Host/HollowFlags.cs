using System.CommandLine;
using Kube.Api.Values;
using Kube.Hosting;
using Kube.Kubelet.Hollow;

namespace Kube.Kubelet.Host;

/// <summary>What the hollow nodes of a process are.</summary>
public sealed record HollowOptions
{
    /// <summary>How many nodes.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Index of the first; indexes make names, addresses and zones.</summary>
    public int First { get; init; }

    /// <summary>Name of a node; {} is its index.</summary>
    public string NamePattern { get; init; } = "hollow-{}";

    /// <summary>Zones that the nodes are spread over in turn, as zone-0, zone-1, …; 0 for no zone.</summary>
    public int Zones { get; init; }

    /// <summary>What each node has.</summary>
    public IReadOnlyDictionary<string, Quantity> Capacity { get; init; } = new Dictionary<string, Quantity>();

    /// <exception cref="StartupException">The nodes cannot all have names and addresses of their own.</exception>
    public void Check()
    {
        if (Nodes < 1 || First < 0 || First + Nodes > HollowAddresses.MaxNodes)
        {
            throw new StartupException($"--hollow-nodes {Nodes}, --hollow-first {First}: there are addresses for {HollowAddresses.MaxNodes} nodes");
        }

        if (Nodes > 1 && !NamePattern.Contains("{}", StringComparison.Ordinal))
        {
            throw new StartupException($"--hollow-name {NamePattern}: {{}} is missing, where each node has its index");
        }

        if (Capacity.TryGetValue("pods", out Quantity pods) && pods.Value() > HollowAddresses.MaxPods)
        {
            throw new StartupException($"--hollow-capacity: a hollow node has addresses for {HollowAddresses.MaxPods} pods");
        }
    }
}

/// <summary>The flags of <c>kube kubelet --runtime hollow</c>.</summary>
internal sealed class HollowFlags
{
    private readonly Option<int> _nodes = new("--hollow-nodes")
    {
        Description = "With --runtime hollow: nodes that this process plays.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    private readonly Option<int> _first = new("--hollow-first")
    {
        Description = "With --runtime hollow: index of the first node, for several processes in one cluster.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };

    private readonly Option<string> _name = new("--hollow-name")
    {
        Description = "With --runtime hollow: name of a node, {} for its index.",
        DefaultValueFactory = _ => "hollow-{}",
    };

    private readonly Option<int> _zones = new("--hollow-zones")
    {
        Description = "With --runtime hollow: zones (zone-0, zone-1, …) that nodes are labelled with in turn.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };

    private readonly Option<string> _capacity = new("--hollow-capacity")
    {
        Description = "With --runtime hollow: what each node has: resource=quantity,…",
        DefaultValueFactory = _ => "cpu=4,memory=32Gi,ephemeral-storage=100Gi,pods=110",
    };

    public HollowFlags(Command command)
    {
        foreach (Option option in (Option[])[_nodes, _first, _name, _zones, _capacity])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="StartupException">The capacity cannot be read, or the nodes cannot be told apart.</exception>
    public HollowOptions Read(ParseResult parsed)
    {
        HollowOptions options = new()
        {
            Nodes = parsed.GetValue(_nodes),
            First = parsed.GetValue(_first),
            NamePattern = parsed.GetValue(_name)!,
            Zones = parsed.GetValue(_zones),
            Capacity = ParseCapacity(parsed.GetValue(_capacity)!),
        };
        options.Check();
        return options;
    }

    private static Dictionary<string, Quantity> ParseCapacity(string text)
    {
        try
        {
            return text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(p => p.Split('=', 2))
                .ToDictionary(p => p[0], p => Quantity.Parse(p.Length == 2 ? p[1] : ""), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new StartupException($"--hollow-capacity {text}: {e.Message}", e);
        }
    }
}
