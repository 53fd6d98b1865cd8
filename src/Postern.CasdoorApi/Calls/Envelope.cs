using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.Calls;

/// <summary>Casdoor's JSON envelope: HTTP 200 whatever happened. An error has a <see cref="ErrorCode"/> beside its text; Casdoor's clients ignore it.</summary>
public static class Envelope
{
    public const string Affected = "Affected";
    public const string Unaffected = "Unaffected";

    private static readonly LocalizedText s_needsCaller = new("Please login first", "请先登录");
    private static readonly LocalizedText s_denied = new("Unauthorized operation", "未授权的操作");
    private static readonly byte[] ListBeginning = """{"status":"ok","msg":"","sub":"","name":"","data":["""u8.ToArray();
    private const string ContentType = "application/json; charset=utf-8";

    public static IResult Ok(JsonNode? data = null, JsonNode? data2 = null, string sub = "", string name = "", JsonNode? data3 = null) =>
        Whole("ok", LocalizedText.None, data, data2, sub, name, data3);

    public static IResult Error(ErrorCode code, LocalizedText message, JsonNode? data = null) => Whole("error", message, data, null, "", "", code: code);

    /// <param name="id">As the caller named the user.</param>
    public static IResult NoSuchUser(string id) => Error(ErrorCode.NotFound, new($"The user: {id} doesn't exist", $"用户: {id} 不存在"));

    public static IResult NoSuchUser(ObjectId id) => NoSuchUser(id.ToString());

    /// <summary>The gate refuses; <c>reason</c> says by which rule.</summary>
    /// <param name="refusal">By the gate.</param>
    /// <param name="message">In other words than the refusal's own, where Casdoor's clients know them.</param>
    public static IResult SignInRefused(GateRefusal refusal, LocalizedText? message = null)
    {
        var answer = Whole("error", message ?? refusal.Sentence, null, null, "", "", code: ErrorCode.Of(refusal));
        answer.Body["reason"] = refusal.Cause;
        return answer;
    }

    /// <summary>The route needs a caller and the request names none.</summary>
    /// <param name="isInData">Whether the sentence stands in <c>data</c> too, as some of Casdoor's routes have it.</param>
    public static IResult LoginFirst(bool isInData = false) =>
        Whole("error", s_needsCaller, isInData ? s_needsCaller.English : null, null, "", "", code: ErrorCode.Unauthorized) with { IsForNobody = true };

    /// <summary>A whole list, which was written while it was read.</summary>
    public static IResult List(ListBody body, JsonNode? data2 = null) => new ListAnswer(body, data2);

    public static IResult Written(bool isAffected) => Ok(isAffected ? Affected : Unaffected);

    /// <summary>The caller may not do this; where the request names no caller, the answer's code says so.</summary>
    public static IResult Denied() => Denied(ErrorCode.AccessDenied, s_denied);

    /// <summary>The credentials of the request were refused.</summary>
    public static IResult Denied(Identified identified) => Denied(identified.Code, identified.Refusal!);

    /// <summary>What Casdoor's authorization filter answers: fewer keys than other errors have.</summary>
    public static IResult Denied(ErrorCode code, LocalizedText message) => new Answer(new JsonObject
    {
        ["status"] = "error",
        ["msg"] = message.English,
        ["code"] = code.Name,
        ["data"] = null,
        ["data2"] = null,
    }, message, IsDenial: true)
    { IsForNobody = true };

    /// <summary>Whether an answer is a denial.</summary>
    internal static bool IsDenial(IResult answer) => answer is Answer { IsDenial: true };

    private static Answer Whole(string status, LocalizedText message, JsonNode? data, JsonNode? data2, string sub, string name, JsonNode? data3 = null, ErrorCode? code = null)
    {
        var body = new JsonObject { ["status"] = status, ["msg"] = message.English };
        if (code is not null)
        {
            body["code"] = code.Name;
        }

        body["sub"] = sub;
        body["name"] = name;
        body["data"] = data;
        body["data2"] = data2;
        body["data3"] = data3;
        return new Answer(body, message, IsDenial: false);
    }

    private sealed record ListAnswer(ListBody Body, JsonNode? Data2) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
            var end = Encoding.UTF8.GetBytes($"],\"data2\":{Data2?.ToJsonString() ?? "null"},\"data3\":null}}");
            response.ContentType = ContentType;
            response.ContentLength = ListBeginning.Length + Body.Length + end.Length;
            await response.Body.WriteAsync(ListBeginning, cancel);
            await Body.WriteToAsync(response.Body, cancel);
            await response.Body.WriteAsync(end, cancel);
        }
    }

    /// <summary>Written in the caller's language, which only the request knows.</summary>
    private sealed record Answer(JsonObject Body, LocalizedText Message, bool IsDenial) : IResult
    {
        /// <summary>A refusal that credentials could change.</summary>
        public bool IsForNobody { get; init; }

        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (ReadsChinese(httpContext.Request.Headers.AcceptLanguage.ToString()))
            {
                Body["msg"] = Message.Chinese;
            }

            if (IsForNobody)
            {
                if (IsDenial && Callers.IsMissing(httpContext) && (string?)Body["code"] == ErrorCode.AccessDenied.Name)
                {
                    Body["code"] = ErrorCode.Unauthorized.Name;
                }

                TokenChallenge.SetWhereTokenIsMissing(httpContext);
            }

            return Results.Bytes(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(Body, KeptJson.Options), ContentType).ExecuteAsync(httpContext);
        }

        // The first two letters decide; Casdoor's filter reads no more than two.
        private bool ReadsChinese(string acceptLanguage) =>
            acceptLanguage.StartsWith("zh", StringComparison.OrdinalIgnoreCase) && (!IsDenial || acceptLanguage.Length == 2);
    }
}
