using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kube.Commands;

/// <summary>The words that lead to the command that a command line named, for messages.</summary>
internal static class CommandPath
{
    public static string Of(ParseResult parsed)
    {
        var words = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = result.Parent)
        {
            words.Insert(0, command.Command.Name);
        }

        words.Insert(0, "kube");
        return string.Join(' ', words);
    }
}
