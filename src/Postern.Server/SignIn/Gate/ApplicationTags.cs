using System.Text.Json;
using Postern.Server.Data;

namespace Postern.Server.SignIn.Gate;

/// <summary>Where an application has <c>tags</c>, only users with one of them sign in to it; a user may have several, with commas between.</summary>
internal static class ApplicationTags
{
    public static bool Admit(string applicationTags, User user, string userTag)
    {
        if (applicationTags is "" or "[]" or "null" || GateRules.IsExempt(user))
        {
            return true;
        }

        var listed = JsonSerializer.Deserialize(applicationTags, ApplicationJson.Default.StringArray) ?? [];
        return listed.Length == 0 || listed.Contains(userTag, StringComparer.Ordinal)
            || userTag.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(tag => listed.Contains(tag, StringComparer.Ordinal));
    }
}
