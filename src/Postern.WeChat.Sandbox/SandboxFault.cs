namespace Postern.WeChat.Sandbox;

/// <summary>Something that goes wrong for the next <see cref="Times"/> calls of one route.</summary>
public sealed record SandboxFault
{
    /// <summary><c>jscode2session</c>, <c>token</c> or <c>stable_token</c>.</summary>
    public required string Route { get; init; }

    /// <summary>Null: every app's calls.</summary>
    public string? AppId { get; init; }

    /// <summary>Null: once.</summary>
    public int? Times { get; init; }

    public required FaultKind Fault { get; init; }
}

/// <summary>Members combine where that makes sense: a delay and then an error.</summary>
public sealed record FaultKind
{
    /// <summary>Answered before anything is processed: a code is not spent.</summary>
    public int? ErrCode { get; init; }

    /// <summary>Wait before processing, by the clock the sandbox was started with.</summary>
    public int DelayMs { get; init; }

    /// <summary>Processed, then sent byte by byte, a second apart.</summary>
    public bool Drip { get; init; }

    public FaultPoint? Cut { get; init; }

    /// <summary>Never answers: before processing, or after it, when the code is spent.</summary>
    public FaultPoint? Hang { get; init; }

    /// <summary>An HTTP status with an HTML body, before anything is processed; 3xx gets a Location.</summary>
    public int? Status { get; init; }

    /// <summary>Processed, then this instead of the answer (or the answer deformed so).</summary>
    public FaultBody? Body { get; init; }

    public string? ContentType { get; init; }
}

public enum FaultPoint
{
    Before,
    After,

    /// <summary>After half of the body.</summary>
    Mid,
}

public enum FaultBody
{
    Empty,
    Truncated,
    Html,
    Huge,
    Garbled,
    Deep,
    Null,
    Array,
    Bom,
    InvalidUtf8,
    NoOpenId,
    Duplicated,
    WrongTypes,
    UnknownFields,
    ErrCodeAsText,
    Gzip,

    /// <summary>An openid, or a unionid, with letters that none has.</summary>
    StrangeOpenId,
    StrangeUnionId,

    /// <summary>An <c>expires_in</c> that is no number.</summary>
    StrangeLifetime,
}
