package core

import "latchkey/models"

// Secrets says who besides its owner may know a password that lasts (COMPLIANCE_SERVER_SECRETS).
type Secrets string

// The values of the setting.
const (
	SecretsAuto  Secrets = "auto"  // operators, when an account is created; later they set one-time passwords or send links
	SecretsAll   Secrets = "all"   // operators
	SecretsNoOne Secrets = "noone" // people get links only; what an operator has set must be changed
)

// Errors of passwords that operators may not know.
const (
	ErrLastingPassword Code = "password.lasting" // of a person, set by an operator
	ErrKnownPassword   Code = "password.known"   // people get links only
	ErrTypedPassword   Code = "password.typed"   // technical accounts get generated ones only
)

// Issue is a password that an operator sets.
type Issue struct {
	New       bool // the account is created with it
	OneTime   bool
	Generated bool
}

// MayKnowPassword returns an error if the setting forbids an operator to know the password that they set for the account. It is the one
// place that decides this, for pages and commands.
func (s Secrets) MayKnowPassword(account models.Account, issue Issue) error {
	switch {
	case account.Technical && s == SecretsNoOne && !issue.Generated:
		return ErrTypedPassword
	case account.Technical, s == SecretsAll:
		return nil
	case s == SecretsNoOne:
		return ErrKnownPassword
	case !issue.New && !issue.OneTime:
		return ErrLastingPassword
	default:
		return nil
	}
}

// OwnersOnly reports whether people have to replace passwords that operators have set.
func (s Secrets) OwnersOnly() bool { return s == SecretsNoOne }
