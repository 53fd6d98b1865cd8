using System.Net;
using System.Text.Json;

namespace Postern.WeChat;

/// <summary>The members we read of WeChat's JSON, whatever the route.</summary>
internal struct Answer
{
    private const int DeepestNesting = 16;

    public int ErrCode;
    public long ExpiresIn;
    public string? OpenId;
    public string? UnionId;
    public string? SessionKey;
    public string? AccessToken;
    public string Rid;
    public string? RefusedAddress;

    /// <summary>False for everything that is not one JSON object with members of the expected kinds.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out Answer answer)
    {
        answer = new Answer { Rid = "" };
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeepestNesting });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            if (!answer.TryReadMembers(ref reader))
            {
                return false;
            }
            // The next read finds the end, or throws because something follows the object.
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is how the reader reports bytes that are no UTF-8.
            return false;
        }
    }

    private bool TryReadMembers(ref Utf8JsonReader reader)
    {
        var seen = Members.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            if (!reader.Read())
            {
                return false;
            }

            if (member == Members.None)
            {
                reader.Skip();
                continue;
            }

            // Of two openids in one answer neither can be believed.
            if ((seen & member) != 0)
            {
                return false;
            }

            seen |= member;
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            if (!TryReadMember(ref reader, member))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private bool TryReadMember(ref Utf8JsonReader reader, Members member)
    {
        switch (member)
        {
            case Members.ErrCode:
                return TryReadInteger(ref reader, out var code) && (ErrCode = (int)code) == code;
            case Members.ExpiresIn:
                // code2Session never uses it; where a token has no lifetime, the 0 that stays says so.
                if (!TryReadInteger(ref reader, out ExpiresIn))
                {
                    reader.Skip();
                }

                return true;
            case Members.ErrMsg:
                if (reader.TokenType != JsonTokenType.String)
                {
                    reader.Skip();
                    return true;
                }

                var message = reader.GetString()!;
                Rid = Postern.WeChat.Rid.In(message);
                RefusedAddress = AddressIn(message);
                return true;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var text = reader.GetString();
        switch (member)
        {
            case Members.OpenId: OpenId = text; break;
            case Members.UnionId: UnionId = text; break;
            case Members.SessionKey: SessionKey = text; break;
            case Members.AccessToken: AccessToken = text; break;
        }

        return true;
    }

    /// <summary>The caller's own address as WeChat saw it, in <c>invalid ip A.B.C.D ipv6 …, not in whitelist</c>; nothing else of the text is kept.</summary>
    private static string? AddressIn(string message)
    {
        const string before = "invalid ip ";
        if (!message.StartsWith(before, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = message.AsSpan(before.Length);
        var end = rest.IndexOfAny(' ', ',');
        return IPAddress.TryParse(end < 0 ? rest : rest[..end], out var address) ? address.ToString() : null;
    }

    private static Members MemberOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("openid"u8) ? Members.OpenId
        : reader.ValueTextEquals("session_key"u8) ? Members.SessionKey
        : reader.ValueTextEquals("unionid"u8) ? Members.UnionId
        : reader.ValueTextEquals("errcode"u8) ? Members.ErrCode
        : reader.ValueTextEquals("errmsg"u8) ? Members.ErrMsg
        : reader.ValueTextEquals("access_token"u8) ? Members.AccessToken
        : reader.ValueTextEquals("expires_in"u8) ? Members.ExpiresIn
        : Members.None;

    private static bool TryReadInteger(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt64(out value),
            JsonTokenType.String => long.TryParse(reader.GetString(), System.Globalization.NumberStyles.AllowLeadingSign, null, out value),
            _ => false,
        };
    }

    [Flags]
    private enum Members
    {
        None = 0,
        ErrCode = 1,
        ErrMsg = 2,
        OpenId = 4,
        UnionId = 8,
        SessionKey = 16,
        AccessToken = 32,
        ExpiresIn = 64,
    }
}
