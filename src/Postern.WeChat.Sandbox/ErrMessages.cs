namespace Postern.WeChat.Sandbox;

/// <summary>The texts that WeChat puts beside its numbers.</summary>
internal static class ErrMessages
{
    public static string Of(int errCode) => errCode switch
    {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40013 => "invalid appid",
        40029 => "invalid code",
        40125 => "invalid appsecret",
        40163 => "code been used",
        40164 => "invalid ip, not in whitelist",
        40226 => "code blocked",
        40243 => "AppSecret has been frozen",
        41002 => "appid missing",
        41004 => "appsecret missing",
        41008 => "missing code",
        43002 => "require POST method",
        44002 => "empty post data",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit",
        47001 => "data format error",
        _ => "error",
    };
}
