using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Identities;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// The one mechanism behind every object of the Casdoor API: what rules read goes into typed columns, secrets into
/// ciphertexts, the rest into <c>body</c> (docs/design/write-path.md).
/// </summary>
public sealed partial class ObjectStore(SecretStore secrets, TimeProvider clock)
{
    /// <summary>How a secret that is set reads, and what changes nothing where it is sent.</summary>
    public const string Masked = "***";

    /// <summary>The refusal that Casdoor answers as <c>Unaffected</c>.</summary>
    public static readonly LocalizedText BuiltInRename = new("what is built in cannot be renamed", "内置对象不能重命名");

    /// <summary>The most bytes of one object's row: its columns, its ciphertexts and the rest.</summary>
    public const int LargestObject = 256 * 1024;

    private static readonly string[] ProfileColumns = ["display_name", "avatar"];
    private static readonly string[] ContactColumns = ["email", "phone"];

    /// <summary>Fills defaults and encrypts; a password in clear text is hashed after it (<see cref="HashAsync(PreparedObject, PasswordChecks, CancellationToken)"/>). None of that has a place inside a write function.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="document">As sent.</param>
    /// <param name="judge">What this way of adding asks beyond shape and kind: fills the document as it was read, or refuses it with a sentence.</param>
    /// <param name="keepsName">Whether a kind that the server names keeps the name that it has: an import's.</param>
    public Prepared<PreparedObject> PrepareAdd(ObjectKind kind, JsonObject document, Func<JsonObject, LocalizedText?>? judge = null, bool keepsName = false)
    {
        var read = ObjectDocument.Read(kind, document);
        if (read.Value is not { } whole)
        {
            return new(null, read.Refusal);
        }

        if ((kind.IsNamedByServer && !keepsName) || (kind.NameProperty != "name" && Text(whole, kind.NameProperty).Length == 0))
        {
            whole[kind.NameProperty] = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        }

        if (Text(whole, kind.NameProperty).Length == 0)
        {
            return new(null, new("name must not be empty", "name 不能为空"));
        }

        whole["owner"] = kind.FixedOwner ?? (Text(whole, "owner") is { Length: > 0 } owner ? owner : kind == UserKind.Kind ? "" : "admin");
        if (Text(whole, "owner").Length == 0)
        {
            return new(null, new("owner must not be empty", "owner 不能为空"));
        }

        if (whole["createdTime"] is null)
        {
            whole["createdTime"] = Rfc3339.Of(clock.GetUtcNow().ToUnixTimeMilliseconds());
        }

        foreach (var property in whole.Where(p => p.Value is null).Select(p => p.Key).ToList())
        {
            whole.Remove(property);
        }

        foreach (var secret in kind.Secrets.Where(s => Text(whole, s.Property) == Masked))
        {
            whole.Remove(secret.Property);
        }

        if (kind == UserKind.Kind && PasswordFormats.Refuse(Text(whole, "passwordType"), Text(whole, "password")) is { } unusable)
        {
            return new(null, unusable);
        }

        if ((judge?.Invoke(whole) ?? kind.Complete(whole, clock)) is { } refusal)
        {
            return new(null, refusal);
        }

        var id = kind == UserKind.Kind && Text(whole, "id") is { Length: > 0 } given ? given : Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        string? clearPassword = null;
        if (kind == UserKind.Kind)
        {
            if (UserIds.Refuse(id) is { } unfit)
            {
                return new(null, unfit);
            }

            whole["id"] = id;
            clearPassword = TakeClearPassword(whole);
        }

        var values = new Dictionary<string, object?> { ["id"] = id };
        var times = new JsonObject();
        foreach (var column in kind.Columns)
        {
            values[column.Name] = column.Type == ColumnType.Time
                ? Keep(column, Text(whole, column.Property), 0, times)
                : Value(kind, column, whole[column.Property]);
        }

        foreach (var secret in kind.Secrets)
        {
            values[secret.Column.Column] = secrets.Protect(secret.Column, id, Text(whole, secret.Property));
        }

        if (kind == UserKind.Kind)
        {
            values["id_form"] = RetiredIds.Form(id);
            values["display_name_by_signin"] = false;
            values["avatar_by_signin"] = false;
            values["email_by_user"] = false;
            values["phone_by_user"] = false;
        }

        var derived = kind.Derived?.Of(whole);
        var lists = TakeLists(kind, whole);
        if (derived is not null)
        {
            lists[kind.Derived!.Name] = derived;
        }

        // A new body has nothing to take out.
        foreach (var list in lists.Keys.Where(l => whole.ContainsKey(l) && whole[l] is null))
        {
            whole.Remove(list);
        }

        if (kind.IsShared)
        {
            values["kind"] = kind.Name;
            values["organization"] = ObjectTarget.OrganizationOf(kind, whole);
            values["lookup"] = kind.Lookup.Length > 0 ? Text(whole, kind.Lookup) : "";
        }

        foreach (var property in kind.Bagged.Where(p => Text(whole, p) == Masked).ToList())
        {
            whole.Remove(property);
        }

        var (body, bag) = Rest(kind, whole);
        SecretValues.Keep([], bag);
        foreach (var (property, time) in times.Where(t => t.Value is not null))
        {
            body[property] = time!.DeepClone();
        }

        values["body"] = body.ToJsonString(KeptJson.Options);
        if (kind.EncryptedProperties is { } bagColumn)
        {
            values[bagColumn.Column] = secrets.Protect(bagColumn, id, bag.Count == 0 ? "" : bag.ToJsonString(KeptJson.Options));
        }

        return SizeOf(values) > LargestObject ? new Prepared<PreparedObject>(null, TooLarge(kind)) : new PreparedObject(kind, id, values) { Lists = lists, ClearPassword = clearPassword };
    }

