namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>What watches are told.</summary>
internal static class WatchBugs
{
    private const string Send = "raftstore/Server/Watches/WatchStream.Send.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("watch-skips-on-resume", "a watch that starts in the past leaves out its first revision", Habitat.Clients, new Edit(
            "raftstore/Server/Watches/WatchHub.cs",
            "watcher.NextRevision = watcher.StartRevision;",
            """watcher.NextRevision = watcher.StartRevision + (Planted.Is("watch-skips-on-resume") ? 1 : 0);""")),
        new("watch-repeats", "a watch that reads history gets a revision from before its start again", Habitat.Clients, new Edit(
            Send,
            "_hub.Store.Changes(from, out var newest)",
            """_hub.Store.Changes(Planted.Is("watch-repeats") ? Math.Max(1, from - 1) : from, out var newest)""")),
        new("progress-too-early", "progress is announced before what it covers is sent", Habitat.Clients,
            new Edit(
                Send,
                "            if (TryDequeue(out var next))",
                """
                            if (Planted.Is("progress-too-early") && TryTakeProgress(out var early))
                            {
                                await _responses.WriteAsync(new WatchReply(early), cancellationToken);
                            }
                            else if (TryDequeue(out var next))
                """),
            new Edit(
                "raftstore/Server/Watches/WatchStream.Progress.cs",
                "if (_queue.Count > 0 || _lagging.Count > 0)",
                """if ((_queue.Count > 0 || _lagging.Count > 0) && !Planted.Is("progress-too-early"))""")),
    ];
}
