using System.Text.Json.Nodes;
using Kube.Api.Meta.V1;

namespace Kube.Api.Printing;

/// <summary>How one kind is shown: its columns, and the cells of an object.</summary>
/// <param name="Columns">The columns, in order.</param>
/// <param name="Cells">The object's cells, one for each column: text, long, int, bool or null.</param>
internal sealed record KindPrinter(IReadOnlyList<TableColumnDefinition> Columns, Func<JsonView, DateTimeOffset, object?[]> Cells)
{
    /// <summary>What the row says of a finished object; null for kinds that never finish.</summary>
    public Func<JsonView, TableRowCondition?>? Condition { get; init; }

    public static TableColumnDefinition NameColumn { get; } =
        new() { Name = "Name", Type = "string", Format = "name", Description = "The object's name, unique within its kind and namespace.", Priority = 0 };

    public static TableColumnDefinition AgeColumn { get; } = Column("Age", "string", "Time since the object was created.");

    public static TableColumnDefinition CreatedAtColumn { get; } = Column("Created At", "date", "Time at which the object was created.");

    public static TableColumnDefinition Column(string name, string type, string description) =>
        new() { Name = name, Type = type, Format = "", Description = description, Priority = 0 };

    /// <summary>A column that only -o wide shows.</summary>
    public static TableColumnDefinition Wide(string name, string description, string type = "string") =>
        new() { Name = name, Type = type, Format = "", Description = description, Priority = 1 };

    public static string Name(JsonView item) => item["metadata"]["name"].Text;

    public static string Age(JsonView item, DateTimeOffset now) => HumanDuration.Since(item["metadata"]["creationTimestamp"].Time, now);

    public static bool IsBeingDeleted(JsonView item) => item["metadata"]["deletionTimestamp"].Exists;

    public static string CreatedAt(JsonView item) =>
        item["metadata"]["creationTimestamp"].Time is { } time ? new Values.Time(time).ToString() : CellText.Unknown;

    public TableRow Row(JsonView item, DateTimeOffset now)
    {
        var cells = Cells(item, now);
        Base.Invariant.Check(cells.Length == Columns.Count, "a row has as many cells as the table has columns");
        var condition = Condition?.Invoke(item);
        return new TableRow { Cells = [.. cells.Select(Node)], Conditions = condition is null ? null : [condition] };
    }

    private static JsonNode? Node(object? cell) => cell switch
    {
        null => null,
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        int number => JsonValue.Create((long)number),
        bool flag => JsonValue.Create(flag),
        _ => throw new InvalidOperationException($"a cell cannot be a {cell.GetType().Name}"),
    };
}
