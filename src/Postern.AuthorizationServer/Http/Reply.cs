namespace Postern.AuthorizationServer.Http;

/// <summary>One answer of a route.</summary>
public sealed record Reply(int Status, string Text)
{
    public const string Json = "application/json";

    /// <summary>The type of the answer, or of an envelope's <c>data</c>; null where there is no body.</summary>
    public string? Type { get; init; }

    /// <summary>The type of an envelope's <c>data2</c>, where the route uses it.</summary>
    public string? Type2 { get; init; }

    public bool IsEnvelope { get; init; }

    /// <summary>Whether a refusal comes with the same status.</summary>
    public bool OrRefusal { get; init; }

    public string MediaType { get; init; } = Json;

    /// <summary>Casdoor's envelope: a refusal has the status 200 too.</summary>
    public static Reply Data(string type, string? type2 = null) =>
        new(StatusCodes.Status200OK, "The answer, or a refusal: status tells which") { Type = type, Type2 = type2, IsEnvelope = true, OrRefusal = true };

    /// <summary>A write that says whether it changed something.</summary>
    public static Reply Written { get; } = Data("Written");

    /// <summary>An object without an envelope.</summary>
    public static Reply Of(string type, int status = StatusCodes.Status200OK, bool orRefusal = false) =>
        new(status, "The answer") { Type = type, OrRefusal = orRefusal };

    public static Reply Nothing(int status, string text) => new(status, text);

    /// <summary>A refusal in the envelope with a status of its own.</summary>
    public static Reply Refused(int status, string text) => new(status, text) { Type = "Refusal" };

    public static Reply File(string mediaType) => new(StatusCodes.Status200OK, "The file") { Type = "file", MediaType = mediaType };
}
