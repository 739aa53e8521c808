package core

import (
	"errors"
	"time"

	"latchkey/models"
)

// Gate is a condition that a session has to meet before it opens all that its account may use. It is judged at each request, so
// that what an operator demands holds at once.
type Gate struct {
	Name    string
	Refused Code // of a request that the gate holds up
	Holds   func(Rules, models.Session, models.Account) bool
}

// The gates.
const (
	GateFactor   = "second-factor" // of sessions that were opened with a password alone
	GatePassword = "password"      // of sessions that have to choose a new password

	GateFactorSetup = "second-factor-setup" // of accounts that have to set up a second factor
)

// GateConfirm is not a gate of a session, but of the acts that ask its owner to confirm who they are; see [Core.CheckConfirmed].
const GateConfirm = "confirm-identity"

// GateStepUp takes its place for programs, which cannot confirm anything.
const GateStepUp = "step-up"

// ConfirmedFor is how long a password and a second factor that were given in a session confirm who uses it.
const ConfirmedFor = 10 * time.Minute

// CheckConfirmed returns a [GateError] unless the actor has given the password in this session within [ConfirmedFor], and also shown a
// second factor if the account has one. In an emergency session, the emergency code takes the place of both. Use cases that change who
// can sign in call it after [Core.Recheck]. An API key never passes, and commands, which have no session, always do.
func (c *Core) CheckConfirmed(tx *models.Tx, actor Actor) error {
	if actor.Key != nil {
		return GateError{GateStepUp, ErrInPerson}
	}
	if actor.ID == "" || actor.SessionID == "" {
		return nil
	}
	session, err := tx.Session(actor.SessionID)
	if errors.Is(err, models.ErrNotFound) {
		return ErrSignedOut
	}
	if err != nil {
		return err
	}
	recent := func(at *time.Time) bool { return at != nil && at.Add(ConfirmedFor).After(c.Now()) }
	switch {
	case !recent(session.PasswordAt):
	case session.Emergency(): // it knows the emergency code only
		return nil
	default:
		has, err := tx.HasFactor(actor.ID)
		if err != nil || !has || recent(session.FactorAt) {
			return err
		}
	}
	return GateError{GateConfirm, ErrConfirmFirst}
}

// Gates returns the gates in the order in which a session passes them.
func Gates() []Gate {
	return []Gate{
		// Before the password: its page asks for no current password, so that a found one-time password would open it.
		{GateFactor, ErrFactorFirst, func(_ Rules, s models.Session, _ models.Account) bool { return s.NeedsFactor }},
		{GatePassword, ErrPasswordFirst, func(r Rules, s models.Session, a models.Account) bool { return r.PendingIn(s, a) != "" }},
		// After the password: a factor that is set up under a password which an operator knows protects nothing.
		{GateFactorSetup, ErrFactorSetupFirst, func(r Rules, _ models.Session, a models.Account) bool {
			return !a.HasFactor && (a.MustSetFactor || r.RequiresFactor(a))
		}},
	}
}

// GateError means that a session has to pass a gate first.
type GateError struct {
	Gate string
	Code Code
}

func (e GateError) Error() string { return "the session has to pass the gate " + e.Gate + " first" }

// Unwrap returns the gate's code.
func (e GateError) Unwrap() error { return e.Code }

// CheckGates returns a [GateError] for the first gate that holds the session up; nil = none does. Emergency sessions pass all gates.
func (c *Core) CheckGates(session models.Session, account models.Account) error {
	return c.checkGatesBut("", session, account)
}

// checkGatesBut is [Core.CheckGates] for what is open at one gate.
func (c *Core) checkGatesBut(open string, session models.Session, account models.Account) error {
	if session.Emergency() {
		return nil
	}
	for _, gate := range c.rules.Gates {
		if gate.Holds(c.rules, session, account) && gate.Name != open {
			return GateError{gate.Name, gate.Refused}
		}
	}
	return nil
}

// PendingIn returns why a new password has to be chosen; "" = none has. Expiry is judged at sign-in.
func (r Rules) PendingIn(session models.Session, account models.Account) models.State {
	pending := account.Pending(r.Secrets.OwnersOnly())
	switch {
	case session.Emergency():
		return ""
	case pending != "":
		return pending
	case session.Kind == models.PendingSession:
		return models.Expired
	default:
		return ""
	}
}
