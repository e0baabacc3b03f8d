using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Kube.Rpc.Services.Reflection;

/// <summary>
/// The descriptors of some services and of all they use, found by file, by full name and by extension. Immutable.
/// </summary>
public sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = [];
    private readonly Dictionary<string, FileDescriptor> _symbols = [];
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = [];

    /// <summary>Indexes the files of the services and what they import.</summary>
    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            names.Add(service.FullName);
            AddFile(service.File);
        }

        ServiceNames = [.. names];
    }

    /// <summary>Full names of the services, in order.</summary>
    public IReadOnlyList<string> ServiceNames { get; }

    /// <summary>The file of that path, or null.</summary>
    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    /// <summary>The file that declares a service, method, message, field, oneof, enum, enum value or extension, or null.</summary>
    public FileDescriptor? FindSymbol(string fullName) => _symbols.GetValueOrDefault(fullName.TrimStart('.'));

    /// <summary>The file that declares an extension of a message, or null.</summary>
    public FileDescriptor? FindExtension(string message, int number) =>
        _extensions.GetValueOrDefault(message.TrimStart('.'))?.GetValueOrDefault(number);

    /// <summary>The numbers of a message's extensions in order; null when there is no such message.</summary>
    public IReadOnlyList<int>? FindExtensionNumbers(string message)
    {
        var name = message.TrimStart('.');
        if (_extensions.TryGetValue(name, out var extensions))
        {
            return [.. extensions.Keys];
        }

        return _symbols.TryGetValue(name, out var file) && IsMessage(file, name) ? [] : null;
    }

    private static bool IsMessage(FileDescriptor file, string name)
    {
        var pending = new Stack<MessageDescriptor>(file.MessageTypes);
        while (pending.TryPop(out var message))
        {
            if (message.FullName == name)
            {
                return true;
            }

            foreach (var nested in message.NestedTypes)
            {
                pending.Push(nested);
            }
        }

        return false;
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _symbols.TryAdd(service.FullName, file);
            foreach (var method in service.Methods)
            {
                _symbols.TryAdd(method.FullName, file);
            }
        }

        foreach (var message in file.MessageTypes)
        {
            AddMessage(message, file);
        }

        foreach (var type in file.EnumTypes)
        {
            AddEnum(type, file);
        }

        foreach (var extension in file.Extensions.UnorderedExtensions)
        {
            AddExtension(extension, file);
        }

        foreach (var dependency in file.Dependencies)
        {
            AddFile(dependency);
        }
    }

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        _symbols.TryAdd(message.FullName, file);
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _symbols.TryAdd(field.FullName, file);
        }

        foreach (var oneof in message.Oneofs)
        {
            _symbols.TryAdd(oneof.FullName, file);
        }

        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested, file);
        }

        foreach (var type in message.EnumTypes)
        {
            AddEnum(type, file);
        }

        foreach (var extension in message.Extensions.UnorderedExtensions)
        {
            AddExtension(extension, file);
        }
    }

    private void AddEnum(EnumDescriptor type, FileDescriptor file)
    {
        _symbols.TryAdd(type.FullName, file);

        // The names of an enum's values are siblings of the enum, not its children.
        var scope = type.FullName[..^type.Name.Length];
        foreach (var value in type.Values)
        {
            _symbols.TryAdd(scope + value.Name, file);
        }
    }

    private void AddExtension(FieldDescriptor extension, FileDescriptor file)
    {
        _symbols.TryAdd(extension.FullName, file);
        var target = extension.ExtendeeType.FullName;
        if (!_extensions.TryGetValue(target, out var numbers))
        {
            _extensions[target] = numbers = [];
        }

        numbers.TryAdd(extension.FieldNumber, file);
    }
}
