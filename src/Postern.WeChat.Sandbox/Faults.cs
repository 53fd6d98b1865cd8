namespace Postern.WeChat.Sandbox;

/// <summary>One way to go wrong; the parts that are set apply in this order: wait, cut before, process, cut, status, body.</summary>
public sealed record Fault
{
    /// <summary>Answer with this number instead of processing.</summary>
    public int? ErrCode { get; init; }

    /// <summary>Wait before anything else.</summary>
    public int DelayMs { get; init; }

    /// <summary>Send the right body byte by byte, so slowly that no deadline of a sane caller lasts.</summary>
    public bool Drip { get; init; }

    /// <summary><c>before</c> processing, <c>after</c> it (the code is spent, the answer lost), or in the <c>middle</c> of the body.</summary>
    public string? Cut { get; init; }

    public int? Status { get; init; }

    /// <summary>empty, truncated, html, garbled, huge, deep, array, noopenid, redirect.</summary>
    public string? Body { get; init; }
}

/// <summary>Faults to inject, each for a number of calls.</summary>
public sealed class Faults
{
    private readonly Lock gate = new();
    private readonly List<Planned> planned = [];

    /// <param name="route">jscode2session, token or stable_token.</param>
    /// <param name="appid">null = of every app.</param>
    /// <param name="times">How many calls.</param>
    /// <param name="fault">What happens to them.</param>
    public void Add(string route, string? appid, int times, Fault fault)
    {
        lock (gate)
        {
            planned.Add(new Planned { Route = route, AppId = appid, Left = times, Fault = fault });
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            planned.Clear();
        }
    }

    internal Fault? Next(string route, string? appid)
    {
        lock (gate)
        {
            var found = planned.Find(p => p.Route == route && (p.AppId is null || p.AppId == appid));
            if (found is not null && --found.Left <= 0)
            {
                planned.Remove(found);
            }

            return found?.Fault;
        }
    }

    private sealed class Planned
    {
        public required string Route { get; init; }
        public string? AppId { get; init; }
        public int Left { get; set; }
        public required Fault Fault { get; init; }
    }
}
