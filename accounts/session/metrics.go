package session

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// Metrics counts sign-ins. Its method is called concurrently.
type Metrics interface {
	// SignedIn counts how an attempt to sign in ended: one of [Outcomes].
	SignedIn(outcome string)
}

// How an attempt to sign in ends, in addition to the reasons for a failed one.
const (
	outcomeSuccess = "success"
	outcomePending = "pending"  // only the page for a new password is open
	outcomeInvalid = "invalid"  // a field is empty, or has a value that no account can have
	outcomeTooMany = "too-many" // too many failed attempts from the network
	outcomeBusy    = "busy"     // too many passwords are being verified
	outcomeLeft    = "left"     // the client went away
	outcomeError   = "error"    // most often the database's
)

// Outcomes are all ends of an attempt to sign in. For failed ones they are the reasons in the audit log.
func Outcomes() []string {
	return []string{
		lockout.ReasonUnknown, lockout.ReasonWrong, reasonTechnical, lockout.ReasonChanged, lockout.ReasonAddress,
		string(models.Disabled), string(models.Blacklisted), string(models.NoPassword), string(models.OneTimeLapsed),
		outcomeSuccess, outcomePending, outcomeInvalid, outcomeTooMany, outcomeBusy, outcomeLeft, outcomeError,
	}
}

// outcome is how an attempt to sign in ended.
func outcome(in SignedIn, err error) string {
	var failed lockout.Failure
	var invalid *core.ValidationError
	var tooMany core.TooManyError
	var busy core.BusyError
	switch {
	case err == nil && in.Pending == "":
		return outcomeSuccess
	case err == nil:
		return outcomePending
	case errors.As(err, &failed):
		return failed.Reason
	case errors.As(err, &invalid):
		return outcomeInvalid
	case errors.As(err, &tooMany):
		return outcomeTooMany
	case errors.As(err, &busy):
		return outcomeBusy
	case errors.Is(err, context.Canceled):
		return outcomeLeft
	default:
		return outcomeError
	}
}
