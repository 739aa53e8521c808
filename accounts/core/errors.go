package core

import (
	"errors"
	"strings"
	"time"

	"latchkey/models"
	"latchkey/password"
)

// The errors of use cases, in addition to [Refusal], [ValidationError] and those of the database.
var (
	// ErrNotFound means that the row does not exist, or that the actor may not see it.
	ErrNotFound = errors.New("not found")
	// ErrSignIn means that name and password open nothing now. It never says why.
	ErrSignIn = errors.New("the name or password is wrong, or the account cannot sign in now")
	// ErrAddress means that this is not allowed from the client's IP address.
	ErrAddress = errors.New("not allowed from this IP address")
	// ErrSignedOut means that the actor's session has ended, or that their account may no longer do this, since the request began.
	ErrSignedOut = errors.New("the session has ended")
	// ErrPasswordFirst means that a new password was demanded since the request began, and has to be chosen first.
	ErrPasswordFirst = errors.New("a new password has to be chosen first")
	// ErrForged means that another site's page sent the request (CSRF).
	ErrForged = errors.New("the request comes from another site")
	// ErrForbidden means that the actor's kind may not do this.
	ErrForbidden = errors.New("not allowed")
)

// BusyError means that too many passwords are being verified. The request may be retried after a while.
type BusyError struct {
	RetryAfter time.Duration
	TimedOut   bool // the request waited or ran for too long
}

func (BusyError) Error() string { return "too many passwords are being verified" }

// TooManyError means that too many attempts from the client's network failed. The request may be retried after a while.
type TooManyError struct{ RetryAfter time.Duration }

func (TooManyError) Error() string { return "too many failed attempts from this network" }

// TooSoonError means that the owner changed the password recently, and may change it again from a time on.
type TooSoonError struct{ From time.Time }

func (TooSoonError) Error() string { return "the password was changed too recently" }

// AlreadyDoneError means that a form was carried out before, and on which account.
type AlreadyDoneError struct{ AccountID string }

func (AlreadyDoneError) Error() string { return "this form was carried out already" }

// ForeignError is [ErrNotFound] for an account that exists, but that the actor may not see.
type ForeignError struct{ ID string }

func (ForeignError) Error() string { return ErrNotFound.Error() }

// Is makes it an [ErrNotFound] to callers.
func (ForeignError) Is(target error) bool { return target == ErrNotFound }

// NotFound turns a missing row into [ErrNotFound], the same error as for a row that the actor may not see.
func NotFound(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFound
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

// Refusal is a sentence for people that says why something cannot be done, and the key of its translation.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// The refusals.
const (
	ErrOwnAccount          Refusal = "This is your own account. Change your password on the password page; for anything else ask another SuperAdmin."
	ErrDefaultOrganization Refusal = "The organization Default always exists and cannot sign in, so this cannot be done to it."
	ErrLastSuperAdmin      Refusal = "This is the last SuperAdmin who can sign in. Create or enable another one first."
	ErrHasCustomers        Refusal = "This organization still has customers. Move or delete them first."
	ErrTechnicalOneTime    Refusal = "A technical account cannot reach the reset page, so it cannot have a one-time password or be asked for a change."
	ErrNoPasswordToChange  Refusal = "This account has no password. Issue one instead."
	ErrPasswordMeanwhile   Refusal = "The password was changed meanwhile. Nothing was done; look at the account again."
	ErrChangeDemanded      Refusal = "Your operator has just asked for a new password. Open this page again and choose one that differs from the present one."
	ErrNotBlacklisted      Refusal = "This account is not blacklisted any more and has no failed attempts."
)

// ValidationError lists what is wrong with the input, field by field. Nothing was written.
type ValidationError struct{ Fields []FieldError }

// FieldError is one thing that is wrong with a field. Message is an English sentence and the key of its translation. If a
// password breaks the policy, Broken lists the rules and Message is "".
type FieldError struct {
	Field   string
	Message string
	Args    []any // for the places of Message: a name, its value, and so on
	Broken  []password.Violation
}

func (e *ValidationError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, field := range e.Fields {
		parts[i] = field.Field + ": " + field.text()
	}
	return strings.Join(parts, "; ")
}

func (f FieldError) text() string {
	if len(f.Broken) == 0 {
		return f.Message
	}
	rules := make([]string, len(f.Broken))
	for i, violation := range f.Broken {
		rules[i] = string(violation.Rule)
	}
	return "breaks " + strings.Join(rules, ", ")
}

// Invalid is a [ValidationError] of one field.
func Invalid(field, message string) *ValidationError {
	return &ValidationError{[]FieldError{{Field: field, Message: message}}}
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
func (c *FieldErrors) AddField(field FieldError) { c.fields = append(c.fields, field) }

// Err is a [ValidationError] with what was collected; nil = nothing.
func (c *FieldErrors) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &ValidationError{c.fields}
}
