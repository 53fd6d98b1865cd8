using System.Data.Common;
using System.Text.Json;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>How a hosted page looks like its application: title, colour and logo, each the organization's where the application has none.</summary>
/// <param name="Title">What the page is called.</param>
/// <param name="Color"><c>#rrggbb</c>; "" = ours.</param>
/// <param name="Logo">Where the picture comes from; pages show what <see cref="Logos"/> keeps of it. "" = none.</param>
public sealed record Brand(string Title, string Color, string Logo)
{
    public static readonly Brand Ours = new("Postern", "", "");

    public static async Task<Brand> OfAsync(DbConnection connection, Application application)
    {
        var (own, organization, organizationTitle) = await connection.QuerySingleAsync<(string, string, string)>(
            "select a.body, o.body, case when o.display_name = '' then o.name else o.display_name end from applications a join organizations o on o.name = a.organization where a.id = @Id",
            new { application.Id });
        using var first = JsonDocument.Parse(own);
        using var second = JsonDocument.Parse(organization);
        // A page that asks for a password must not show a name or logo that an unverified client chose for itself.
        if (application.IsSelfRegistered)
        {
            return new Brand(organizationTitle, ColorOf(second), Text(second, "logo"));
        }

        var title = Text(first, "title");
        return new Brand(
            title.Length > 0 ? title : application.DisplayName.Length > 0 ? application.DisplayName : application.Name,
            ColorOf(first) is { Length: > 0 } color ? color : ColorOf(second),
            Text(first, "logo") is { Length: > 0 } logo ? logo : Text(second, "logo"));
    }

    /// <summary>Nothing but a colour may stand in a style (a theme is a tenant's to write).</summary>
    public static bool IsColor(string text) => text.Length == 7 && text[0] == '#' && text.Skip(1).All(char.IsAsciiHexDigit);

    /// <summary>A theme counts where it is switched on, as in Casdoor's console.</summary>
    private static string ColorOf(JsonDocument body) =>
        body.RootElement.TryGetProperty("themeData", out var theme) && theme.ValueKind == JsonValueKind.Object
        && theme.TryGetProperty("isEnabled", out var isEnabled) && isEnabled.ValueKind == JsonValueKind.True
        && theme.TryGetProperty("colorPrimary", out var color) && color.ValueKind == JsonValueKind.String && IsColor(color.GetString()!)
            ? color.GetString()!.ToLowerInvariant()
            : "";

    private static string Text(JsonDocument body, string property) =>
        body.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
}
