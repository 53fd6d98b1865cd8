namespace Postern.WeChat;

/// <summary>WeChat's request id: the only part of an <c>errmsg</c> that may reach a log.</summary>
internal static class Rid
{
    private const int Length = 26;

    public static string In(string errMsg)
    {
        var at = errMsg.LastIndexOf("rid: ", StringComparison.Ordinal);
        if (at < 0 || errMsg.Length - at - 5 < Length)
        {
            return "";
        }

        var rid = errMsg.AsSpan(at + 5, Length);
        for (var i = 0; i < Length; i++)
        {
            var fits = i is 8 or 17 ? rid[i] == '-' : char.IsAsciiHexDigit(rid[i]);
            if (!fits)
            {
                return "";
            }
        }

        return rid.ToString();
    }
}
