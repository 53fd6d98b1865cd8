namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>The address of a session, <c>organization/user/application</c>; browsers' sign-ins at us have no application.</summary>
internal readonly record struct SessionKey(string Owner, string Name, string Application)
{
    public override string ToString() => $"{Owner}/{Name}/{Application}";

    public static bool TryRead(string id, out SessionKey read)
    {
        var parts = id.Split('/');
        read = parts.Length is 2 or 3 ? new SessionKey(parts[0], parts[1], parts.Length == 3 ? parts[2] : "") : default;
        return parts.Length is 2 or 3;
    }
}
