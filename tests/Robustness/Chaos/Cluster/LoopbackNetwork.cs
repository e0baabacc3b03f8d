namespace Kube.Robustness.Chaos.Cluster;

/// <summary>All on 127.0.0.1, told apart by ports: where namespaces cannot be made. Its links never fail.</summary>
internal sealed class LoopbackNetwork(int firstPort) : INetwork
{
    public bool CanFail => false;

    public Task<MemberAddress> AddAsync(int number) =>
        Task.FromResult(new MemberAddress(number, "127.0.0.1", firstPort + (2 * (number - 1)), firstPort + (2 * (number - 1)) + 1));

    public IReadOnlyList<string> Enter(int number) => [];

    public Task SetLossAsync(IReadOnlyDictionary<(int From, int To), int> percent) => throw new NotSupportedException();

    public Task SetRateAsync(int number, int? kbits) => throw new NotSupportedException();
}
