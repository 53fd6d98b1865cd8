using Postern.Directory.Identities;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>The code of <c>wx.login()</c> as a proof for other purposes than a sign-in.</summary>
public sealed class WeChatCodeProofs(MiniProgramProviders providers, CodeExchanges exchanges, TimeProvider clock)
{
    private const int LongestCode = 256;

    /// <summary>Exchanges the code with WeChat.</summary>
    /// <param name="application">The client that presents it.</param>
    /// <param name="appid">Which of its Mini Programs; null = the first.</param>
    /// <param name="code">The code. It is used by this.</param>
    /// <param name="purpose">What it proves, and for which user.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="cancel">Of the choice of the Mini Program; a code that WeChat has used is no longer cancelled.</param>
    public async Task<Outcome<IdentityProof>> ProveAsync(
        Application application, string? appid, string code, string purpose, string address, CancellationToken cancel)
    {
        if (code.Length is 0 or > LongestCode || code.Any(char.IsControl))
        {
            return WeChatRefusals.CodeUsed;
        }

        if ((await providers.ChooseAsync(application, appid, null, cancel)).IsRefused(out var refusal, out var program))
        {
            return refusal;
        }

        var provider = program.Provider;
        var hash = CodeExchanges.HashOf(application.ClientId, provider.ClientId, code, purpose);
        if ((await exchanges.ExchangeAsync(hash, provider, code, address)).IsRefused(out refusal, out var exchanged))
        {
            return refusal;
        }

        var identity = WeChatIdentity.Of(application.OrganizationId, provider, exchanged.OpenId, exchanged.UnionId);
        return new IdentityProof(identity, provider.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), ProofMethods.WeChatCode);
    }
}
