using Postern.CasdoorApi.AuditTrail;
using Postern.CasdoorApi.Enforcement;
using Postern.CasdoorApi.Objects;
using Postern.CasdoorApi.OpenApi;
using Postern.CasdoorApi.OwnApi;

namespace Postern.CasdoorApi;

/// <summary>Every route of Casdoor's API, by the files that map them.</summary>
public static class CasdoorRoutes
{
    public static void MapCasdoorApi(this IEndpointRouteBuilder routes)
    {
        routes.MapAccounts();
        routes.MapObjects();
        routes.MapRows();
        routes.MapRoutes();
        routes.MapUserRoutes();
        routes.MapEnforcement();
        routes.MapOwnRoutes();
        routes.MapRecords();
        routes.MapOpenApi();
    }
}
