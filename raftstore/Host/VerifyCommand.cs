using System.CommandLine;
using System.Globalization;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Host;

/// <summary>`kube store verify`: reads a data directory that no member uses and says whether it is sound.</summary>
internal static class VerifyCommand
{
    /// <summary>The directory is damaged.</summary>
    public const int Corrupt = 1;

    /// <summary>It could not be looked at: no data directory, of another format, or in use.</summary>
    public const int NotVerified = 2;

    public static Command Create()
    {
        var dataDir = new Option<string>("--data-dir") { Description = "Directory of a member's data.", Required = true };
        var command = new Command(
            "verify",
            "Reads a member's data directory to the end, every record and every snapshot, and changes nothing. "
            + "The member must not run. Exit code 0: sound; 1: damaged, with file and offset; 2: could not be looked at.");
        command.Options.Add(dataDir);
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(dataDir), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    internal static int Run(string directory, TextWriter output, TextWriter error)
    {
        try
        {
            Print(StorageVerifier.Verify(directory), output);
            return 0;
        }
        catch (StorageCorruptException e)
        {
            error.WriteLine($"kube store verify: {directory} is damaged: {e.Message}");
            return Corrupt;
        }
        catch (Exception e) when (e is DataDirectoryException or StorageFaultException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"kube store verify: {e.Message}");
            return NotVerified;
        }
    }

    private static void Print(StorageReport report, TextWriter output)
    {
        void Line(string name, FormattableString value) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name + ":",-12}{value.ToString(CultureInfo.InvariantCulture)}"));

        Line("cluster", $"{report.Identity.ClusterId:x}");
        Line("member", $"{report.Identity.MemberId:x}");
        Line("log", $"{report.Segments} segments, {report.Records} records");
        if (report is { FirstEntry: { } first, LastEntry: { } last })
        {
            Line("entries", $"{first.Index} to {last.Index}, the last of term {last.Term}");
        }
        else
        {
            Line("entries", $"none");
        }
        Line("hard state", $"term {report.HardState.Term}, vote {report.HardState.Vote:x}, commit {report.HardState.Commit} at least");
        var members = report.Snapshot.Configuration;
        Line("snapshot", $"index {report.Snapshot.Index}, term {report.Snapshot.Term}");
        Line("voters", $"{Names(members.Voters)}");
        if (members.Learners.Count > 0)
        {
            Line("learners", $"{Names(members.Learners)}");
        }
        if (members.VotersOutgoing.Count > 0)
        {
            Line("leaving", $"{Names(members.VotersOutgoing)}");
        }
        if (report.TornBytes > 0)
        {
            Line("torn", $"{report.TornBytes} bytes at the end, of a write that a crash cut short: the next start removes them");
        }
        output.WriteLine("sound");
    }

    private static string Names(IReadOnlyList<ulong> members)
        => string.Join(' ', members.Select(static member => member.ToString("x", CultureInfo.InvariantCulture)));
}
