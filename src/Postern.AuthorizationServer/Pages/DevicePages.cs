using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>The page where users type the code that their device shows, see which client requested it, and approve or deny it (RFC 8628 §3.3).</summary>
public static class DevicePages
{

    /// <summary>The key under which wrong codes are counted: guesses are limited per address (RFC 8628 §5.1).</summary>
    private const string Guesses = "device codes";

    private static readonly LocalizedText Heading = new("Connect a device", "连接设备");
    private static readonly LocalizedText Unknown = new("This code is unknown or has expired. Look at the device again.", "该代码无效或已过期，请重新查看设备上的代码。");

    public static void MapDevice(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Paths.Device, (RequestDelegate)(context => AskForCodeAsync(context, "", null)));
        // The code in the address fills the field; the person still presses the button and compares (RFC 8628 §3.3.1).
        routes.MapGet(Paths.Device + "/{code}", (RequestDelegate)(context => AskForCodeAsync(context, (string)context.Request.RouteValues["code"]!, null)));
        routes.MapPost(Paths.Device, (RequestDelegate)HandleAsync);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        if (await PostedForm.ReadAsync(context, form => AskForCodeAsync(context, form["code"].ToString(), PostedForm.TooOld)) is not { } form)
        {
            return;
        }

        var services = context.RequestServices;
        var guesses = services.GetRequiredService<RefusalRateLimiter>();
        if (guesses.Judge(context.PeerAddress(), Guesses) is { } limit)
        {
            await ErrorPage.WriteAsync(context, null, limit);
            return;
        }

        var typed = form["code"].ToString();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var (device, application) = await FindAsync(context, typed, now);
        if (device is null || application is null)
        {
            guesses.Note(context.PeerAddress(), Guesses);
            await AskForCodeAsync(context, typed, Unknown);
            return;
        }

        if (await services.GetRequiredService<Sessions>().FindAsync(context) is not { } session || !application.Admits(session.User))
        {
            await SignInPage.ShowAsync(context, application, $"{Paths.Device}/{Uri.EscapeDataString(Shown(typed))}");
            return;
        }

        var isRefused = form["decision"] == "refuse";
        var verdict = await services.GetRequiredService<SignInGate>().JudgeAsync(SignInAttempt.Of(context, application, session), context.RequestAborted);
        if (verdict.IsRefused(out var refusal, out var admission) && !isRefused)
        {
            await SignInPage.ShowRefusalAsync(context, application, $"{Paths.Device}/{Uri.EscapeDataString(Shown(typed))}", session, refusal);
            return;
        }

