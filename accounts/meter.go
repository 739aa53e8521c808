package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// Meter is told what figures are made of. Several call it at the same moment, and it has to return at once.
type Meter interface {
	// SignedIn hears how an attempt to sign in ended: one of [Outcomes].
	SignedIn(outcome string)
	credential.Metrics
}

// unmeasured is the meter where nobody asked for figures.
type unmeasured struct{}

func (unmeasured) SignedIn(string)          {}
func (unmeasured) HashWaited(time.Duration) {}
func (unmeasured) HashTook(time.Duration)   {}
func (unmeasured) HashRefused(string)       {}

// How an attempt to sign in ends, beside the reasons for a failed one.
const (
	outcomeSuccess = "success"
	outcomePending = "pending"  // only the page for a new password is open
	outcomeInvalid = "invalid"  // a field is empty, or holds what no account could have
	outcomeTooMany = "too-many" // too much has failed from the address
	outcomeBusy    = "busy"     // too many passwords are being verified
	outcomeLeft    = "left"     // the client went away
	outcomeError   = "error"    // most often the database's
)

// Outcomes are all ends of an attempt to sign in. Those of failed ones are the reasons that the audit log gives.
func Outcomes() []string {
	return append(failures(), outcomeSuccess, outcomePending, outcomeInvalid, outcomeTooMany, outcomeBusy, outcomeLeft, outcomeError)
}

// failures are the reasons for a failed sign-in.
func failures() []string {
	return []string{
		lockout.ReasonUnknown, lockout.ReasonWrong, reasonTechnical, lockout.ReasonChanged, lockout.ReasonAddress,
		string(models.Disabled), string(models.Blacklisted), string(models.NoPassword), string(models.OneTimeLapsed),
	}
}

// without is an error as callers may have it: a failure without its reason.
func without(err error) error {
	if errors.Is(err, core.ErrSignIn) {
		return core.ErrSignIn
	}
	return err
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
