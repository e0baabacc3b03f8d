using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Xml;

namespace Kube.Api.Documentation;

/// <summary>
/// The summaries of the API's types and fields, as written in their XML documentation: what OpenAPI publishes and
/// <c>kubectl explain</c> shows. They are read once, on first use, from Kube.Api.xml beside the assembly; where that
/// file is missing every summary is null. Thread safe.
/// </summary>
public static class ApiDocs
{
    private static readonly Lazy<FrozenDictionary<string, string>> s_summaries = new(Load);

    /// <summary>True when the documentation file was found.</summary>
    public static bool IsAvailable => s_summaries.Value.Count > 0;

    /// <summary>What the type is; null when nothing is written about it.</summary>
    public static string? Summary(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return s_summaries.Value.GetValueOrDefault("T:" + Name(type));
    }

    /// <summary>What the field means; null when nothing is written about it.</summary>
    public static string? Summary(PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return s_summaries.Value.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}");
    }

    /// <summary>Reads the summaries of types and properties out of a compiler-written documentation file.</summary>
    internal static FrozenDictionary<string, string> Read(Stream documentation)
    {
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = XmlReader.Create(documentation, new XmlReaderSettings { IgnoreComments = true, IgnoreProcessingInstructions = true });
        string? member = null;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.Name == "member")
            {
                member = reader.GetAttribute("name");
            }
            else if (reader.Name == "summary" && member is ['T' or 'P', ':', ..])
            {
                summaries[member] = Text(reader.ReadSubtree());
            }
        }

        return summaries.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, string> Load()
    {
        var path = Path.ChangeExtension(Path.Combine(AppContext.BaseDirectory, typeof(ApiDocs).Assembly.GetName().Name + ".dll"), ".xml");
        if (!File.Exists(path))
        {
            return FrozenDictionary<string, string>.Empty;
        }

        using var documentation = File.OpenRead(path);
        return Read(documentation);
    }

    /// <summary>The element's text with every run of white space as one space; a reference counts as the name it refers to.</summary>
    private static string Text(XmlReader summary)
    {
        var text = new StringBuilder();
        while (summary.Read())
        {
            if (summary.NodeType == XmlNodeType.Text)
            {
                text.Append(summary.Value);
            }
            else if (summary.NodeType == XmlNodeType.Element && summary.GetAttribute("cref") is { } reference)
            {
                text.Append(reference[(reference.LastIndexOf('.') + 1)..]);
            }
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
}
