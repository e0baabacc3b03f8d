namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Run by the build of tests/Mutations: writes copies of production sources with all bugs planted, each of them asleep.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var (root, target) = (args[0], args[1]);
        try
        {
            foreach (var file in Bugs.All.SelectMany(bug => bug.Edits).GroupBy(edit => edit.File))
            {
                var path = Path.Combine(target, file.Key);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var text = Planter.Plant(File.ReadAllText(Path.Combine(root, file.Key)), [.. file]);
                // Left alone where nothing changed, so that nothing is compiled again.
                if (!File.Exists(path) || File.ReadAllText(path) != text)
                {
                    File.WriteAllText(path, text);
                }
            }

            return 0;
        }
        catch (PlantingException e)
        {
            Console.Error.WriteLine($"tests/Mutations/Catalogue : error KUBE0001: {e.Message}");
            return 1;
        }
    }
}
