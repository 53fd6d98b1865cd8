using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Postern.Storage.Databases;

namespace Postern.Server.Commands;

/// <summary>Why <c>httpport</c> could not be listened on, in the one sentence that an operator reads.</summary>
internal static class PortRefusal
{
    public static bool IsOne(Exception e) => e is SocketException or IOException { InnerException: AddressInUseException or SocketException };

    public static StartRefusedException Of(Exception e, int port) => new(
        e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? $"Port {port} (httpport) may not be listened on by this user: set an httpport of 1024 or more behind a proxy, or give the program the capability CAP_NET_BIND_SERVICE."
            : $"Port {port} (httpport) cannot be listened on: stop what listens there, or set another httpport.",
        e);
}
