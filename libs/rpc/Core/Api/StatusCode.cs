namespace Grpc.Core;

/// <summary>The result codes of gRPC; their numbers travel in <c>grpc-status</c>.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The call was cancelled, as a rule by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error without a better code, such as an exception that a handler did not translate.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The time of the call ran out before it completed; its effect may still have happened.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known but may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a queue or a size limit is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the operation needs; retrying alone will not help.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change got in the way; the caller may retry the whole sequence.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range, which depends on the state of the system.</summary>
    OutOfRange = 11,

    /// <summary>The service or method does not exist or is not supported here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the protocol or of the server broke.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached now; a retry after a pause may succeed.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt beyond recovery.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}