        switch (form["decision"].ToString())
        {
            case "allow" or "refuse" when await DecideAsync(context, device, application, session, isRefused ? null : admission, now):
                await DoneAsync(context, application, isRefused);
                break;
            case "allow" or "refuse":
                await AskForCodeAsync(context, "", Unknown);
                break;
            default:
                await ConfirmAsync(context, device, application, session, typed);
                break;
        }
    }

    /// <summary>A page of another server asks for a signed-in user (<c>type=device</c>).</summary>
    public static async Task<(bool IsApproved, GateRefusal? Refusal)> ApproveAsync(HttpContext context, string userCode, FoundSession session)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<RefusalRateLimiter>().Judge(context.PeerAddress(), Guesses) is not null)
        {
            return default;
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var (device, application) = await FindAsync(context, userCode, now);
        if (device is null || application is null)
        {
            services.GetRequiredService<RefusalRateLimiter>().Note(context.PeerAddress(), Guesses);
            return default;
        }

        // A client that registered itself is approved only on our page, which names the client.
        if (application.IsSelfRegistered)
        {
            return default;
        }

        // The device's application is not the one that the user signed in to on this page.
        var verdict = await services.GetRequiredService<SignInGate>().JudgeAsync(SignInAttempt.Of(context, application, session), context.RequestAborted);
        return verdict.IsRefused(out var refusal, out var admission) ? (false, refusal) : (await DecideAsync(context, device, application, session, admission, now), null);
    }

    private static async Task<(DeviceCode? Device, Application? Application)> FindAsync(HttpContext context, string typed, long now) =>
        DeviceAuthorizationEndpoint.HashOfUserCode(typed) is not { } hash ? default
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(async connection =>
            {
                var device = await DeviceCodes.FindWaitingAsync(connection, hash, now);
                return (device, device is null ? null : await Applications.FindByIdAsync(connection, device.ApplicationId));
            }, context.RequestAborted);

    private static Task<bool> DecideAsync(HttpContext context, DeviceCode device, Application application, FoundSession session, Admission? admission, long now)
    {
        var decision = admission is null ? DeviceDecision.Refused : DeviceDecision.ApprovedBy(admission, session.CreatedTime, session.Amr);
        var record = RequestRecords.Of(context, session.User, admission is null ? "device-refused" : "device-approved", application.Name);
        return context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            if (!await Users.IsAsReadAsync(connection, session.User, transaction) || !await decision.WriteAsync(connection, device.UserCodeHash, now, transaction))
            {
                return Written.Rollback(false);
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
    }

    private static Task AskForCodeAsync(HttpContext context, string code, LocalizedText? alert)
    {
        var language = Languages.Of(context.Request);
        var isChinese = language == Language.Chinese;
        return new Page(language, Brand.Ours, Heading, Html.Of(
            $"""
            {(alert is not null ? Html.Of($"""<p class="alert" role="alert">{alert.In(language)}</p>""") : Html.Empty)}
            <form method="post" action="{Paths.Device}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <label for="code">{(isChinese ? "设备上显示的代码" : "Code that your device shows")}</label>
            <input class="code" id="code" name="code" type="text" value="{Shown(code)}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required>
            <button>{(isChinese ? "继续" : "Continue")}</button>
            </form>
            <p class="note">{(isChinese ? "仅在您本人刚刚启动设备登录时输入代码。" : "Enter a code only if you have just started to sign in on a device of your own.")}</p>
            """))
        { Status = alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.WriteAsync(context);
    }

    private static async Task ConfirmAsync(HttpContext context, DeviceCode device, Application application, FoundSession session, string typed)
    {
        var language = Languages.Of(context.Request);
        var isChinese = language == Language.Chinese;
        var brand = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
        await new Page(language, brand, Heading, Html.Of(
            $"""
            <p>{(isChinese ? "设备上的应用" : "A device wants to use")} <strong>{(application.IsSelfRegistered ? application.DisplayName : brand.Title)}</strong> {(isChinese ? "希望以此身份登录：" : "as")} <strong>{session.User.Name}</strong></p>
            {(application.IsSelfRegistered ? Html.Of($"""<p class="alert" role="alert">{ConsentPage.NotVerified.In(language)}</p>""") : Html.Empty)}
            {Meanings.ListOf(ConsentWords.Of(device.Scope, device.Resource), application.CustomScopes, language)}
            <p>{(isChinese ? "请确认设备上显示的代码与此一致：" : "Make sure that the device shows this code:")}</p>
            <p class="code-shown">{Shown(typed)}</p>
            <form method="post" action="{Paths.Device}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <input type="hidden" name="code" value="{Shown(typed)}">
            <button name="decision" value="allow">{(isChinese ? "允许" : "Allow")}</button>
            <button class="quiet" name="decision" value="refuse">{(isChinese ? "拒绝" : "Refuse")}</button>
            </form>
            <nav><a href="{SignOutPages.Path}">{SignOutPages.Heading.In(language)}</a></nav>
            """)).WriteAsync(context);
    }

    private static async Task DoneAsync(HttpContext context, Application application, bool isDenied)
    {
        var language = Languages.Of(context.Request);
        var brand = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
        var said = isDenied
            ? new LocalizedText("The device was refused. You can close this page.", "已拒绝该设备。您可以关闭此页面。")
            : new LocalizedText("The device is connected. You can close this page.", "设备已连接。您可以关闭此页面。");
        await new Page(language, brand, Heading, Html.Of($"""<p role="status">{said.In(language)}</p>""")).WriteAsync(context);
    }

    /// <summary>As the device shows it, however it was typed: people compare the two.</summary>
    private static string Shown(string code) =>
        DeviceAuthorizationEndpoint.Canonical(code) ?? (code.Length <= 20 ? code.ToUpperInvariant() : "");
}
