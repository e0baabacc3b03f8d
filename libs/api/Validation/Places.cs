using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Parts of an object together with where they stand, as faults name it.</summary>
internal static class Places
{
    /// <summary>The objects of a list: spec.containers[0], spec.containers[1] …</summary>
    internal static IEnumerable<(JsonObject Item, string Path)> Placed(this JsonObject? obj, string member, string path) =>
        obj.Items(member).Select((item, i) => (item, $"{path}.{member}[{i}]"));

    /// <summary>The texts of a list.</summary>
    internal static IEnumerable<(string Text, string Path)> PlacedTexts(this JsonObject? obj, string member, string path) =>
        obj.Texts(member).Select((text, i) => (text, $"{path}.{member}[{i}]"));

    /// <summary>The whole numbers of a list.</summary>
    internal static IEnumerable<(long Number, string Path)> PlacedNumbers(this JsonObject? obj, string member, string path) =>
        (obj.List(member) ?? []).Select((node, i) => (JsonAccess.Whole(node) ?? 0, $"{path}.{member}[{i}]"));
}
