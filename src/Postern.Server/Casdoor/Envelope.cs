using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor;

/// <summary>Casdoor's JSON envelope: HTTP 200 and seven keys, whatever happened (contract 3.3).</summary>
public static class Envelope
{
    public const string Affected = "Affected";
    public const string Unaffected = "Unaffected";

    private const string ContentType = "application/json; charset=utf-8";

    public static IResult Ok(JsonNode? data = null, JsonNode? data2 = null, string sub = "", string name = "") =>
        Whole("ok", "", data, data2, sub, name);

    public static IResult Error(string message, JsonNode? data = null) => Whole("error", message, data, null, "", "");

    public static IResult Written(bool isAffected) => Ok(isAffected ? Affected : Unaffected);

    /// <summary>What Casdoor's authorization filter answers; it has only these four keys (contract 3.2).</summary>
    public static IResult Denied(string message = "Unauthorized operation") => Json(new JsonObject
    {
        ["status"] = "error",
        ["msg"] = message,
        ["data"] = null,
        ["data2"] = null,
    });

    private static IResult Whole(string status, string message, JsonNode? data, JsonNode? data2, string sub, string name) => Json(new JsonObject
    {
        ["status"] = status,
        ["msg"] = message,
        ["sub"] = sub,
        ["name"] = name,
        ["data"] = data,
        ["data2"] = data2,
        ["data3"] = null,
    });

    private static IResult Json(JsonObject body) =>
        Results.Bytes(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(body, ObjectStore.Plain), ContentType);
}
