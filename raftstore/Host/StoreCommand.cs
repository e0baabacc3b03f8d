using System.CommandLine;

namespace Kube.RaftStore.Host;

/// <summary>`kube store`: runs a member of the store, looks at its data, or makes it from a snapshot.</summary>
public static class StoreCommand
{
    public static Command Create()
    {
        var command = new Command("store", "The replicated store that speaks etcd v3.");
        command.Subcommands.Add(ServeCommand.Create());
        command.Subcommands.Add(VerifyCommand.Create());
        command.Subcommands.Add(RestoreCommand.Create());
        return command;
    }
}
