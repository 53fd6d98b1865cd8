using System.Net;

namespace Postern.Protocol;

/// <summary>Where an authorization may be sent.</summary>
public static class RedirectUris
{
    private static readonly string[] ScriptSchemes = ["javascript", "data", "vbscript", "file", "blob", "about"];

    /// <summary>
    /// Character by character (RFC 9700 §4.1.3), except for the port of a loopback address, which a native application
    /// learns only when it runs (RFC 8252 §7.3).
    /// </summary>
    public static bool IsListed(IEnumerable<string> registered, string sent) =>
        IsAcceptable(sent) && registered.Any(one => one == sent || IsSameButForPort(one, sent));

    /// <summary>Absolute, without a fragment (RFC 6749 §3.1.2), and nothing that a browser would run.</summary>
    public static bool IsAcceptable(string uri) =>
        uri.Length is > 0 and <= 2000
        && !uri.AsSpan().ContainsAnyExceptInRange('!', '~')
        && uri.AsSpan().IndexOfAny("#\\\"<") < 0
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && !ScriptSchemes.Contains(parsed.Scheme, StringComparer.OrdinalIgnoreCase)
        && parsed.UserInfo.Length == 0
        && (parsed.Scheme is not ("http" or "https") || parsed.Host.Length > 0);

    /// <summary>
    /// What an unverified client may register (RFC 8252 §7): https, a loopback address, or a private-use scheme that is its reversed
    /// domain name.
    /// </summary>
    public static bool MayBeRegisteredByAnyone(string uri) =>
        IsAcceptable(uri) && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.Scheme switch
        {
            "https" => true,
            "http" => IsLoopback(parsed) || parsed.Host == "localhost",
            var scheme => scheme.Contains('.', StringComparison.Ordinal),
        };

    /// <summary>https, or http of a loopback address, where a native application listens (RFC 8252 §7.3).</summary>
    public static bool IsHttpsOrLoopback(string uri) =>
        IsAcceptable(uri) && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && (parsed.Scheme == "https" || (parsed.Scheme == "http" && IsLoopback(parsed)));

    /// <summary>An address of this computer or of an application on it: no site that could pass for ours.</summary>
    public static bool StaysOnThisComputer(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && (parsed.Scheme is not ("http" or "https") || IsLoopback(parsed) || parsed.Host == "localhost");

    /// <summary>Scheme, host and port: what a page's Content-Security-Policy names.</summary>
    public static string OriginOf(string uri)
    {
        var parsed = new Uri(uri);
        return parsed.Scheme is "http" or "https" ? parsed.GetLeftPart(UriPartial.Authority) : parsed.Scheme + ":";
    }

    /// <summary>Whether a page of this origin could be a registered address; of a loopback address the port does not count, as above.</summary>
    public static bool IsOfOrigin(string registered, string origin) =>
        Uri.TryCreate(registered, UriKind.Absolute, out var ours) && ours.Scheme is "http" or "https"
        && (ours.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)
            || (ours.Scheme == "http" && IsLoopback(ours)
                && Uri.TryCreate(origin, UriKind.Absolute, out var theirs) && WithoutPort(theirs, origin) == ours.Scheme + "://" + ours.Host));

    private static bool IsSameButForPort(string registered, string sent) =>
        Uri.TryCreate(registered, UriKind.Absolute, out var ours) && Uri.TryCreate(sent, UriKind.Absolute, out var theirs)
        && ours.Scheme == "http" && IsLoopback(ours)
        && WithoutPort(ours, registered) is { } expected && expected == WithoutPort(theirs, sent);

    /// <summary>The text with the port cut out, so that everything else is still compared as it was written.</summary>
    private static string? WithoutPort(Uri uri, string text)
    {
        var authority = uri.Scheme + "://" + uri.Host;
        if (!text.StartsWith(authority, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = text[authority.Length..];
        if (rest.StartsWith(':'))
        {
            rest = rest[1..].TrimStart("0123456789".ToCharArray());
        }

        return rest.Length == 0 || rest[0] is '/' or '?' ? authority + rest : null;
    }

    private static bool IsLoopback(Uri uri) =>
        uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip);
}
