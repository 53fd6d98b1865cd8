namespace Postern.Server.Configuration;

/// <summary>Where WeChat is. The server that answers there decides who signs in, so Production believes only WeChat's own hosts.</summary>
internal static class WechatEndpointSetting
{
    private static readonly string s_production = KnownSettings.Of(ConfigurationKeys.WechatEndpoint).Default;

    private const string Sandbox = "http://127.0.0.1:8001";

    private static readonly HashSet<string> s_hosts =
    [
        "api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com", "sz.api.weixin.qq.com", "hk.api.weixin.qq.com",
    ];

    public static Uri Read(SettingsReader settings, bool isDevelopment, bool hasSandbox)
    {
        var fallback = new Uri(hasSandbox ? Sandbox : s_production);
        var allowsForeign = settings.Flag(ConfigurationKeys.AllowForeignWechatEndpoint);
        if (settings.Text(ConfigurationKeys.WechatEndpoint) is not { } value)
        {
            return fallback;
        }

        if (!OriginSetting.IsOrigin(value.EndsWith('/') ? value[..^1] : value))
        {
            settings.Refuse(ConfigurationKeys.WechatEndpoint,
                $"it must be an absolute http or https address without user, path, query or fragment, as in {s_production}");
            return fallback;
        }

        var endpoint = new Uri(value);
        if (isDevelopment || IsWechat(endpoint))
        {
            return endpoint;
        }

        if (!allowsForeign)
        {
            settings.Refuse(ConfigurationKeys.WechatEndpoint,
                "in Production it must be one of WeChat's own hosts over https (" + string.Join(", ", s_hosts)
                + $"), unless {ConfigurationKeys.AllowForeignWechatEndpoint} = true");
            return fallback;
        }
        settings.Warn(
            $"{ConfigurationKeys.WechatEndpoint} = {SettingsReader.Shown(value)} is not WeChat: the server that answers there receives the AppSecrets and "
            + "can sign in as anyone" + (endpoint.Scheme == "http" ? ", and so can anyone who can read or change the unencrypted traffic to it." : "."));
        return endpoint;
    }

    private static bool IsWechat(Uri endpoint) =>
        endpoint.Scheme == "https" && endpoint.IsDefaultPort && s_hosts.Contains(endpoint.Host);
}
