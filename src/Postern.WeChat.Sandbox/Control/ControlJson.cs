using System.Text.Json.Serialization;
using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox.Control;

internal sealed record PersonaChange(bool Blocked);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SandboxApp))]
[JsonSerializable(typeof(SandboxFault))]
[JsonSerializable(typeof(PersonaChange))]
[JsonSerializable(typeof(IReadOnlyList<CallCount>))]
internal sealed partial class ControlJson : JsonSerializerContext;
