namespace Postern.Directory.Objects;

/// <summary>Casdoor's words for what its webhooks are told of, where our records have another; receivers wait for Casdoor's.</summary>
public static class WebhookWords
{
    private static readonly (string Word, string Action)[] Pairs = [("login", "signin"), ("signup", "new-user")];

    /// <summary>The action of our records that a webhook means; either word will do.</summary>
    public static string ActionOf(string word) => Array.Find(Pairs, p => p.Word == word) is { Action: { } action } ? action : word;

    /// <summary>What receivers are told.</summary>
    public static string WordOf(string action) => Array.Find(Pairs, p => p.Action == action) is { Word: { } word } ? word : action;
}
