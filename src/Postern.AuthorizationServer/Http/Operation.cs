using Postern.Directory.Objects;

namespace Postern.AuthorizationServer.Http;

/// <summary>
/// What a route says of itself in the document at <c>/openapi/v1.json</c>, where it is mapped. Types are words: those of
/// <see cref="ObjectShape"/>, a kind's or a name of <c>Shapes</c>, <c>User[]</c>, and several with <c>|</c> between
/// them, <c>null</c> among them.
/// </summary>
/// <param name="Tag">The group it stands in.</param>
/// <param name="Summary">One sentence without a full stop.</param>
public sealed record Operation(string Tag, string Summary)
{
    /// <summary>Ends the name of a kind's type in which nothing is promised: what clients send.</summary>
    public const string Fields = "Fields";

    /// <summary>Further sentences.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Which callers it admits, where its mapping does not say it (<see cref="Admitted"/>); null where the access table does not apply.</summary>
    public AccessLevel? Who { get; init; }

    /// <summary>The credentials that the route accepts.</summary>
    public Credentials Credentials { get; init; } = Credentials.Caller;

    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>The type of the JSON that is sent.</summary>
    public string? Body { get; init; }

    /// <summary>The fields of the form that is sent.</summary>
    public IReadOnlyList<Parameter> Form { get; init; } = [];

    /// <summary>Whether the form holds a file.</summary>
    public bool IsMultipart { get; init; }

    /// <summary>Refusals in another form than that of the address.</summary>
    public IReadOnlyList<Reply> Refusals { get; init; } = [];

    public required IReadOnlyList<Reply> Answers { get; init; }
}

/// <param name="Name">As it is sent.</param>
/// <param name="Text">What it means.</param>
/// <param name="Type">One of <see cref="Operation"/>'s words, or <c>file</c>.</param>
/// <param name="IsRequired">Whether every request needs it.</param>
public sealed record Parameter(string Name, string Text, string Type = "S", bool IsRequired = false);

/// <summary>The credentials that a route accepts. With none of them, the route is open to all callers.</summary>
[Flags]
public enum Credentials
{
    None = 0,
    Bearer = 1,
    Dpop = 2,
    Client = 4,
    Session = 8,

    /// <summary>The token that a registered client got for managing its registration (RFC 7592).</summary>
    Registration = 16,

    /// <summary>It may be left out.</summary>
    Optional = 32,

    Token = Bearer | Dpop,
    Caller = Token | Client | Session,
}

/// <summary>Route metadata: which callers the route admits, and which object kind it serves.</summary>
public sealed record Admitted(AccessLevel Who, ObjectKind? Kind = null);
