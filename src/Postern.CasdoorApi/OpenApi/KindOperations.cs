using Postern.AuthorizationServer.Http;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>The routes that every kind has, described from its declaration.</summary>
internal static class KindOperations
{
    private static readonly Parameter Organization = new("organization", "must be the object's organization where it is sent");

    /// <summary>What a list is asked with.</summary>
    public static IReadOnlyList<Parameter> Paging { get; } =
    [
        new("pageSize", "how many stand on a page; without both this and p the list is whole, up to 10000, and the parameters after p do not count", "I"),
        new("p", "the page, from 1", "I"),
        new("field", "the property that must hold value"),
        new("value", "what field must hold"),
        new("sortField", "the property to sort by; else the newest come first"),
        new("sortOrder", "ascend, or descend, which is the default"),
    ];

    /// <summary>The description of a kind's route, or null where the path is none of the usual ones.</summary>
    public static Operation? Of(string path, ObjectKind kind) => path switch
    {
        _ when path == $"/api/get-{kind.Name}" => Get(kind),
        _ when path == $"/api/get-{kind.Plural}" => List(kind, $"Lists {kind.Plural}"),
        "/api/get-globle-certs" => List(kind, "The same as get-global-certs, as a Java library spells it"),
        _ when path == $"/api/get-global-{kind.Plural}" => List(kind, $"Lists {kind.Plural} of all organizations that the caller administers"),
        _ when path == $"/api/add-{kind.Name}" => Add(kind),
        _ when path == $"/api/update-{kind.Name}" => Update(kind),
        _ when path == $"/api/delete-{kind.Name}" => Delete(kind),
        _ => null,
    };

    private static Operation Get(ObjectKind kind) => new(kind.Type, $"Reads one {kind.Name}")
    {
        Detail = "data is null where there is none.",
        Query = kind == SessionKind.Kind
            ? [new("id", "owner/name/application"), new("sessionPkId", "the same, and wins over id")]
            : [Id(kind, isRequired: true), Organization, .. kind.Shown is null ? Array.Empty<Parameter>() : [new("withSecret", $"0 = {kind.Shown} reads as {ObjectStore.Masked} for administrators too")]],
        Answers = [Reply.Data(kind.Type + "|null")],
    };

    public static Operation List(ObjectKind kind, string summary) => new(kind.Type, summary)
    {
        Detail = "data2 is how many there are on all pages, where both pageSize and p are sent.",
        Query =
        [
            new("owner", "only those of this owner"),
            new("organization", "only those of this organization"),
            .. kind == ObjectKinds.User ? [new("groupName", "only the users in this group")] : Array.Empty<Parameter>(),
            .. kind == ObjectKinds.Group ? [new("withTree", "true = the groups at the top, each with those below it as children; owner, type, title and key (the name) are filled")] : Array.Empty<Parameter>(),
            .. kind.NamesUser && !IsRows(kind) ? [new("user", "only those that name this user")] : Array.Empty<Parameter>(),
            .. Paging,
            .. IsRows(kind) ? Array.Empty<Parameter>() : [new("match", "prefix = field begins with value, instead of holding it")],
        ],
        Answers = [Reply.Data(kind.Type + "[]", "I|null")],
    };

    private static Operation Add(ObjectKind kind) => new(kind.Type, $"Adds one {kind.Name}")
    {
        Detail = kind.IsNamedByServer ? "data is the name that the server chose." : $"The body needs {kind.NameProperty}{(kind.FixedOwner is null ? " and owner" : "")}.",
        Query = [Id(kind, isRequired: false), Organization],
        Body = kind.Type + Operation.Fields,
        Answers = [kind.IsNamedByServer ? Reply.Data("S") : kind == LdapKind.Kind ? Reply.Data("Written", kind.Type) : Changed(kind)],
    };

    private static Operation Update(ObjectKind kind) => new(kind.Type, $"Changes one {kind.Name}")
    {
        Detail = "What the body leaves out stays as it is. Without id the body's owner and name say which it is; with id they are new values.",
        Query = [Id(kind, isRequired: false), new("columns", "the properties to change, with commas between them; else all that the body has")],
        Body = kind.Type + Operation.Fields,
        Answers = [kind == ObjectKinds.Model ? Reply.Data("Written|null") : Changed(kind)],
    };

    private static Operation Delete(ObjectKind kind) => new(kind.Type, $"Deletes one {kind.Name}")
    {
        Detail = $"The body names it by owner and {kind.NameProperty}.",
        Query = [Id(kind, isRequired: false), Organization],
        Body = kind.Type + Operation.Fields,
        Answers = [Changed(kind)],
    };

    /// <summary>Kinds whose lists are of rows of other tables too, by rules of their own (<see cref="Postern.CasdoorApi.RowEndpoints"/>).</summary>
    private static bool IsRows(ObjectKind kind) => kind == TokenKind.Kind || kind == SessionKind.Kind;

    private static Reply Changed(ObjectKind kind) => kind.AnswersTruth ? Reply.Data("B") : Reply.Written;

    private static Parameter Id(ObjectKind kind, bool isRequired) =>
        new("id", $"owner/{kind.NameProperty}{(kind == SessionKind.Kind ? "/application" : "")}", IsRequired: isRequired);
}
