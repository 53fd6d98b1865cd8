using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Secrets;

namespace Postern.Directory.Objects;

/// <summary>How a JSON property stands in its column.</summary>
public enum ColumnType
{
    Text,
    Bool,
    Whole,
    Fraction,

    /// <summary>RFC 3339 on the wire, Unix milliseconds in the column; "" is 0.</summary>
    Time,

    /// <summary>Any JSON value as text.</summary>
    Json,
}

public sealed record ObjectColumn(string Property, string Name, ColumnType Type = ColumnType.Text);

public sealed record ObjectSecret(string Property, SecretColumn Column);

/// <summary>A list of <c>memberships</c> that no client writes: it follows from properties.</summary>
/// <param name="Name">As in <c>memberships</c>.</param>
/// <param name="Of">The members, from the whole object.</param>
/// <param name="From">The properties that they follow from.</param>
public sealed record DerivedList(string Name, Func<JsonObject, IReadOnlyList<string>> Of, params IReadOnlyList<string> From);

/// <summary>One kind of Casdoor object, declared once: its table, look-up columns, secrets and defaults.</summary>
public sealed record ObjectKind(string Name, string Plural, string Table)
{
    /// <summary>Casdoor's name of the type, for the messages of its decoder.</summary>
    public required string Type { get; init; }

    /// <summary>Every property in Casdoor's order with its type .</summary>
    public required ObjectShape Shape { get; init; }

    /// <summary>The condition that tells its rows from others of its table; empty where the table is the kind's own.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Whether it stands in <c>objects</c>, the table of all kinds that have none of their own.</summary>
    public bool IsShared => Scope.Length > 0;

    /// <summary>Whether its property <c>user</c> is a user of the object's organization; elsewhere it is an account of another system.</summary>
    public bool NamesUser => IsShared && OfUsers.Contains(Name);

    /// <summary>The property of those kinds: the column holds it as it was written, <c>user_id</c> whose it is.</summary>
    public static readonly ObjectColumn User = new("user", "user_name");

    /// <summary>It as it is shown: by the user's name of now.</summary>
    public const string UserLabel =
        """
        coalesce((select case when objects.user_name like '%/%' then labelled.owner || '/' else '' end || labelled.name from users labelled where labelled.id = objects.user_id), objects.user_name)
        """;

    private static readonly string[] OfUsers = ["key", "order", "payment", "resource", "subscription", "ticket", "token", "transaction"];

    /// <summary>Lists of names that stand in <c>memberships</c>, one row per name, so that they are found from the member.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>In a shared table: the property that only one object of the kind may have, beside its name.</summary>
    public string Lookup { get; init; } = "";

    /// <summary>The properties that name an object of an organization, as <c>organization/name</c> (<see cref="ForeignNames"/>).</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What else of it stands in <c>memberships</c>.</summary>
    public DerivedList? Derived { get; init; }

    /// <summary>The property that the second part of an id names.</summary>
    public string NameProperty { get; init; } = "name";

    /// <summary>Whether a name may hold slashes and begin with one: it is found with and without that one.</summary>
    public bool NamesHoldSlashes { get; init; }

    /// <summary>Whether an add gives it a name of our own choice and answers that name.</summary>
    public bool IsNamedByServer { get; init; }

    /// <summary>The secret that a read of one object shows to its administrators; lists and all others get <c>***</c> (docs/design/secrets.md).</summary>
    public string? Shown { get; init; }

    /// <summary>The property that names who added the object, where the document does not say it.</summary>
    public string? CallerProperty { get; init; }

    /// <summary>Whether its writes answer true and false instead of words.</summary>
    public bool AnswersTruth { get; init; }

    /// <summary>What the server looks up or decides on; <c>owner</c>, <c>name</c> and <c>createdTime</c> among them.</summary>
    public required IReadOnlyList<ObjectColumn> Columns { get; init; }

    public IReadOnlyList<ObjectSecret> Secrets { get; init; } = [];

    /// <summary>Secret properties without a column of their own, kept together in one ciphertext.</summary>
    public IReadOnlySet<string> Bagged { get; init; } = new HashSet<string>();

    public SecretColumn? EncryptedProperties { get; init; }

    /// <summary>Properties that are computed at a read, or that we never keep: dropped whenever they are sent.</summary>
    public IReadOnlySet<string> NeverStored { get; init; } = new HashSet<string>();

    /// <summary>Properties that are stored and shown, and that nothing here acts on (docs/properties.md).</summary>
    public IReadOnlySet<string> KeptOnly { get; init; } = new HashSet<string>();

    /// <summary>Whether all of its objects are stored and shown, and nothing here acts on them (docs/properties.md).</summary>
    public bool IsKeptOnly { get; init; }

    /// <summary>Properties that an add (an import) may set and an update may not.</summary>
    public IReadOnlySet<string> FixedAfterAdd { get; init; } = new HashSet<string>();

