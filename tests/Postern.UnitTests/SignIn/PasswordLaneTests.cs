using Postern.Directory.Credentials;
using Xunit;

namespace Postern.UnitTests.SignIn;

/// <summary>The queue of password computations, with computations that end when a test says so.</summary>
public sealed class PasswordLaneTests
{
    private static readonly LaneLimits One = new(Workers: 1, Waiting: 6, PerOrganization: 4, PerUser: 2);

    [Fact]
    public async Task Organizations_take_turns_and_so_do_the_users_of_one()
    {
        using var held = new Held(new PasswordLane(One with { PerUser = 3 }));

        held.Add("a/x1", "a/x2", "a/x3", "a/y1", "b/x1");

        Assert.Equal(["a/x1", "b/x1", "a/y1", "a/x2", "a/x3"], await held.OrderAsync());
    }

    [Fact]
    public async Task One_that_had_its_turn_is_last_of_the_next_round()
    {
        using var held = new Held(new PasswordLane(One with { Waiting = 9 }));

        held.Add("a/x1", "a/x2", "b/x1", "b/x2", "c/x1", "c/x2");

        Assert.Equal(["a/x1", "b/x1", "c/x1", "a/x2", "b/x2", "c/x2"], await held.OrderAsync());
    }

    [Fact]
    public async Task A_caller_who_goes_away_while_it_waits_gives_its_place_back_at_once()
    {
        var lane = new PasswordLane(One);
        using var held = new Held(lane);
        using var gone = new CancellationTokenSource();
        held.Add("a/x1");
        var left = lane.RunAsync(new("a", "x"), () => held.Note("a/x2"), gone.Token);
        await Assert.ThrowsAsync<OverloadedException>(() => lane.RunAsync(new("a", "x"), () => true, CancellationToken.None));

        await gone.CancelAsync();

        Assert.Equal(1, lane.Waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        held.Add("a/x3");
        Assert.Equal(["a/x1", "a/x3"], await held.OrderAsync());
    }

    [Fact]
    public async Task A_computation_that_has_begun_ends_though_its_caller_goes_away()
    {
        var lane = new PasswordLane(One);
        using var gone = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var computation = lane.RunAsync(new("a", "x"), () =>
        {
            begun.SetResult();
            gate.Wait();
            return "done";
        }, gone.Token);
        await begun.Task;

        await gone.CancelAsync();
        gate.Set();

        Assert.Equal("done", await computation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lane.RunAsync(new("a", "x"), () => "never", gone.Token));
    }

    [Fact]
    public async Task A_user_and_an_organization_have_so_many_places_and_no_more()
    {
        using var held = new Held(new PasswordLane(One));
        held.Add("a/x1", "a/x2");
        await Assert.ThrowsAsync<OverloadedException>(() => held.One("a/x3"));
        held.Add("a/y1", "a/z1");

        await Assert.ThrowsAsync<OverloadedException>(() => held.One("a/y2"));

        held.Add("b/x1", "b/x2");
        Assert.Equal(["a/x1", "b/x1", "a/y1", "b/x2", "a/z1", "a/x2"], await held.OrderAsync());
    }

    [Fact]
    public async Task A_newcomer_takes_the_last_place_of_the_organization_that_has_most()
    {
        using var held = new Held(new PasswordLane(One));
        held.Add("a/x1", "a/y1", "a/z1");
        var last = held.One("a/x2");
        held.Add("b/x1", "b/x2", "c/x1");

        await Assert.ThrowsAsync<OverloadedException>(() => last);
        await Assert.ThrowsAsync<OverloadedException>(() => held.One("b/y1"));
        var order = await held.OrderAsync();
        Assert.Equal(["a/x1", "b/x1", "c/x1"], order.Take(3));
        Assert.Equal(6, order.Count);
    }

    [Fact]
    public async Task A_user_takes_the_last_place_of_the_user_who_has_most_where_their_organization_is_full()
    {
        using var held = new Held(new PasswordLane(One with { PerUser = 4 }));
        held.Add("a/x1", "a/x2", "a/x3");
        var last = held.One("a/x4");

        held.Add("a/y1");

        await Assert.ThrowsAsync<OverloadedException>(() => last);
        Assert.Equal(["a/x1", "a/y1", "a/x2", "a/x3"], await held.OrderAsync());
    }

    [Fact]
    public async Task A_computation_that_fails_fails_for_its_caller_alone()
    {
        var lane = new PasswordLane(One);

        await Assert.ThrowsAsync<InvalidOperationException>(() => lane.RunAsync<bool>(new("a", "x"), () => throw new InvalidOperationException(), CancellationToken.None));

        Assert.True(await lane.RunAsync(new("a", "x"), () => true, CancellationToken.None));
        Assert.Equal(0, lane.Waiting);
    }

    [Fact]
    public async Task No_more_is_computed_at_once_than_there_are_workers()
    {
        var lane = new PasswordLane(new(Workers: 2, Waiting: 40, PerOrganization: 40, PerUser: 40));
        var (now, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => lane.RunAsync(new("a", "x"), () =>
        {
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            Thread.Yield();
            return Interlocked.Decrement(ref now);
        }, CancellationToken.None)));

        Assert.InRange(most, 1, 2);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    /// <summary>A lane whose only worker is held until the order is asked for.</summary>
    private sealed class Held : IDisposable
    {
        private readonly PasswordLane lane;
        private readonly ManualResetEventSlim gate = new();
        private readonly List<string> order = [];
        private readonly List<Task> waiting = [];

        public Held(PasswordLane lane)
        {
            this.lane = lane;
            using var begun = new ManualResetEventSlim();
            waiting.Add(lane.RunAsync(new("gate", ""), () =>
            {
                begun.Set();
                gate.Wait();
                return true;
            }, CancellationToken.None));
            begun.Wait();
        }

        /// <param name="names">Each an organization, a slash, one letter for the user, a number.</param>
        public void Add(params string[] names) => waiting.AddRange(names.Select(One));

        public Task<bool> One(string name) => lane.RunAsync(new(name[..1], name[2..3]), () => Note(name), CancellationToken.None);

        public bool Note(string name)
        {
            order.Add(name);
            return true;
        }

        public void Dispose() => gate.Dispose();

        public async Task<IReadOnlyList<string>> OrderAsync()
        {
            gate.Set();
            await Task.WhenAll(waiting.Where(w => !w.IsFaulted));
            return order;
        }
    }
}
