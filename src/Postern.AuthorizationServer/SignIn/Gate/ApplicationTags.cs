using System.Text.Json;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>Where an application has <c>tags</c>, only users with one of them sign in to it; a user may have several, with commas between.</summary>
internal static class ApplicationTags
{
    /// <summary>What marks a client that registered itself; it is no tag of users.</summary>
    public const string Registered = "dcr";

    public static bool Admit(Application application, User user, string userTag)
    {
        if (application.Tags is "" or "[]" or "null" || GateRules.IsExempt(application, user))
        {
            return true;
        }

        var listed = (JsonSerializer.Deserialize(application.Tags, ApplicationJson.Default.StringArray) ?? [])
            .Where(tag => !application.IsSelfRegistered || tag != Registered).ToArray();
        return listed.Length == 0 || listed.Contains(userTag, StringComparer.Ordinal)
            || userTag.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(tag => listed.Contains(tag, StringComparer.Ordinal));
    }
}
