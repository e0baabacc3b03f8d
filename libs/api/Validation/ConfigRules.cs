using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of config maps and secrets.</summary>
internal static class ConfigRules
{
    private const int MaxSizeBytes = 1024 * 1024;
    private const string ImmutableDetail = "field is immutable when `immutable` is set";

    internal static void CheckConfigMap(ErrorList errors, JsonObject map)
    {
        var sizeBytes = 0L;
        foreach (var (key, value) in map.Map("data") ?? [])
        {
            errors.AddInvalid($"data[{key}]", key, NameRules.ConfigKey(key));
            if (map.Map("binaryData")?.ContainsKey(key) == true)
            {
                errors.Add(FieldError.Invalid($"data[{key}]", key, "duplicate of key present in binaryData"));
            }

            sizeBytes += Encoding.UTF8.GetByteCount((string?)value ?? "");
        }

        foreach (var (key, value) in map.Map("binaryData") ?? [])
        {
            errors.AddInvalid($"binaryData[{key}]", key, NameRules.ConfigKey(key));
            sizeBytes += DecodedLength(value);
        }

        if (sizeBytes > MaxSizeBytes)
        {
            // The fault concerns the object as a whole, so its path is empty.
            errors.Add(FieldError.TooLong("", MaxSizeBytes));
        }
    }

    internal static void CheckConfigMapUpdate(ErrorList errors, JsonObject map, JsonObject old) =>
        CheckImmutable(errors, map, old, "data", "binaryData");

    internal static void CheckSecret(ErrorList errors, JsonObject secret)
    {
        var data = secret.Map("data");
        var sizeBytes = 0L;
        foreach (var (key, value) in data ?? [])
        {
            errors.AddInvalid($"data[{key}]", key, NameRules.ConfigKey(key));
            sizeBytes += DecodedLength(value);
        }

        if (sizeBytes > MaxSizeBytes)
        {
            errors.Add(FieldError.TooLong("data", MaxSizeBytes));
        }

        CheckSecretType(errors, secret, data);
    }

    private static void CheckSecretType(ErrorList errors, JsonObject secret, JsonObject? data)
    {
        switch (secret.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                errors.Require("metadata.annotations[kubernetes.io/service-account.name]", secret.Map("metadata").Map("annotations").Text("kubernetes.io/service-account.name"));
                break;
            case "kubernetes.io/dockercfg":
                CheckJson(errors, data, ".dockercfg");
                break;
            case "kubernetes.io/dockerconfigjson":
                CheckJson(errors, data, ".dockerconfigjson");
                break;
            case "kubernetes.io/basic-auth":
                if (data?.ContainsKey("username") != true && data?.ContainsKey("password") != true)
                {
                    errors.Add(FieldError.Required("data[username]"));
                    errors.Add(FieldError.Required("data[password]"));
                }

                break;
            case "kubernetes.io/ssh-auth":
                errors.Require("data[ssh-privatekey]", data.Text("ssh-privatekey"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in (string[])["tls.crt", "tls.key"])
                {
                    if (data?.ContainsKey(key) != true)
                    {
                        errors.Add(FieldError.Required($"data[{key}]"));
                    }
                }

                break;
        }
    }

    private static void CheckJson(ErrorList errors, JsonObject? data, string key)
    {
        if (data.Text(key) is not { } text)
        {
            errors.Add(FieldError.Required($"data[{key}]"));
            return;
        }

        try
        {
            JsonTree.ParseObject(ScalarText.FromBase64(text));
        }
        catch (DecodeException e)
        {
            errors.Add(FieldError.Invalid($"data[{key}]", "<secret contents redacted>", e.Message));
        }
    }

    internal static void CheckSecretUpdate(ErrorList errors, JsonObject secret, JsonObject old)
    {
        if (secret.Text("type") != old.Text("type"))
        {
            errors.Add(FieldError.Invalid("type", secret.Text("type"), "field is immutable"));
        }

        CheckImmutable(errors, secret, old, "data");
    }

    private static void CheckImmutable(ErrorList errors, JsonObject obj, JsonObject old, params ReadOnlySpan<string> fields)
    {
        if (old.Flag("immutable") != true)
        {
            return;
        }

        if (obj.Flag("immutable") != true)
        {
            errors.Add(FieldError.Forbidden("immutable", ImmutableDetail));
        }

        foreach (var field in fields)
        {
            if (!JsonNode.DeepEquals(obj[field], old[field]))
            {
                errors.Add(FieldError.Forbidden(field, ImmutableDetail));
            }
        }
    }

    private static long DecodedLength(JsonNode? base64)
    {
        var text = (string?)base64 ?? "";
        return (text.Length / 4L * 3) - text.AsSpan().Count('=');
    }
}