    /// <summary>Where a property that an update does not write is changed, for callers that ask for exactly that.</summary>
    public IReadOnlyDictionary<string, LocalizedText> OtherRoutes { get; init; } = new Dictionary<string, LocalizedText>();

    /// <summary>What stands for a property that has no other route.</summary>
    private static readonly LocalizedText s_serverWrites = new("the server writes it", "由服务器写入");

    /// <summary>The sentence for a caller that asks to change a property which an update does not write.</summary>
    /// <param name="property">In Casdoor's spelling.</param>
    /// <param name="title">How the sentence names it.</param>
    public LocalizedText NotChanged(string property, string title)
    {
        var other = OtherRoutes.GetValueOrDefault(property, s_serverWrites);
        return new LocalizedText($"{title} is not changed by update-{Name}: {other.English}", $"update-{Name} 不修改 {title}：{other.Chinese}");
    }

    /// <summary>Properties that an update sets to another value and never to nothing.</summary>
    public IReadOnlySet<string> KeptWhereEmpty { get; init; } = new HashSet<string>();

    /// <summary>Owners that client libraries name on reads where they mean the caller's own organization (docs/casdoor-compatibility.md).</summary>
    public IReadOnlyList<string> PlaceholderOwners { get; init; } = [];

    /// <summary>The owner of every object of this kind, or null where the document says it.</summary>
    public string? FixedOwner { get; init; }

    /// <summary>The names that can be neither changed nor deleted.</summary>
    public IReadOnlyList<string> BuiltIn { get; init; } = [];

    /// <summary>Columns of Casdoor's type that only one object of the kind may have, beside its name.</summary>
    public IReadOnlyList<string> Unique { get; init; } = [];

    /// <summary>Whether names are unique within their owner only.</summary>
    public bool IsNamedWithinOwner { get; init; }

    /// <summary>Properties whose order within one owner an index holds, beside <c>createdTime</c>, which every list has.</summary>
    public IReadOnlyList<string> QuickOrders { get; init; } = [];

    /// <summary>Properties whose lower-cased beginning within one owner an index holds (<see cref="ListProperty.Beginning"/>).</summary>
    public IReadOnlyList<string> QuickBeginnings { get; init; } = [];

    /// <summary>The column with the name of the organization that an object belongs to, beside its <c>organization_id</c>; null for organizations themselves.</summary>
    public string? OrganizationColumn => IsShared || Table == "applications" ? "organization" : Table == "organizations" ? null : "owner";

    /// <summary>Whether <see cref="Postern.Storage.Tables.UserCounts"/> keeps how many there are.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Completes a new object, or refuses it with a sentence.</summary>
    public Func<JsonObject, TimeProvider, LocalizedText?> Complete { get; init; } = (_, _) => null;

    /// <summary>Judges a change: the object as it is shown now, and the properties that would change.</summary>
    public Func<JsonObject, JsonObject, LocalizedText?> JudgeChange { get; init; } = (_, _) => null;

    /// <summary>A kind that no rule of ours reads columns of: it stands in <c>objects</c>.</summary>
    /// <param name="name">As in its routes.</param>
    /// <param name="plural">As in the route of its list.</param>
    /// <param name="type">Casdoor's name of the type.</param>
    /// <param name="shape">Every property with its type, in Casdoor's order.</param>
    /// <param name="nameProperty">The property that the second part of an id names.</param>
    public static ObjectKind Shared(string name, string plural, string type, string shape, string nameProperty = "name")
    {
        var read = new ObjectShape(shape);
        List<ObjectColumn> columns = [new("owner", "owner"), new(nameProperty, "name"), new("createdTime", "created_time", ColumnType.Time)];
        if (OfUsers.Contains(name))
        {
            columns.Add(User);
        }

        if (read.Has("displayName"))
        {
            columns.Add(new("displayName", "display_name"));
        }

        return new(name, plural, "objects")
        {
            Type = type,
            Shape = read,
            Columns = columns,
            Scope = $"kind = '{name}'",
            NameProperty = nameProperty,
            EncryptedProperties = SecretColumn.ObjectSecrets,
            IsNamedWithinOwner = true,
        };
    }

    /// <summary>Whether an update leaves it as it is, whatever is sent.</summary>
    public bool IsReadOnly(string property) => NeverStored.Contains(property) || FixedAfterAdd.Contains(property);

    /// <summary>Whether empty means unchanged: secrets read as <c>***</c> or not at all.</summary>
    internal bool KeepsWhereEmpty(string property) => SecretOf(property) is not null || Bagged.Contains(property) || KeptWhereEmpty.Contains(property);

    public ObjectColumn? ColumnOf(string property) => Columns.FirstOrDefault(c => c.Property == property);

    public ObjectSecret? SecretOf(string property) => Secrets.FirstOrDefault(s => s.Property == property);
}
