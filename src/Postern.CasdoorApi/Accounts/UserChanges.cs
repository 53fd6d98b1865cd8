using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>What a body of <c>update-user</c> would change, of which everything is allowed; the password is judged apart.</summary>
internal sealed record UserChanges(JsonObject Properties, string? Password)
{
    /// <summary>
    /// The columns that say from here on that an administrator vouches for the address or the number: each that an administrator writes,
    /// also one that is written again as it is and named for it. A whole object that is sent back as it was read vouches for nothing.
    /// </summary>
    public IReadOnlyList<string> Vouched { get; init; } = [];

    private const int LongestText = 2000;

    /// <summary>What users may change of themselves, where the account items do not say less.</summary>
    private static readonly HashSet<string> Own = new(
        [
            "displayName", "firstName", "lastName", "avatar", "location", "address", "addresses", "affiliation", "title", "homepage", "bio",
            "language", "gender", "birthday", "education", "region", "email", "phone", "password",
        ], StringComparer.Ordinal);

    /// <summary>Computed, and changing while a client holds its copy: neither written nor refused.</summary>
    private static readonly HashSet<string> NeverWritten = new(
        ["updatedTime", "lastSigninTime", "lastSigninIp", "lastSigninWrongTime", "signinWrongTimes", "isOnline", "hash", "preHash", "accessToken", "multiFactorAuths"],
        StringComparer.Ordinal);

    private static readonly HashSet<string> Identity = new(["id", "owner", "name"], StringComparer.Ordinal);

    /// <param name="body">What was sent.</param>
    /// <param name="target">The user, and what this caller sees of it.</param>
    /// <param name="columns">The only properties to change; empty for all that were sent.</param>
    public static Prepared<UserChanges> Read(JsonObject body, UpdateTarget target, IReadOnlyCollection<string> columns)
    {
        var named = columns.Select(c => c.Replace("_", "", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var changed = new JsonObject();
        var vouched = new List<string>();
        string? password = null;
        // A hash with its type would become the password itself, and its sender would not know.
        var bringsPassword = ObjectTarget.Text(body, "password") is { Length: > 0 } text && text != ObjectStore.Masked;
        foreach (var (property, sent) in SentForms.Read(ObjectKinds.User.Shape, body))
        {
            // What a client reads is clean already, so only the clean one can be unchanged.
            var value = property == "displayName" && sent?.GetValueKind() == JsonValueKind.String ? ControlCharacters.TakeOut(sent.GetValue<string>()) : sent;
            var isNamed = named.Count == 0 || named.Contains(property);
            // Libraries send back the whole object that they read, in a form of their own: what this route does not write is not looked at.
            if (value is null || NeverWritten.Contains(property) || (named.Count == 0 && ObjectKinds.User.IsReadOnly(property)
                && !(bringsPassword && property is "passwordType" or "passwordSalt"))
                || (!isNamed && !Identity.Contains(property)) || IsUnchanged(target, property, value))
            {
                if (target.IsByAdmin && named.Count > 0 && isNamed && value is not null && VouchedBy(property, value) is { } again)
                {
                    vouched.Add(again);
                }

                continue;
            }

            if (Refuse(target, property, value, isNamed) is { } refusal)
            {
                return new(null, refusal);
            }

            if (property == "password")
            {
                password = value.GetValue<string>();
            }
            // What Casdoor does not know is an administrator's to keep, and otherwise a client's own business.
            else if (target.IsByAdmin || ObjectKinds.User.Shape.Has(property))
            {
                changed[property] = value.DeepClone();
                if (target.IsByAdmin && VouchedBy(property, value) is { } column)
                {
                    vouched.Add(column);
                }
            }
        }

        // The new address is not verified.
        if (changed.ContainsKey("email") && !changed.ContainsKey("emailVerified"))
        {
            changed["emailVerified"] = false;
        }

        return new UserChanges(changed, password) { Vouched = [.. vouched.Distinct()] };
    }

    private static string? VouchedBy(string property, JsonNode value) => property switch
    {
        "email" or "phone" => value.ToString() == ObjectStore.Masked ? null : property + "_by_user",
        "emailVerified" => value.GetValueKind() == JsonValueKind.True ? "email_by_user" : null,
        _ => null,
    };

    /// <summary>Equal to what a read by this caller shows now: whole, filtered or masked.</summary>
    private static bool IsUnchanged(UpdateTarget target, string property, JsonNode value)
    {
        if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.ToString();
            if (text == ObjectStore.Masked || (text.Length == 0 && (Identity.Contains(property) || ObjectKinds.User.SecretOf(property) is not null)))
            {
                return true;
            }
        }

        var type = ObjectKinds.User.Shape.Find(property)?.Type ?? "";
        return IsShownAs(target.Whole[property]) || IsShownAs(target.Filtered[property]);

        bool IsShownAs(JsonNode? shown) => SentForms.IsSame(type, shown, SentForms.Complete(type, shown, value));
    }

    private static LocalizedText? Refuse(UpdateTarget target, string property, JsonNode value, bool isNamed)
    {
        var kind = ObjectKinds.User;
        if (kind.Shape.Has(property) && kind.Shape.Refuse(kind.Type, property, value) is { } wrongType)
        {
            return wrongType;
        }

        var name = target.Items.NameOf(property);
        if (property == "id" || kind.IsReadOnly(property))
        {
            return property == "id" ? new LocalizedText(
                "The ID is immutable.",
                "ID 不能修改。") : kind.NotChanged(property, $"The {name}");
        }

        if (Identity.Contains(property) && (!isNamed || target.IsCaller))
        {
            return target.IsByAdmin ? new LocalizedText(
                $"The {name} in the body is not the user's: name the user with the query's id",
                $"请求体中的 {name} 不是该用户的：请用查询参数 id 指明用户") : AccountItemRules.OnlyAdmin(name);
        }

        if (target.IsByAdmin)
        {
            return property == "name" ? RefuseName(target, value.GetValue<string>()) : null;
        }

        if (!Own.Contains(property))
        {
            return kind.Shape.Has(property) ? AccountItemRules.OnlyAdmin(name) : null;
        }

        return value.ToJsonString().Length > LongestText ? new LocalizedText($"The {name} is too long", $"{name} 太长")
            : property == "password" ? null
            : property == "avatar" && UserRules.RefuseAvatar(value.GetValue<string>()) is { } refusal ? refusal
            : target.Items.Refuse(property, value, target.IsOrganizationAdmin);
    }

    private static LocalizedText? RefuseName(UpdateTarget target, string name) =>
        target.Stored is { Owner: Organizations.BuiltIn, Name: "admin" } ? new LocalizedText(
            "Unauthorized operation",
            "未授权的操作") : UserRules.RefuseName(name, target.Organization);
}
