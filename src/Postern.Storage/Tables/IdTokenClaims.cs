using System.Text.Json.Nodes;

namespace Postern.Storage.Tables;

/// <summary>What id_tokens of an application say of the user (docs/tokens.md).</summary>
public static class IdTokenClaims
{
    /// <summary>What was asked for, in the form of OpenID Connect Core §5.1.</summary>
    public const string Standard = "standard";

    /// <summary>The fields of the access token, as at Casdoor; some of its clients read them there.</summary>
    public const string Casdoor = "casdoor";

    /// <summary>An application that comes from a Casdoor, by an import or initDataFile, keeps what its clients read there.</summary>
    public static JsonObject KeptFromCasdoor(JsonObject application)
    {
        if (application.Any(p => p.Key.Equals("idTokenClaims", StringComparison.OrdinalIgnoreCase)))
        {
            return application;
        }

        var kept = (JsonObject)application.DeepClone();
        kept["idTokenClaims"] = Casdoor;
        return kept;
    }
}
