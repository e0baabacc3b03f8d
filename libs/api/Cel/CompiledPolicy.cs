using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Cel;
using Kube.Cel.Evaluation;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Api.Cel;

/// <summary>What a policy's expressions look at.</summary>
public sealed record PolicyInput
{
    /// <summary>The new object; null on delete.</summary>
    public required JsonObject? Object { get; init; }

    /// <summary>The stored object; null on create.</summary>
    public required JsonObject? OldObject { get; init; }

    /// <summary>The request, as kubernetes.AdmissionRequest.</summary>
    public required JsonObject Request { get; init; }

    /// <summary>The namespace; null for an object without one.</summary>
    public JsonObject? Namespace { get; init; }

    /// <summary>The parameters; null when there are none.</summary>
    public JsonObject? Params { get; init; }

    /// <summary>The variable "authorizer".</summary>
    public required CelValue Authorizer { get; init; }

    /// <summary>The variable "authorizer.requestResource".</summary>
    public required CelValue RequestResource { get; init; }
}

/// <summary>One validation that does not hold, or could not be worked out.</summary>
/// <param name="Index">Which of the policy's validations.</param>
/// <param name="Message">For the user.</param>
/// <param name="Reason">Reason of the Status; null for the usual one.</param>
public readonly record struct PolicyFailure(int Index, string Message, string? Reason);

/// <summary>What a policy says of a request.</summary>
/// <param name="Failures">What does not hold.</param>
/// <param name="AuditAnnotations">What the audit event gets, by the policy's keys.</param>
/// <param name="AuditFaults">Audit annotations that could not be worked out, where that refuses the request.</param>
public sealed record PolicyResult(
    IReadOnlyList<PolicyFailure> Failures, IReadOnlyList<(string Key, string Value)> AuditAnnotations, IReadOnlyList<string> AuditFaults)
{
    public static PolicyResult Nothing { get; } = new([], [], []);
}

/// <summary>A validating admission policy, compiled. Immutable: it serves any number of requests at once.</summary>
public sealed class CompiledPolicy
{
    private const string OutOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run";
    private const int MaxMessageBytes = 5 * 1024;

    private readonly bool _ignoresErrors;
    private readonly List<(string Name, CompiledExpression Compiled)> _conditions;
    private readonly Dictionary<string, CompiledExpression> _variables;
    private readonly List<Rule> _validations;
    private readonly List<(string Key, CompiledExpression Compiled)> _annotations;

    private CompiledPolicy(
        bool ignoresErrors, List<(string Name, CompiledExpression Compiled)> conditions, Dictionary<string, CompiledExpression> variables, List<Rule> validations, List<(string Key, CompiledExpression Compiled)> annotations)
    {
        _ignoresErrors = ignoresErrors;
        _conditions = conditions;
        _variables = variables;
        _validations = validations;
        _annotations = annotations;
    }

    /// <summary>Compiles a policy's spec. What cannot be compiled fails when it is worked out, as the failure policy says.</summary>
    public static CompiledPolicy Compile(JsonObject spec)
    {
        var hasParams = spec.Has("paramKind");
        var stateless = new AdmissionExpressions(hasParams, hasVariables: false);
        var expressions = new AdmissionExpressions(hasParams, spec.Items("variables").Any());
        var conditions = spec.Items("matchConditions").Select(c => (c.Text("name") ?? "", stateless.Compile((c.Text("expression") ?? "").Trim(), true, CelType.Bool))).ToList();
        var variables = new Dictionary<string, CompiledExpression>(StringComparer.Ordinal);
        foreach (var variable in spec.Items("variables"))
        {
            var name = variable.Text("name") ?? "";
            variables[name] = expressions.CompileVariable(name, variable.Text("expression") ?? "");
        }

        var validations = spec.Items("validations").Select(validation => new Rule(
            expressions.Compile(validation.Text("expression") ?? "", true, CelType.Bool),
            validation.Text("messageExpression") is { Length: > 0 } message ? expressions.Compile(message, false, CelType.String) : null,
            validation.Text("message")?.Trim() ?? "",
            validation.Text("reason"))).ToList();
        var annotations = spec.Items("auditAnnotations")
            .Select(a => (a.Text("key") ?? "", expressions.Compile((a.Text("valueExpression") ?? "").Trim(), true, CelType.String, CelType.Null))).ToList();
        return new CompiledPolicy(spec.Text("failurePolicy") == "Ignore", conditions, variables, validations, annotations);
    }

    /// <summary>Works out what the policy says of a request.</summary>
    public PolicyResult Evaluate(PolicyInput input)
    {
        var run = new Run(input, _variables, AdmissionExpressions.MatchBudget);
        if (Matches(run) is { } decided)
        {
            return decided;
        }

        run = new Run(input, _variables, AdmissionExpressions.PolicyBudget);
        var failures = new List<PolicyFailure>();
        for (var i = 0; i < _validations.Count; i++)
        {
            var failure = Validate(_validations[i], run, out var outOfBudget);
            if (outOfBudget)
            {
                return _ignoresErrors ? PolicyResult.Nothing : new PolicyResult([new PolicyFailure(i, OutOfBudget, null)], [], []);
            }

            if (failure is { } found)
            {
                failures.Add(new PolicyFailure(i, found.Message, found.Reason));
            }
        }

        var annotations = new List<(string Key, string Value)>();
        var faults = new List<string>();
        Annotate(new Run(input, _variables, AdmissionExpressions.PolicyBudget), annotations, faults);
        return new PolicyResult(failures, annotations, faults);
    }

