namespace Postern.Directory.Credentials;

/// <summary>For whose password a computation is: places in the queue are shared between organizations first, then between their users.</summary>
public readonly record struct PasswordOwner(string Organization, string User)
{
    /// <summary>The one turn of all organizations that do not exist.</summary>
    public static readonly PasswordOwner Unknown = new("", "");
}

/// <summary>How much a lane does at once, and how many computations may wait for it.</summary>
/// <param name="Workers">Computations at once.</param>
/// <param name="Waiting">In all.</param>
/// <param name="PerOrganization">Of one organization.</param>
/// <param name="PerUser">Of one user.</param>
internal readonly record struct LaneLimits(int Workers, int Waiting, int PerOrganization, int PerUser);

/// <summary>
/// A queue of computations that each take a core for a while. Organizations take turns, and within an organization its users.
/// Where the queue is full, a newcomer takes the last place of the organization (in its own organization: of the user) that has
/// the most of them. A caller who goes away while it waits gives its place back at once.
/// </summary>
internal sealed class PasswordLane(LaneLimits limits)
{
    private readonly Lock gate = new();
    private readonly Turns<string, Turns<string, LinkedList<Computation>>> organizations = new();
    private int running;
    private int waiting;

    public LaneLimits Limits => limits;

    /// <summary>How many computations wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting;
            }
        }
    }

    /// <exception cref="OverloadedException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException">The caller went away before its turn.</exception>
    public async Task<T> RunAsync<T>(PasswordOwner owner, Func<T> compute, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var computation = new Computation(owner, () => Complete(answer, compute), answer.SetException);
        Enter(computation);
        await using var registration = cancel.UnsafeRegister(_ =>
        {
            if (TryLeave(computation))
            {
                answer.TrySetCanceled(cancel);
            }
        }, null);
        return await answer.Task;
    }

    private static void Complete<T>(TaskCompletionSource<T> answer, Func<T> compute)
    {
        try
        {
            answer.SetResult(compute());
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }

    private void Enter(Computation computation)
    {
        Computation? displaced;
        var isNewWorker = false;
        lock (gate)
        {
            displaced = Displaced(computation.Owner);
            if (displaced is not null)
            {
                Remove(displaced);
            }

            Add(computation);
            if (running < limits.Workers)
            {
                running++;
                isNewWorker = true;
            }
        }

        displaced?.Refuse(Overloaded());
        if (isNewWorker)
        {
            // A thread of its own: the pool's are for requests.
            _ = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Work()
    {
        while (Next() is { } computation)
        {
            computation.Run();
        }
    }

    private Computation? Next()
    {
        lock (gate)
        {
            if (organizations.Count == 0)
            {
                running--;
                return null;
            }

            var computation = organizations.First.First.First!.Value;
            Remove(computation);
            // One that had a turn is last in the next round.
            if (organizations.Find(computation.Owner.Organization) is { } users)
            {
                users.MoveToEnd(computation.Owner.User);
                organizations.MoveToEnd(computation.Owner.Organization);
            }

            return computation;
        }
    }

    private bool TryLeave(Computation computation)
    {
        lock (gate)
        {
            if (computation.Place is null)
            {
                return false;
            }

            Remove(computation);
            return true;
        }
    }

    private void Add(Computation computation)
    {
        var (organization, user) = computation.Owner;
        computation.Place = organizations.GetOrAdd(organization).GetOrAdd(user).AddLast(computation);
        waiting++;
    }

    private void Remove(Computation computation)
    {
        var (organization, user) = computation.Owner;
        var users = organizations.Find(organization)!;
        var own = users.Find(user)!;
        own.Remove(computation.Place!);
        computation.Place = null;
        waiting--;
        if (own.Count == 0)
        {
            users.Remove(user);
        }

        if (users.Count == 0)
        {
            organizations.Remove(organization);
        }
    }

    /// <summary>The computation that loses its place to the newcomer; null where there is room.</summary>
    /// <exception cref="OverloadedException">The newcomer is not among those with fewer places.</exception>
    private Computation? Displaced(PasswordOwner newcomer)
    {
        var users = organizations.Find(newcomer.Organization);
        var (ofOrganization, ofUser) = (users is null ? 0 : CountOf(users), users?.Find(newcomer.User)?.Count ?? 0);
        if (ofUser >= limits.PerUser)
        {
            throw Overloaded();
        }

        var isOrganizationFull = ofOrganization >= limits.PerOrganization;
        if (!isOrganizationFull && waiting < limits.Waiting)
        {
            return null;
        }

        var largest = isOrganizationFull ? users! : organizations.Values.MaxBy(CountOf)!;
        if (largest == users || isOrganizationFull)
        {
            var most = largest.Values.MaxBy(own => own.Count)!;
            return most.Count > ofUser + 1 ? most.Last!.Value : throw Overloaded();
        }

        return CountOf(largest) > ofOrganization + 1 ? largest.Values.MaxBy(own => own.Count)!.Last!.Value : throw Overloaded();
    }

    private static int CountOf(Turns<string, LinkedList<Computation>> users) => users.Values.Sum(own => own.Count);

    private static OverloadedException Overloaded() => new("more passwords wait to be compared or hashed than can be in time");

    private sealed class Computation(PasswordOwner owner, Action run, Action<Exception> refuse)
    {
        public PasswordOwner Owner => owner;

        /// <summary>Null where it does not wait: it has begun, or left.</summary>
        public LinkedListNode<Computation>? Place { get; set; }

        public void Run() => run();

        public void Refuse(Exception refusal) => refuse(refusal);
    }

    /// <summary>Values by key, in the order of their turns.</summary>
    private sealed class Turns<TKey, TValue>
        where TKey : notnull
        where TValue : class, new()
    {
        private readonly LinkedList<(TKey Key, TValue Value)> order = new();
        private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> nodes = [];

        public int Count => order.Count;

        public TValue First => order.First!.Value.Value;

        public IEnumerable<TValue> Values => order.Select(o => o.Value);

        public TValue? Find(TKey key) => nodes.GetValueOrDefault(key)?.Value.Value;

        public TValue GetOrAdd(TKey key)
        {
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes[key] = node = order.AddLast((key, new TValue()));
            }

            return node.Value.Value;
        }

        public void MoveToEnd(TKey key)
        {
            if (nodes.TryGetValue(key, out var node))
            {
                order.Remove(node);
                order.AddLast(node);
            }
        }

        public void Remove(TKey key)
        {
            if (nodes.Remove(key, out var node))
            {
                order.Remove(node);
            }
        }
    }
}
