using System.Text.Encodings.Web;
using System.Text.Json;

namespace Postern.Storage.Databases;

/// <summary>How JSON is written that rows keep: only what JSON itself demands is escaped.</summary>
public static class KeptJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
