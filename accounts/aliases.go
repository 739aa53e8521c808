package accounts

import (
	"context"
	"net/netip"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// Types of [core] and [lockout] under the names that callers of this package know.
type (
	// Actor is [core.Actor].
	Actor = core.Actor
	// Visit is [core.ClientInfo].
	Visit = core.ClientInfo
	// Networks is [core.Networks].
	Networks = core.Networks
	// BusyError is [core.BusyError].
	BusyError = core.BusyError
	// TooManyError is [core.TooManyError].
	TooManyError = core.TooManyError
	// TooSoonError is [core.TooSoonError].
	TooSoonError = core.TooSoonError
	// AlreadyDoneError is [core.AlreadyDoneError].
	AlreadyDoneError = core.AlreadyDoneError
	// Refusal is [core.Refusal].
	Refusal = core.Refusal
	// ValidationError is [core.ValidationError].
	ValidationError = core.ValidationError
	// FieldError is [core.FieldError].
	FieldError = core.FieldError
	// KnownDevices is [lockout.Devices].
	KnownDevices = lockout.Devices
)

// Values of [core].
var (
	CommandLine      = core.CommandLine
	ErrNotFound      = core.ErrNotFound
	ErrSignIn        = core.ErrSignIn
	ErrAddress       = core.ErrAddress
	ErrSignedOut     = core.ErrSignedOut
	ErrPasswordFirst = core.ErrPasswordFirst
	ErrForged        = core.ErrForged
	ErrForbidden     = core.ErrForbidden
)

// Constants of [core] and [lockout].
const (
	DeviceLife             = lockout.DeviceLife
	ErrOwnAccount          = core.ErrOwnAccount
	ErrDefaultOrganization = core.ErrDefaultOrganization
	ErrLastSuperAdmin      = core.ErrLastSuperAdmin
	ErrHasCustomers        = core.ErrHasCustomers
	ErrTechnicalOneTime    = core.ErrTechnicalOneTime
	ErrNoPasswordToChange  = core.ErrNoPasswordToChange
	ErrPasswordMeanwhile   = core.ErrPasswordMeanwhile
	ErrChangeDemanded      = core.ErrChangeDemanded
	ErrNotBlacklisted      = core.ErrNotBlacklisted
	ActionCreated          = core.ActionCreated
	ActionSignedIn         = core.ActionSignedIn
	ActionSignInFailed     = core.ActionSignInFailed
	ActionSignedOut        = core.ActionSignedOut
	ActionBlacklisted      = core.ActionBlacklisted
	ActionBlockEnded       = core.ActionBlockEnded
	ActionDeviceUsedUp     = core.ActionDeviceUsedUp
	ActionUnblocked        = core.ActionUnblocked
	ActionPasswordOwn      = core.ActionPasswordOwn
	ActionPasswordIssued   = core.ActionPasswordIssued
	ActionExpired          = core.ActionExpired
	ActionLapsed           = core.ActionLapsed
	ActionRequireChange    = core.ActionRequireChange
	ActionDisabled         = core.ActionDisabled
	ActionEnabled          = core.ActionEnabled
	ActionDeleted          = core.ActionDeleted
	ActionMoved            = core.ActionMoved
	ActionEdited           = core.ActionEdited
	ActionSessionsEnded    = core.ActionSessionsEnded
	ActionMailRetried      = core.ActionMailRetried
	ActionMailTested       = core.ActionMailTested
	ActionPolicyReloaded   = core.ActionPolicyReloaded
	ActionRefused          = core.ActionRefused
)

// Actions lists all actions of audit events.
func Actions() []string { return core.Actions() }

// ClientNetwork is [core.ClientNetwork].
func ClientNetwork(address netip.Addr) netip.Prefix { return core.ClientNetwork(address) }

// Devices counts the browsers that the account, which the actor may see, trusts.
func (s *Service) Devices(ctx context.Context, account models.Account) (KnownDevices, error) {
	return s.lockout.CountDevices(s.core.DB.Read(ctx), s.Rules(), account)
}
