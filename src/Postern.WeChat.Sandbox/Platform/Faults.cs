namespace Postern.WeChat.Sandbox.Platform;

/// <summary>The faults that wait for their calls, first come first served.</summary>
internal sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly List<(SandboxFault Fault, int Left)> _waiting = [];
    private volatile bool _any;

    public void Add(SandboxFault fault)
    {
        var times = fault.Times ?? 1;
        if (times < 1)
        {
            return;
        }

        lock (_lock)
        {
            _waiting.Add((fault, times));
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _any = false;
        }
    }

    public FaultKind? Take(string route, string appId)
    {
        // The load test's path: no lock where nothing waits.
        if (!_any)
        {
            return null;
        }

        lock (_lock)
        {
            var at = _waiting.FindIndex(w => w.Fault.Route == route && (w.Fault.AppId is null || w.Fault.AppId == appId));
            if (at < 0)
            {
                return null;
            }

            var (fault, left) = _waiting[at];
            if (left > 1)
            {
                _waiting[at] = (fault, left - 1);
            }
            else
            {
                _waiting.RemoveAt(at);
            }

            _any = _waiting.Count > 0;
            return fault.Fault;
        }
    }
}
