namespace Kube.EndToEnd.Tests;

/// <summary>Finds kubectl of a version: kubectl.MINOR beside the kubectl on PATH, else that kubectl itself.</summary>
internal static class KubectlVersions
{
    public static string Find(string version)
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'))
        {
            var kubectl = Path.Combine(directory, "kubectl");
            if (File.Exists(kubectl))
            {
                var real = new FileInfo(kubectl).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? kubectl;
                var versioned = Path.Combine(Path.GetDirectoryName(real)!, "kubectl." + version);
                return File.Exists(versioned) ? versioned : kubectl;
            }
        }

        return "kubectl";
    }
}
