package accounts

import (
	"errors"
	"strings"
	"time"

	"latchkey/password"
)

// The errors of use cases, beside [Refusal], [ValidationError] and those of the database.
var (
	// ErrNotFound says that there is no such thing, or that it is not the actor's to see.
	ErrNotFound = errors.New("not found")
	// ErrSignIn says that a name and password do not open anything now. It never says why.
	ErrSignIn = errors.New("the name or password is not right, or the account cannot sign in now")
	// ErrAddress says that this may not be done from the client's address.
	ErrAddress = errors.New("not from this address")
	// ErrSignedOut says that the actor's session has ended, or their account may no longer do this, since the request began.
	ErrSignedOut = errors.New("the session has ended")
	// ErrPasswordFirst says that a new password was demanded since the request began, and has to be chosen first.
	ErrPasswordFirst = errors.New("a new password has to be chosen first")
	// ErrForged says that another site's page sent the request.
	ErrForged = errors.New("the request comes from another site")
	// ErrForbidden says that this is not for such an actor.
	ErrForbidden = errors.New("not allowed")
)

// BusyError says that too many passwords are being verified; the request may be sent again after a while.
type BusyError struct {
	RetryAfter time.Duration
	TimedOut   bool // the request waited or worked for too long
}

func (BusyError) Error() string { return "too many passwords are being verified" }

// TooManyError says that too much has failed from the client's address; the request may be sent again after a while.
type TooManyError struct{ RetryAfter time.Duration }

func (TooManyError) Error() string { return "too much has failed from this address" }

// TooSoonError says that owners changed their password lately, and may do so again from a time on.
type TooSoonError struct{ From time.Time }

func (TooSoonError) Error() string { return "the password was changed too recently" }

// Refusal is a sentence that says why something cannot be done. It is meant for people, and the key of its translation.
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

// AlreadyDoneError says that a form was carried out before, and on which account.
type AlreadyDoneError struct{ AccountID string }

func (AlreadyDoneError) Error() string { return "this form was carried out already" }

// ValidationError says what is wrong with the input, field by field. Nothing was written.
type ValidationError struct{ Fields []FieldError }

// FieldError is one thing that is wrong. Message is an English sentence and the key of its translation. For a password that
// breaks the policy Broken says how, and Message is "".
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

// invalid makes an error of one field.
func invalid(field, message string) *ValidationError {
	return &ValidationError{[]FieldError{{Field: field, Message: message}}}
}

// collector gathers what is wrong with several fields, so that all of it is said at once.
type collector struct{ fields []FieldError }

// add notes what a field's check returned, and returns what else went wrong.
func (c *collector) add(err error) error {
	var fields *ValidationError
	if errors.As(err, &fields) {
		c.fields = append(c.fields, fields.Fields...)
		return nil
	}
	return err
}

func (c *collector) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &ValidationError{c.fields}
}
