using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Outgoing;
using Postern.Protocol;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Whether phones reach this server under the address that it has in its tokens, and what WeChat must be told of it.</summary>
internal sealed class AddressChecks(CasdoorApiOptions options, OutgoingHttp http)
{
    private const string Metadata = "/.well-known/openid-configuration";

    public async Task<IReadOnlyList<Check>> RunAsync(CancellationToken cancel) => [await OfOriginAsync(cancel), OfServerDomain()];

    private async Task<Check> OfOriginAsync(CancellationToken cancel)
    {
        var origin = new Uri(options.Origin);
        if (origin.IsLoopback)
        {
            return new("origin", CheckState.Warning, new("The server's address is this computer's own: the simulator in WeChat's developer tools reaches it, phones do not.", "服务器地址是本机地址：微信开发者工具的模拟器可以访问，手机无法访问。"))
            {
                Value = options.Origin,
                Remedy = new("For phones, set origin in conf/app.conf to the public https address.", "如需手机访问，请将 conf/app.conf 的 origin 设为公网 https 地址。"),
            };
        }

        if (origin.Scheme != Uri.UriSchemeHttps)
        {
            return new("origin", CheckState.Wrong, new("The server's address is not https, and WeChat's phones call nothing else.", "服务器地址不是 https，而微信只允许 https 请求。"))
            {
                Value = options.Origin,
                Remedy = new("Put a reverse proxy with a certificate in front, and set origin to its https address.", "请在前面部署带证书的反向代理，并将 origin 设为其 https 地址。"),
            };
        }

        try
        {
            var answer = await http.GetAsync(options.Origin + Metadata, cancel);
            return !answer.IsGood || IssuerIn(answer.Body) != options.Origin
                ? new("origin", CheckState.Wrong, new("Something else than this server answers at its own address.", "在本服务器的地址上应答的并不是本服务器。"))
                {
                    Value = options.Origin,
                    Remedy = new("Compare origin in conf/app.conf with what the reverse proxy forwards: scheme, name and port must be the same.", "请核对 conf/app.conf 的 origin 与反向代理的转发：协议、域名和端口必须一致。"),
                }
                : new("origin", CheckState.Ok, new("This server answers at its own address.", "本服务器可通过其地址访问。")) { Value = options.Origin };
        }
        catch (OutgoingException e)
        {
            return Unreached(options.Origin, e.HttpRequestError);
        }
    }

    /// <summary>Why this server did not reach itself: a certificate that is not valid is so for phones too, anything else may be this network's.</summary>
    internal static Check Unreached(string origin, HttpRequestError error) => error == HttpRequestError.SecureConnectionError
        ? new("origin", CheckState.Wrong, new("The certificate at the server's address is not valid: WeChat's phones refuse it.", "服务器地址的证书无效：微信手机端会拒绝连接。"))
        {
            Value = origin,
            Remedy = new(
                "Have the reverse proxy send a certificate for this very name that has not expired, with its whole chain. Let's Encrypt gives one for free.",
                "请让反向代理提供与该域名一致、未过期且包含完整证书链的证书，可使用免费的 Let's Encrypt。"),
        }
        : new("origin", CheckState.Unknown, new("This server does not reach itself at its own address. Phones may still do.", "本服务器无法通过自己的地址访问自身，但手机可能可以。"))
        {
            Value = origin,
            Remedy = new("Open the address in a phone's browser: it must show this server's page, without a warning about its certificate.", "请用手机浏览器打开该地址：应显示本服务器的页面，且没有证书警告。"),
        };

    private Check OfServerDomain()
    {
        var origin = new Uri(options.Origin);
        var isTaken = origin.Scheme == Uri.UriSchemeHttps && origin.IsDefaultPort && !origin.IsLoopback && !IPAddress.TryParse(origin.Host.Trim('[', ']'), out _);
        var enter = new LocalizedText(
            "Enter it on mp.weixin.qq.com > Development > Development management > Development settings > Server domain > request.",
            "请填入 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > 服务器域名 > request 合法域名」。");
        return isTaken
            ? new("serverDomain", CheckState.Ok, new("WeChat must know this address, or the Mini Program may not call it.", "微信需要登记该地址，否则小程序无法调用。")) { Value = options.Origin, Remedy = enter }
            : new("serverDomain", CheckState.Warning, new("WeChat takes only https addresses with a name and without a port.", "微信只接受 https、有域名且不带端口的地址。"))
            {
                Value = options.Origin,
                Remedy = new(
                    "Until there is one, switch on \"do not verify request domains\" in WeChat's developer tools. " + enter.English,
                    "在此之前，可在微信开发者工具中勾选“不校验合法域名”。" + enter.Chinese),
            };
    }

    private static string? IssuerIn(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body)?["issuer"]?.ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
