using System.Collections.Concurrent;

namespace Postern.WeChat.Sandbox.Platform;

internal sealed class CallCounter
{
    private readonly ConcurrentDictionary<(string Route, string AppId), Count> _counts = new();

    public void Add(string route, string appId) => _counts.GetOrAdd((route, appId), static _ => new Count()).Increase();

    public int Of(string route, string appId) => _counts.TryGetValue((route, appId), out var count) ? count.Value : 0;

    public Task WaitForAsync(string route, string appId, int wanted, CancellationToken cancellationToken) =>
        _counts.GetOrAdd((route, appId), static _ => new Count()).WaitForAsync(wanted, cancellationToken);

    public IReadOnlyList<CallCount> All() =>
        [.. _counts.Select(entry => new CallCount(entry.Key.Route, entry.Key.AppId, entry.Value.Value))
            .OrderBy(count => count.Route, StringComparer.Ordinal).ThenBy(count => count.AppId, StringComparer.Ordinal)];

    public void Clear() => _counts.Clear();

    private sealed class Count
    {
        private readonly Lock _lock = new();
        private List<(int Wanted, TaskCompletionSource Reached)>? _waiting;
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public void Increase()
        {
            lock (_lock)
            {
                _value++;
                if (_waiting is null)
                {
                    return;
                }

                foreach (var (wanted, reached) in _waiting)
                {
                    if (_value >= wanted)
                    {
                        reached.TrySetResult();
                    }
                }

                _waiting.RemoveAll(waiting => waiting.Reached.Task.IsCompleted);
            }
        }

        public Task WaitForAsync(int wanted, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (_value >= wanted)
                {
                    return Task.CompletedTask;
                }

                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                (_waiting ??= []).Add((wanted, reached));
                return reached.Task.WaitAsync(cancellationToken);
            }
        }
    }
}

internal sealed record CallCount(string Route, string AppId, int Count);
