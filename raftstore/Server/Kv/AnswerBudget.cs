namespace Kube.RaftStore.Server.Kv;

/// <summary>
/// The memory that large answers to ranges may take while they are on their way, shared by all clients. Who comes when there is none
/// left waits, one client after the other in turn, however many requests one of them has; and none may have more than half of it,
/// so that one which asks for much, or takes nothing of what it asked for, leaves room for the others. Thread-safe.
/// </summary>
/// <param name="totalBytes">All of it.</param>
/// <param name="patience">How long one waits at most.</param>
/// <param name="time">The clock of that.</param>
internal sealed class AnswerBudget(long totalBytes, TimeSpan patience, TimeProvider time)
{
    /// <summary>Most requests that wait; more are refused at once.</summary>
    private const int MaxWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = [];
    private readonly LinkedList<Client> _turns = new();
    private long _takenBytes;
    private int _waiting;

    /// <summary>Bytes taken now.</summary>
    public long TakenBytes => Interlocked.Read(ref _takenBytes);

    /// <summary>Requests that wait now.</summary>
    public int WaitingCount => Volatile.Read(ref _waiting);

    /// <summary>Takes room for an answer; it is given back when the result is disposed.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="sizeBytes">How much; what is more than one client may have counts as that.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TimeoutException">There was none for too long, or too many wait for it.</exception>
    public async ValueTask<Share> TakeAsync(string client, long sizeBytes, CancellationToken cancellationToken)
    {
        var size = Math.Min(sizeBytes, totalBytes / 2);
        Waiter waiter;
        lock (_gate)
        {
            var state = StateOf(client);
            if (_turns.Count == 0 && Fits(state, size))
            {
                return Give(state, size);
            }
            if (_waiting >= MaxWaiting)
            {
                Forget(state);
                throw new TimeoutException("too many answers wait for room");
            }
            waiter = Enqueue(state, size);
            // A client that has its part does not stand in the way of others.
            GiveToWaiting();
        }
        try
        {
            return await waiter.Given.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            GiveUp(waiter);
            throw;
        }
    }

    private Client StateOf(string name)
    {
        if (!_clients.TryGetValue(name, out var client))
        {
            _clients.Add(name, client = new Client(name));
        }
        return client;
    }

    private void Forget(Client client)
    {
        if (client is { TakenBytes: 0, Waiting.Count: 0 })
        {
            _clients.Remove(client.Name);
        }
    }

    private bool Fits(Client client, long size) => IsRoom(size) && client.TakenBytes + size <= totalBytes / 2;

    private bool IsRoom(long size) => _takenBytes + size <= totalBytes;

    private Share Give(Client client, long size)
    {
        _takenBytes += size;
        client.TakenBytes += size;
        return new Share(this, client, size);
    }

    private Waiter Enqueue(Client client, long size)
    {
        var waiter = new Waiter(client, size);
        if (client.Waiting.Count == 0)
        {
            _turns.AddLast(client);
        }
        client.Waiting.AddLast(waiter);
        _waiting++;
        return waiter;
    }

    private void Dequeue(Waiter waiter)
    {
        waiter.Client.Waiting.Remove(waiter);
        _waiting--;
        if (waiter.Client.Waiting.Count == 0)
        {
            _turns.Remove(waiter.Client);
        }
    }

    /// <summary>
    /// Gives room to whoever's turn it is. One for whom there is too little left keeps his turn: smaller ones that came later
    /// would overtake him for ever. One who has his part already is passed over.
    /// </summary>
    private void GiveToWaiting()
    {
        for (var turn = _turns.First; turn is not null;)
        {
            var (client, next) = (turn.Value, turn.Next);
            var waiter = client.Waiting.First!.Value;
            if (!IsRoom(waiter.SizeBytes))
            {
                return;
            }
            if (Fits(client, waiter.SizeBytes))
            {
                Dequeue(waiter);
                waiter.Given.SetResult(Give(client, waiter.SizeBytes));
                if (client.Waiting.Count > 0)
                {
                    _turns.Remove(client);
                    _turns.AddLast(client);
                    next ??= _turns.Last;
                }
            }
            turn = next;
        }
    }

    private void GiveUp(Waiter waiter)
    {
        Share? given = null;
        lock (_gate)
        {
            if (waiter.Given.Task.IsCompletedSuccessfully)
            {
                given = waiter.Given.Task.Result;
            }
            else
            {
                Dequeue(waiter);
                Forget(waiter.Client);
                GiveToWaiting();
            }
        }
        given?.Dispose();
    }

    private void Return(Client client, long size)
    {
        lock (_gate)
        {
            _takenBytes -= size;
            client.TakenBytes -= size;
            GiveToWaiting();
            Forget(client);
        }
    }

    /// <summary>Room that was taken.</summary>
    public sealed class Share : IDisposable
    {
        private readonly AnswerBudget _budget;
        private readonly Client _client;
        private long _size;

        internal Share(AnswerBudget budget, object client, long size) => (_budget, _client, _size) = (budget, (Client)client, size);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _size, 0) is > 0 and var size)
            {
                _budget.Return(_client, size);
            }
        }
    }

    private sealed class Client(string name)
    {
        public string Name { get; } = name;

        public long TakenBytes { get; set; }

        public LinkedList<Waiter> Waiting { get; } = new();
    }

    private sealed class Waiter(Client client, long sizeBytes)
    {
        public Client Client { get; } = client;

        public long SizeBytes { get; } = sizeBytes;

        public TaskCompletionSource<Share> Given { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
