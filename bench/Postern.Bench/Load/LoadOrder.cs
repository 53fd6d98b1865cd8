using System.Text.Json.Serialization;

namespace Postern.Bench.Load;

/// <summary>What a load consists of.</summary>
public enum LoadKind
{
    MiniProgram,
    Same,
    Refresh,
    Code,
    Numbered,
}

/// <summary>One load, as the bench asks the load generator's process for it.</summary>
public sealed record LoadOrder
{
    public LoadKind Kind { get; init; }

    /// <summary>
    /// Of <see cref="LoadKind.Same"/>: the whole request. Of <see cref="LoadKind.Numbered"/>: with <c>{user}</c> and <c>{number}</c>
    /// where each request has another, and without its length.
    /// </summary>
    public string Text { get; init; } = "";

    /// <summary>What each connection begins with: a refresh token, or a session's cookie.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    public required int Port { get; init; }

    public required string Path { get; init; }

    /// <summary>The Mini Program's client id; the baselines read the same body and make nothing of it.</summary>
    public required string ClientId { get; init; }

    /// <summary>Sign-ins spread over the users 1 to this.</summary>
    public required long Users { get; init; }

    public required int Connections { get; init; }

    /// <summary>Seconds before the measured window.</summary>
    public required double LeadIn { get; init; }

    /// <summary>Seconds of the measured window.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests per second at an even pace; 0 = a closed loop, each connection asking as soon as it is answered.</summary>
    public double Rate { get; init; }

    /// <summary>Latencies are counted without the time that WeChat's stand-in in the load generator's process took for the same code.</summary>
    public bool LeavesWeChatOut { get; init; }

    /// <summary>Processes whose CPU time in the window is wanted.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];
}

/// <summary>What a load gave.</summary>
/// <param name="Rate">Good answers per second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Failed">Answers other than 200, and connections that broke.</param>
/// <param name="Answers">Good answers in the window.</param>
/// <param name="OwnCpu">CPU seconds of the load generator in the window.</param>
/// <param name="Cpu">CPU seconds of each process that was asked for.</param>
public sealed record LoadResult(double Rate, double P50, double P99, long Failed, long Answers, double OwnCpu, IReadOnlyList<double> Cpu);

[JsonSerializable(typeof(LoadOrder))]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
