package core

import (
	"errors"
	"strings"
	"time"

	"latchkey/models"
)

// Code names an error for people and programs. The catalogues of i18n have its sentence under "error.", docs/contract.md its
// meaning. It is an error by itself if there is nothing more to say.
type Code string

func (c Code) Error() string { return string(c) }

// Errors that more than one use case returns.
const (
	// ErrNotFound means that the row does not exist, or that the actor may not see it.
	ErrNotFound Code = "not_found"
	// ErrLink means that the token of a link opens nothing: it is unknown, used, expired or revoked. It never says which.
	ErrLink Code = "link.invalid"
	// ErrForbidden means that the actor's kind may not do this.
	ErrForbidden Code = "forbidden"
	// ErrSignIn means that name and password open nothing now. It never says why.
	ErrSignIn Code = "sign_in.failed"
	// ErrAddress means that this is not allowed from the client's IP address.
	ErrAddress Code = "network.not_allowed"
	// ErrSignedOut means that the actor's session has ended, or that their account may no longer do this, since the request began.
	ErrSignedOut Code = "session.ended"
	// ErrPasswordFirst means that a new password has to be chosen first.
	ErrPasswordFirst Code = "password.change_required"
	// ErrFactorFirst means that the second factor has to be shown first.
	ErrFactorFirst Code = "factor.required"
	// ErrFactorSetupFirst means that the account has to have a second factor, and has none.
	ErrFactorSetupFirst Code = "factor.setup_required"
	// ErrConfirmFirst means that the owner of the session has to confirm first who they are.
	ErrConfirmFirst Code = "session.confirm_first"
	// ErrInPerson means that a person has to do this on the pages, where they confirm who they are; a program cannot.
	ErrInPerson Code = "key.in_person"
	// ErrReadOnly means that the API key may only read.
	ErrReadOnly Code = "key.read_only"
	// ErrEmergencySession means that only the account's owner may do this, and not a person with an emergency code.
	ErrEmergencySession Code = "session.emergency"
	// ErrForged means that another site's page sent the request (CSRF).
	ErrForged Code = "request.forged"

	// ErrEmailIsName means that the account name is the e-mail address, which therefore stays.
	ErrEmailIsName Code = "email.is_name"
	// ErrEmailTakenNow means that a concurrent request has taken the address.
	ErrEmailTakenNow Code = "email.taken_just_now"

	// ErrChangedSince means that the account was changed since the client read it.
	ErrChangedSince Code = "account.changed_since"

	ErrOwnAccount          Code = "account.own"
	ErrDefaultOrganization Code = "organization.default"
	ErrLastSuperAdmin      Code = "account.last_superadmin"
	ErrHasCustomers        Code = "organization.has_customers"
	ErrTechnicalOneTime    Code = "account.technical"
	ErrNoPasswordToChange  Code = "account.no_password"
	ErrNoChangeRequired    Code = "account.no_change_required"
	ErrPasswordMeanwhile   Code = "password.changed_meanwhile"
	ErrChangeDemanded      Code = "password.change_demanded"
	ErrNotBlacklisted      Code = "account.not_blocked"

	// Of fields.
	ErrFormInvalid   Code = "form.invalid"
	ErrUnknownLocale Code = "locale.unknown"
	ErrSearchTooLong Code = "search.too_long"

	// With details in a type of their own.
	ErrOff         Code = "setting.off"
	ErrBusy        Code = "busy"
	ErrTooMany     Code = "attempts.too_many"
	errTooSoon     Code = "password.changed_recently"
	errAlreadyDone Code = "form.already_done"
)

// BusyError means that too many passwords are being verified. The request may be retried after a while.
type BusyError struct {
	RetryAfter time.Duration
	TimedOut   bool // the request waited or ran for too long
}

func (BusyError) Error() string { return "too many passwords are being verified" }
func (BusyError) Unwrap() error { return ErrBusy }

// TooManyError means that too many attempts from the client's network failed. The request may be retried after a while.
type TooManyError struct{ RetryAfter time.Duration }

func (TooManyError) Error() string { return "too many failed attempts from this network" }
func (TooManyError) Unwrap() error { return ErrTooMany }

// TooSoonError means that the owner changed the password recently, and may change it again from a time on.
type TooSoonError struct{ From time.Time }

func (TooSoonError) Error() string { return "the password was changed too recently" }
func (TooSoonError) Unwrap() error { return errTooSoon }

// OffError means that a setting switches off what was asked for, for everyone.
type OffError struct{ Setting string }

func (e OffError) Error() string { return "switched off by " + e.Setting }
func (OffError) Unwrap() error   { return ErrOff }

// AlreadyDoneError means that a form was carried out before, and on which account.
type AlreadyDoneError struct{ AccountID string }

func (AlreadyDoneError) Error() string { return "this form was carried out already" }
func (AlreadyDoneError) Unwrap() error { return errAlreadyDone }

// ForeignError is [ErrNotFound] for an account that exists, but that the actor may not see.
type ForeignError struct{ ID string }

func (ForeignError) Error() string { return ErrNotFound.Error() }
func (ForeignError) Unwrap() error { return ErrNotFound }

// NotFound turns a missing row into [ErrNotFound], the same error as for a row that the actor may not see.
func NotFound(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// DeadLink turns a missing row into [ErrLink].
func DeadLink(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return ErrLink
	}
	return err
}

// IgnoreNotFound turns a missing row into no error.
func IgnoreNotFound(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	return err
}

// Params are the values that an error's sentence names. Times are moments, texts may be what a user typed.
type Params map[string]any

// FieldError is what is wrong with a field of the input; field "" is the input as a whole.
type FieldError struct {
	Field  string
	Code   Code
	Params Params
}

// ValidationError lists what is wrong with the input, field by field. Nothing was written. Its text has no parameters, so that
// it can be logged.
type ValidationError struct{ Fields []FieldError }

func (e *ValidationError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, field := range e.Fields {
		parts[i] = field.Field + ": " + string(field.Code)
	}
	return strings.Join(parts, "; ")
}

// Invalid returns a [ValidationError] of one field.
func Invalid(field string, code Code) *ValidationError { return InvalidWith(field, code, nil) }

// InvalidWith returns a [ValidationError] of one field whose sentence has parameters.
func InvalidWith(field string, code Code, params Params) *ValidationError {
	return &ValidationError{[]FieldError{{field, code, params}}}
}

// Describe returns what an error says to people and programs; nil if it is internal.
func Describe(err error) []FieldError {
	var invalid *ValidationError
	var tooSoon TooSoonError
	var code Code
	switch {
	case errors.As(err, &invalid):
		return invalid.Fields
	case errors.As(err, &tooSoon):
		return []FieldError{{Code: errTooSoon, Params: Params{"from": tooSoon.From.Add(time.Minute - 1).Truncate(time.Minute)}}}
	case errors.As(err, &code):
		return []FieldError{{Code: code}}
	default:
		return nil
	}
}

// FieldErrors collects the errors of several fields, so that all of them are shown at once.
type FieldErrors struct{ fields []FieldError }

// Add collects the fields of a [ValidationError], and returns any other error.
func (c *FieldErrors) Add(err error) error {
	var invalid *ValidationError
	if errors.As(err, &invalid) {
		c.fields = append(c.fields, invalid.Fields...)
		return nil
	}
	return err
}

// AddField collects the error of one field.
func (c *FieldErrors) AddField(field string, code Code) {
	c.fields = append(c.fields, FieldError{Field: field, Code: code})
}

// Err returns a [ValidationError] with what was collected; nil = nothing.
func (c *FieldErrors) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &ValidationError{c.fields}
}
