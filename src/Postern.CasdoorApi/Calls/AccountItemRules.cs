using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Bounded;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Calls;

internal sealed record AccountItem(string Name, string ViewRule, string ModifyRule, string Regex);

/// <summary>An organization's account items: who sees and who changes which property of its users.</summary>
internal sealed class AccountItemRules
{
    private const long KnownBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    // Reading them costs as much as reading the user does; most organizations have the same ones.
    private static readonly BoundedCache<AccountItemRules> Known = new(KnownBytes, rules => rules.items.Values.Sum(i => 200 + (2L * (i.Name.Length + i.ViewRule.Length + i.ModifyRule.Length + i.Regex.Length))));
    private readonly Dictionary<string, AccountItem> items = new(StringComparer.Ordinal);

    private AccountItemRules(string json)
    {
        foreach (var item in (JsonNode.Parse(json) as JsonArray ?? []).OfType<JsonObject>())
        {
            var read = new AccountItem(Text(item, "name"), Text(item, "viewRule"), Text(item, "modifyRule"), Text(item, "regex"));
            var property = PropertyOf(read.Name);
            if (ObjectKinds.User.Shape.Has(property))
            {
                items[property] = read;
            }
        }
    }

    /// <param name="organization">Whose account items; null where there is none.</param>
    public static AccountItemRules Of(Organization? organization)
    {
        var json = organization?.AccountItems ?? "[]";
        var key = CacheKey.Of(json);
        if (!Known.TryGet(key, out var rules))
        {
            rules = new AccountItemRules(json);
            Known.Set(key, rules);
        }

        return rules;
    }

    public IReadOnlyDictionary<string, AccountItem> ByProperty => items;

    /// <summary>How sentences call a property: by its item, as the organization's pages do.</summary>
    public string NameOf(string property) => items.TryGetValue(property, out var item) ? item.Name : property;

    /// <summary>Why this value may not be set, or null; a property without an item has no rule.</summary>
    public LocalizedText? Refuse(string property, JsonNode value, bool isAdmin)
    {
        if (!items.TryGetValue(property, out var item))
        {
            return null;
        }

        if (item.ViewRule == "Admin" && !isAdmin)
        {
            return OnlyAdmin(item.Name);
        }

        var refusal = item.ModifyRule switch
        {
            "Self" => null,
            "Admin" => isAdmin ? null : OnlyAdmin(item.Name),
            "Immutable" => new LocalizedText($"The {item.Name} is immutable.", $"{item.Name} 不能修改。"),
            _ => new LocalizedText($"Unknown modify rule {item.ModifyRule}.", $"未知的修改规则 {item.ModifyRule}。"),
        };
        return refusal ?? (Matches(item.Regex, value) ? null
            : new LocalizedText(
                $"The value \"{value}\" for account field \"{item.Name}\" doesn't match the account item regex",
                $"账号字段“{item.Name}”的值“{value}”不符合其正则表达式"));
    }

    public static LocalizedText OnlyAdmin(string name) => new LocalizedText($"Only admin can modify the {name}.", $"只有管理员可以修改 {name}。");

    private static bool Matches(string pattern, JsonNode value)
    {
        if (pattern.Length == 0 || value.GetValueKind() != JsonValueKind.String)
        {
            return true;
        }

        try
        {
            return Regex.IsMatch(value.GetValue<string>(), pattern, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // A pattern that cannot be judged admits nothing: it stands there to keep something out.
            return false;
        }
    }

    private static string PropertyOf(string item) => item switch
    {
        "Multi-factor authentication" => "preferredMfaType",
        "User type" => "type",
        "Country/Region" => "region",
        "Organization" => "owner",
        _ => ObjectKinds.User.Shape.NameOf(item.Replace(" ", "", StringComparison.Ordinal)),
    };

    private static string Text(JsonObject item, string property) =>
        item[property] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
