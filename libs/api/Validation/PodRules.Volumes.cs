using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Volumes.</content>
internal static partial class PodRules
{
    /// <summary>Checks the volumes; returns the names of the well-formed ones.</summary>
    private static HashSet<string> CheckVolumes(ErrorList errors, JsonObject spec, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var volume in spec.Items("volumes"))
        {
            var at = $"{path}[{i++}]";
            var sources = volume.Where(p => p.Key != "name" && p.Value is not null).Select(p => p.Key).ToList();
            if (sources.Count == 0)
            {
                errors.Add(FieldError.Required(at, "must specify a volume type"));
            }

            foreach (var extra in sources.Skip(1))
            {
                errors.Add(FieldError.Forbidden($"{at}.{extra}", "may not specify more than 1 volume type"));
            }

            CheckSource(errors, volume, at);
            var name = volume.Text("name");
            if (!errors.Require(at + ".name", name))
            {
                continue;
            }

            errors.AddInvalid(at + ".name", name, NameRules.DnsLabel(name!));
            if (!names.Add(name!))
            {
                errors.Add(FieldError.Duplicate(at + ".name", name));
            }
        }

        return names;
    }

    private static void CheckSource(ErrorList errors, JsonObject volume, string path)
    {
        if (volume.Map("secret") is { } secret)
        {
            errors.Require(path + ".secret.secretName", secret.Text("secretName"));
            CheckKeys(errors, secret, path + ".secret");
        }

        if (volume.Map("configMap") is { } map)
        {
            errors.Require(path + ".configMap.name", map.Text("name"));
            CheckKeys(errors, map, path + ".configMap");
        }

        if (volume.Map("persistentVolumeClaim") is { } claim)
        {
            errors.Require(path + ".persistentVolumeClaim.claimName", claim.Text("claimName"));
        }

        if (volume.Map("hostPath") is { } host)
        {
            CheckHostPath(errors, host, path + ".hostPath");
        }
    }

    private static void CheckHostPath(ErrorList errors, JsonObject host, string path)
    {
        if (errors.Require(path + ".path", host.Text("path")) && host.Text("path")!.Split('/').Contains(".."))
        {
            errors.Add(FieldError.Invalid(path + ".path", host.Text("path"), "must not contain '..'"));
        }

        if (host.Text("type") is { Length: > 0 } type)
        {
            errors.OneOf(path + ".type", type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
        }
    }

    private static void CheckKeys(ErrorList errors, JsonObject source, string path)
    {
        var i = 0;
        foreach (var item in source.Items("items"))
        {
            var at = $"{path}.items[{i++}]";
            errors.Require(at + ".key", item.Text("key"));
            if (errors.Require(at + ".path", item.Text("path")))
            {
                CheckLocalPath(errors, item.Text("path")!, at + ".path");
            }
        }
    }
}
