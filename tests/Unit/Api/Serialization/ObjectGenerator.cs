using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Base;

namespace Kube.Api.Tests.Serialization;

/// <summary>Makes random canonical objects of any schema from a seed.</summary>
internal sealed class ObjectGenerator(ulong seed)
{
    private readonly Prng _random = new(seed);

    internal JsonObject Make(KindInfo kind)
    {
        var obj = Make(kind.Schema, 0);
        obj["apiVersion"] = kind.ApiVersion;
        obj["kind"] = kind.Kind;
        SchemaCheck.Apply(obj, kind.Schema, FieldValidation.Strict);
        return obj;
    }

    private int Below(int bound) => (int)(_random.NextUInt64() % (ulong)bound);

    private JsonObject Make(ObjectSchema schema, int depth)
    {
        var obj = new JsonObject();
        foreach (var field in schema.Fields)
        {
            if (field.Number > 0 && Below(depth < 3 ? 3 : 12) == 0)
            {
                obj[field.Name] = Make(field.Value, depth);
            }
        }

        return obj;
    }

    private JsonNode? Make(ValueSchema value, int depth)
    {
        switch (value.Kind)
        {
            case ValueKind.String: return Text();
            case ValueKind.Boolean: return Below(2) == 0;
            case ValueKind.Int32: return JsonTree.Number(Below(4) == 0 ? -1 : Below(100_000));
            case ValueKind.Int64: return JsonTree.Number((long)_random.NextUInt64());
            case ValueKind.Double: return JsonTree.Number(Below(1000) / 8.0);
            case ValueKind.Bytes: return Convert.ToBase64String(BitConverter.GetBytes(_random.NextUInt64()).AsSpan(0, Below(8)));
            case ValueKind.Quantity: return Below(2) == 0 ? $"{Below(1000)}m" : $"{Below(1000)}Mi";
            case ValueKind.Time: return DateTimeOffset.FromUnixTimeSeconds(Below(int.MaxValue)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
            case ValueKind.MicroTime: return DateTimeOffset.FromUnixTimeMilliseconds(Below(int.MaxValue)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", null);
            case ValueKind.IntOrString: return Below(2) == 0 ? Text() : JsonTree.Number(Below(1000) - 5);
            case ValueKind.Duration: return $"{Below(59) + 1}s";
            case ValueKind.RawJson: return JsonNode.Parse("""{"f:a":{"k:{\"x\":1}":{".":{}}},"n":null,"l":[1,"x",true]}""");
            case ValueKind.Object: return Make(value.Object!, depth + 1);
        }

        var count = 1 + Below(3);
        if (value.Kind == ValueKind.List)
        {
            return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Make(value.Element!, depth + 1))]);
        }

        var map = new JsonObject();
        for (var i = 0; i < count; i++)
        {
            map["k" + Text()] = Make(value.Element!, depth + 1);
        }

        return map;
    }

    private string Text() => Below(8) == 0 ? "" : Below(8) == 0 ? "ü€\u0000𝄞\"\\" : "t" + Below(10_000);
}
