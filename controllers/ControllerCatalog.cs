using Kube.Controllers.Deployments;
using Kube.Controllers.ReplicaSets;

namespace Kube.Controllers;

/// <summary>Every controller there is, by the name that --controllers takes.</summary>
public static class ControllerCatalog
{
    private static readonly Entry[] _entries =
    [
        new("deployment-controller", "deployment", static (context, options) => new DeploymentController(context, options.ConcurrentDeploymentSyncs)),
        new("replicaset-controller", "replicaset", static (context, options) => new ReplicaSetController(context, options.ConcurrentReplicaSetSyncs)),
    ];

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _entries.Select(static entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Throws ArgumentException, with a line for people, for a name that is no controller's.</summary>
    public static void Validate(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (name != "*" && !Array.Exists(_entries, entry => entry.IsCalled(name.TrimStart('-'))))
            {
                throw new ArgumentException($"\"{name}\" is not in the list of known controllers");
            }
        }
    }

    /// <summary>Makes the controllers that the options ask for. Their handlers are set; nothing runs yet.</summary>
    public static IReadOnlyList<IController> Create(ControllerContext context, ControllersOptions options)
    {
        Validate(options.Controllers);
        return [.. _entries.Where(entry => IsEnabled(entry, options.Controllers)).Select(entry => entry.Create(context, options)).OfType<IController>()];
    }

    private static bool IsEnabled(Entry entry, IReadOnlyList<string> names)
    {
        if (names.Any(entry.IsCalled))
        {
            return true;
        }

        return names.Contains("*") && !names.Any(name => name.StartsWith('-') && entry.IsCalled(name[1..]));
    }

    /// <summary>A controller may turn out not to be wanted (null): its feature is off in the options.</summary>
    private sealed record Entry(string Name, string Alias, Func<ControllerContext, ControllersOptions, IController?> Create)
    {
        public bool IsCalled(string name) => name == Name || name == Alias;
    }
}