    /// <summary>Null when every condition holds.</summary>
    private PolicyResult? Matches(Run run)
    {
        var errors = new List<string>();
        foreach (var (_, condition) in _conditions)
        {
            var value = run.Evaluate(condition);
            if (run.IsOutOfBudget)
            {
                errors = [OutOfBudget];
                break;
            }

            if (value is BoolValue { Value: false })
            {
                return PolicyResult.Nothing;
            }

            if (value is ErrorValue error)
            {
                errors.Add(error.Message);
            }
        }

        return errors.Count == 0 ? null
            : _ignoresErrors ? PolicyResult.Nothing
            : new PolicyResult([new PolicyFailure(0, errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors.Distinct())}]", null)], [], []);
    }

    private (string Message, string? Reason)? Validate(Rule rule, Run run, out bool outOfBudget)
    {
        var value = run.Evaluate(rule.Condition);
        outOfBudget = run.IsOutOfBudget;
        if (outOfBudget || value is BoolValue { Value: true })
        {
            return null;
        }

        if (value is ErrorValue error)
        {
            return _ignoresErrors ? null : (error.Message, null);
        }

        return (MessageOf(rule, run), rule.Reason);
    }

    /// <summary>What the message expression gives, else the message, else the expression itself.</summary>
    private static string MessageOf(Rule rule, Run run)
    {
        if (rule.Message is { } expression && run.Evaluate(expression) is StringValue { Value: var text } && !run.IsOutOfBudget)
        {
            var message = text.Trim();
            if (message.Length > 0 && Encoding.UTF8.GetByteCount(message) <= MaxMessageBytes && !message.Contains('\n', StringComparison.Ordinal))
            {
                return message;
            }
        }

        return rule.Text.Length > 0 ? rule.Text : "failed expression: " + rule.Condition.Expression.Trim();
    }

    private void Annotate(Run run, List<(string Key, string Value)> annotations, List<string> faults)
    {
        foreach (var (key, expression) in _annotations)
        {
            switch (run.Evaluate(expression))
            {
                case StringValue { Value: var text } when text.Trim().Length > 0:
                    annotations.Add((key, text.Trim()));
                    break;
                case ErrorValue error when !_ignoresErrors:
                    faults.Add(run.IsOutOfBudget ? OutOfBudget : error.Message);
                    break;
            }

            if (run.IsOutOfBudget)
            {
                return;
            }
        }
    }

    private sealed record Rule(CompiledExpression Condition, CompiledExpression? Message, string Text, string? Reason);

    /// <summary>One request's way through the expressions, with what is left to spend and the variables worked out so far.</summary>
    private sealed class Run(PolicyInput input, Dictionary<string, CompiledExpression> variables, long budget) : ICelVariables
    {
        private readonly Dictionary<string, CelValue> _known = new(StringComparer.Ordinal);
        private long _left = budget;

        public bool IsOutOfBudget => _left < 0;

        /// <summary>The value, or an error as users see it.</summary>
        public CelValue Evaluate(CompiledExpression expression)
        {
            if (expression.Program is not { } program)
            {
                return new ErrorValue("compilation error: " + expression.Fault);
            }

            var value = Evaluate(program);
            return value is ErrorValue error ? new ErrorValue($"expression '{expression.Expression}' resulted in error: {error.Message}") : value;
        }

        public CelValue? Find(string name) => name switch
        {
            "object" => JsonValues.Of(input.Object),
            "oldObject" => JsonValues.Of(input.OldObject),
            "request" => JsonValues.Of(input.Request),
            "namespaceObject" => JsonValues.Of(input.Namespace),
            "params" => JsonValues.Of(input.Params),
            "authorizer" => input.Authorizer,
            "authorizer.requestResource" => input.RequestResource,
            "variables" => new Composed(this),
            _ => null,
        };

        private CelValue Evaluate(CelProgram program)
        {
            var meter = new CostMeter(AdmissionExpressions.PerCallLimit);
            var value = program.Evaluate(this, meter);
            _left -= meter.Spent;
            return value;
        }

        private CelValue Variable(string name)
        {
            if (_known.TryGetValue(name, out var known))
            {
                return known;
            }

            var value = variables[name].Program is not { } program
                ? new ErrorValue($"composited variable \"{name}\" fails to compile: {variables[name].Fault}")
                : Evaluate(program) is var result && result is ErrorValue error ? new ErrorValue($"composited variable \"{name}\" fails to evaluate: {error.Message}") : result;
            return _known[name] = value;
        }

        /// <summary>The variables as one object, each worked out when it is first asked for.</summary>
        private sealed class Composed(Run run) : MapValue
        {
            public override int Count => run.VariableNames.Count;

            public override IEnumerable<CelValue> Keys => run.VariableNames.Select(name => new StringValue(name));

            public override CelValue? Find(CelValue key) =>
                key is StringValue { Value: var name } && run.VariableNames.Contains(name) ? run.Variable(name) : null;
        }

        private Dictionary<string, CompiledExpression>.KeyCollection VariableNames => variables.Keys;
    }
}