    /// <summary>
    /// A partial change: absent properties stay, and so do secrets that are sent as <c>***</c>, "" or null (docs/design/secrets.md).
    /// With <paramref name="columns"/> (camelCase or snake_case) everything else in the body is ignored.
    /// </summary>
    public Prepared<PreparedUpdate> PrepareUpdate(StoredObject stored, JsonObject changes, IReadOnlyCollection<string>? columns = null, JsonObject? asShown = null)
    {
        var kind = stored.Kind;
        var shown = asShown ?? stored.Show();
        var read = ObjectDocument.ReadChanges(kind, shown, changes, columns);
        if (read.Value is not { } changed)
        {
            return new(null, read.Refusal);
        }

        if (kind.NamesUser && stored.Text("user_id").Length == 0 && columns?.Contains("user") == true
            && ObjectTarget.Text(changes, "user") is { Length: > 0 } user)
        {
            // Named on purpose, a name that was only a text becomes the user of that name; a document that is sent back as it was read says nothing.
            changed["user"] = user;
        }

        if (changed.ContainsKey(kind.NameProperty) && Text(changed, kind.NameProperty).Length == 0)
        {
            return new(null, new("name must not be empty", "name 不能为空"));
        }

        if (kind.BuiltIn.Contains(stored.Name) && changed.ContainsKey("name"))
        {
            return new(null, BuiltInRename);
        }

        // Only what changes: a value that an older version took does not stand in the way of another property.
        if ((PropertyLimits.RefuseAll("", kind.Shape, changed) ?? ControlCharacters.Refuse(kind, changed) ?? SignInLimits.Refuse(kind, stored.Name, changed)
            ?? kind.JudgeChange(shown, changed)) is { } refusal)
        {
            return new(null, refusal);
        }

        if (kind == UserKind.Kind && PasswordFormats.Refuse("", Text(changed, "password")) is { } unusable)
        {
            return new(null, unusable);
        }

        var clearPassword = kind == UserKind.Kind ? TakeClearPassword(changed) : null;
        if (clearPassword is not null && !changed.ContainsKey("lastChangePasswordTime"))
        {
            // By whatever route it is set: the age of the password counts from here.
            changed["lastChangePasswordTime"] = Rfc3339.Of(clock.GetUtcNow().ToUnixTimeMilliseconds());
        }

        var derived = kind.Derived is { } list && list.From.Any(changed.ContainsKey) ? list.Of(Merged(shown.DeepClone().AsObject(), changed)) : null;
        var lists = TakeLists(kind, changed);
        if (derived is not null)
        {
            lists[kind.Derived!.Name] = derived;
        }

        var values = Values(stored, changed);
        var size = values.Count == 0 ? 0 : SizeOf(stored.With(values));
        return size > LargestObject && size > SizeOf(stored.With([])) ? new Prepared<PreparedUpdate>(null, TooLarge(kind))
            : new PreparedUpdate(stored, values, clock.GetUtcNow().ToUnixTimeMilliseconds()) { Lists = lists, ClearPassword = clearPassword };
    }

    /// <summary>The secret itself, for the few routes that may show one.</summary>
    public string Reveal(StoredObject stored, string property) =>
        stored.Kind.SecretOf(property) is { } secret ? secrets.Read(secret.Column, stored.Id, stored.Text(secret.Column.Column))
        : RevealValue(stored, property) is { } value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : "";

    /// <summary>The same of a secret that is kept together with others, and may be a list or a map; null where it is not set.</summary>
    public JsonNode? RevealValue(StoredObject stored, string property) =>
        stored.Kind.Bagged.Contains(property) && secrets.Read(stored.Kind.EncryptedProperties!, stored.Id, stored.Text(stored.Kind.EncryptedProperties!.Column)) is { Length: > 0 } bag
            ? JsonNode.Parse(bag)![property]
            : null;

    /// <summary>A user without second factors, which no other update takes out.</summary>
    public PreparedUpdate PrepareWithoutSecondFactors(StoredObject user) =>
        new(user, Values(user, SecondFactors.None), clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The columns of a row in which a secret that stood in the body is kept as one.</summary>
    internal IReadOnlyDictionary<string, object?> Protect(StoredObject stored, string property, JsonNode clear) =>
        Values(stored, new JsonObject { [property] = clear.DeepClone() });
}
