using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kube.Api.Meta.V1;

namespace Kube.Api.Printing;

/// <summary>
/// The tables that <c>kubectl get</c> prints: for each built-in kind the columns, and for an object its cells. Columns
/// of priority 1 are the ones <c>-o wide</c> adds. A kind without columns of its own shows name and age. Thread safe;
/// an odd object gives odd cells, never an error.
/// </summary>
public static class TablePrinter
{
    private static readonly KindPrinter s_any = new(
        [KindPrinter.NameColumn, KindPrinter.AgeColumn],
        (item, now) => [KindPrinter.Name(item), KindPrinter.Age(item, now)]);

    private static readonly FrozenDictionary<(string Group, string Kind), KindPrinter> s_printers = AllPrinters().ToFrozenDictionary();

    /// <summary>The columns of a kind.</summary>
    /// <param name="group">API group, empty for core.</param>
    /// <param name="kind">The kind, such as Pod.</param>
    public static IReadOnlyList<TableColumnDefinition> Columns(string group, string kind) => Find(group, kind).Columns;

    /// <summary>True when the kind has columns of its own.</summary>
    public static bool Knows(string group, string kind) => s_printers.ContainsKey((group, kind));

    /// <summary>
    /// The row of an object: cells, and a Completed condition for a finished pod. The row's object is left to the caller.
    /// </summary>
    /// <param name="group">API group, empty for core.</param>
    /// <param name="kind">The kind, such as Pod.</param>
    /// <param name="item">The object; it is only read.</param>
    /// <param name="now">The moment ages are counted to.</param>
    public static TableRow Row(string group, string kind, JsonObject item, DateTimeOffset now) =>
        Find(group, kind).Row(new JsonView(item), now);

    private static KindPrinter Find(string group, string kind) => s_printers.GetValueOrDefault((group, kind), s_any);

    private static IEnumerable<KeyValuePair<(string Group, string Kind), KindPrinter>> AllPrinters() =>
        new[]
        {
            CorePrinters.All, EventPrinters.All, WorkloadPrinters.All, BatchPrinters.All, NetworkPrinters.All, StoragePrinters.All,
            AccessPrinters.All, PolicyPrinters.All, ExtensionPrinters.All,
        }.SelectMany(printers => printers).Select(entry => KeyValuePair.Create((entry.Group, entry.Kind), entry.Printer));
}
