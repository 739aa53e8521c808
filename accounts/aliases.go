package accounts

import (
	"context"
	"net/netip"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// The names of [core] that callers of this package know.
type (
	Actor            = core.Actor
	Visit            = core.ClientInfo
	Networks         = core.Networks
	BusyError        = core.BusyError
	TooManyError     = core.TooManyError
	TooSoonError     = core.TooSoonError
	AlreadyDoneError = core.AlreadyDoneError
	Refusal          = core.Refusal
	ValidationError  = core.ValidationError
	FieldError       = core.FieldError
	KnownDevices     = lockout.Devices
)

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
