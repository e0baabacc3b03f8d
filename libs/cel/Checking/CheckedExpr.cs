using Kube.Cel.Syntax;
using Kube.Cel.Types;

namespace Kube.Cel.Checking;

/// <summary>An expression whose names are resolved, with its type.</summary>
internal sealed record CheckedExpr(Expr Expr, CelType Type);
