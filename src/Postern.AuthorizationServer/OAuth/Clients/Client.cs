using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>A client that asks for tokens, and whether it proved to know its secret.</summary>
public sealed record Client(Application Application, bool HasSecret);
