using System.Text.Json;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>A Mini Program of an application, and whether a sign-in there may create a user.</summary>
public sealed record MiniProgram(Provider Provider, bool CanSignUp);

/// <summary>Which Mini Program a sign-in belongs to.</summary>
public sealed partial class MiniProgramProviders(Database database, AuthorizationServerOptions options, ILogger<MiniProgramProviders> logger)
{
    private const string SandboxAppIds = "wxsandbox";

    private static readonly OAuthError NotSupported =
        OAuthError.InvalidClient("the application does not support wechat mini program", "该应用未配置微信小程序登录");

    /// <summary>The one that <c>appid</c> or <c>provider</c> names; else the first of type WeChatMiniProgram, else the first WeChat.</summary>
    public async Task<Outcome<MiniProgram>> ChooseAsync(Application application, string? appid, string? provider, CancellationToken cancel)
    {
        var items = Items(application.Providers);
        if (items.Count == 0)
        {
            return NotSupported;
        }

        var names = items.Select(i => i.Name).ToList();
        var found = await database.ReadAsync(connection => Providers.FindAsync(connection, names, application.OrganizationId), cancel);
        var byName = found.Where(IsUsable).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var programs = items.Where(i => byName.ContainsKey(i.Name)).Select(i => new MiniProgram(byName[i.Name], i.CanSignUp)).ToList();
        var chosen = appid is not null ? programs.Find(p => p.Provider.ClientId == appid && (provider is null || p.Provider.Name == provider))
            : provider is not null ? programs.Find(p => p.Provider.Name == provider)
            : programs.Find(p => p.Provider.Type == Providers.WeChatMiniProgram) ?? programs.FirstOrDefault();
        return chosen is not null ? chosen
            : appid is not null || provider is not null ? OAuthError.InvalidRequest("the application has no such mini program: check appid and provider", "该应用没有此小程序，请检查 appid 与 provider")
            : NotSupported;
    }

    /// <summary>Whether an application lets people in through the provider of this name, and if so, whether they may be new.</summary>
    public static bool? CanSignUp(string providers, string name) => Items(providers).Find(i => i.Name == name)?.CanSignUp;

    // Sandbox appids let a caller sign in as any user, so they are ignored outside a Debug build in Development.
    private bool IsUsable(Provider provider)
    {
        if (provider.Type is not (Providers.WeChatMiniProgram or Providers.WeChat))
        {
            return false;
        }

        var isOfSandbox = provider.IsDemo || provider.ClientId.StartsWith(SandboxAppIds, StringComparison.Ordinal);
        if (isOfSandbox && !options.HasSandbox)
        {
            LogOfSandbox(provider.Name);
            return false;
        }

        return true;
    }

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "Provider {Provider} has an AppID of the simulated WeChat, which counts in Development only: give it your Mini Program's. 该 provider 使用沙箱 AppID，仅在开发环境有效，请改为真实小程序的 AppID")]
    private partial void LogOfSandbox(string provider);

    private static List<ProviderItem> Items(string providers)
    {
        using var list = JsonDocument.Parse(providers.Length == 0 ? "[]" : providers);
        return list.RootElement.ValueKind != JsonValueKind.Array ? []
            : [.. list.RootElement.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object).Select(ItemOf).Where(i => i.Name.Length > 0 && i.CanSignIn)];
    }

    /// <summary>An absent flag means true, and one that is no flag, which an older version may have kept, opens nothing.</summary>
    private static ProviderItem ItemOf(JsonElement item)
    {
        var read = new ProviderItem("", CanSignIn: true, CanSignUp: true);
        foreach (var property in item.EnumerateObject())
        {
            var flag = property.Value.ValueKind is JsonValueKind.True or JsonValueKind.Null;
            read = property.Name.ToUpperInvariant() switch
            {
                "NAME" => read with { Name = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "" },
                "CANSIGNIN" => read with { CanSignIn = flag },
                "CANSIGNUP" => read with { CanSignUp = flag },
                _ => read,
            };
        }

        return read;
    }

    /// <summary>What is read of an application's provider item.</summary>
    private sealed record ProviderItem(string Name, bool CanSignIn, bool CanSignUp);
}
