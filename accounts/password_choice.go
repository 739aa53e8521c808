package accounts

import (
	"cmp"
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/handover"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// PasswordMode is the source of a password that an operator sets.
type PasswordMode string

// The sources of a password.
const (
	Typed     PasswordMode = "typed"
	Generated PasswordMode = "generated"
	ByLink    PasswordMode = "link" // the owner chooses it

	sentWithForm PasswordMode = "sent-with-form" // in the audit log only
)

// PasswordChoice is the password that an operator sets. If it is Generated and has a text, that text is used as it is; without one, the
// server generates the password.
type PasswordChoice struct {
	Mode    PasswordMode
	Text    string
	OneTime bool
	Options credential.GeneratorOptions // if the server generates it

	HandOver *handover.Form // by a secret link, so that the operator does not see the password; nil = it is shown

	Credentials bool // also remove second factors and recovery codes, when a password is reset
}

// NewCredentials are an account and its new password. Password is "" unless it was generated: then it is shown, this once. If it is handed
// over, it is not shown, but the link is.
type NewCredentials struct {
	Account  models.Account
	Password string
	Bits     float64            // of entropy; see [password.Unknown]
	Link     *handover.Prepared // nil = it is not handed over
}

// origin returns the source for the audit log. A form can claim that the password it sends was generated.
func (c PasswordChoice) origin() string {
	if c.Mode == Generated && c.Text != "" {
		return string(sentWithForm)
	}
	return string(c.Mode)
}

// mayKnow returns an error if the actor may not know the password that they set for the account. Commands run on the host, where anything
// can be set.
func (s *Service) mayKnow(actor core.Actor, account models.Account, choice PasswordChoice, isNew bool) error {
	if choice.Mode == ByLink || actor.OnHost() {
		return nil
	}
	issue := core.Issue{New: isNew, OneTime: choice.OneTime, Generated: choice.Mode == Generated && choice.Text == ""}
	err := s.settings.Secrets.MayKnowPassword(account, issue)
	var forbidden core.Code
	switch {
	case !errors.As(err, &forbidden):
		return nil
	case forbidden == core.ErrLastingPassword:
		return core.Invalid("one_time", forbidden)
	default:
		return core.Invalid("password_mode", forbidden)
	}
}

// checkPassword checks what can be checked of a password before it costs a hash.
func (s *Service) checkPassword(rules *policy.Rules, account models.Account, choice PasswordChoice) error {
	var wrong core.FieldErrors
	if choice.OneTime && account.Technical {
		wrong.AddField("one_time", core.ErrTechnicalOneTime)
	}
	switch {
	case choice.Mode == ByLink:
		var code core.Code
		if errors.As(s.Links.Check(account), &code) {
			wrong.AddField("password_mode", code)
		}
	case choice.Mode != Typed && choice.Mode != Generated:
		wrong.AddField("password_mode", errPasswordMode)
	case choice.Mode == Typed || choice.Text != "":
		_, err := s.Credentials.CheckComposition(rules, account, choice.Text)
		_ = wrong.Add(err)
	default:
		_, err := choice.Options.Parse(rules.Policy(account))
		_ = wrong.Add(err)
	}
	if choice.HandOver != nil && choice.Mode == ByLink {
		wrong.AddField("password_mode", errPasswordMode) // the owner chooses the password
	} else if choice.HandOver != nil {
		_, err := s.Handover.Check(*choice.HandOver, s.longestLink(choice))
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	return wrong.Err()
}

// longestLink returns how long a secret link with the password can be valid at most; 0 = any time.
func (s *Service) longestLink(choice PasswordChoice) time.Duration {
	if !choice.OneTime {
		return 0
	}
	return s.settings.OneTimeValid
}

// queueKey returns the key of an actor's requests in the queue for hashes.
func queueKey(actor core.Actor) string { return credential.ActorKey(cmp.Or(actor.ID, actor.Name)) }

// preparePassword generates the password if the choice is to generate it, and checks and hashes it, unless the owner is to choose it. Of the requests with the same key,
// only a few are served at a time.
func (s *Service) preparePassword(
	ctx context.Context, key string, rules *policy.Rules, account models.Account, choice PasswordChoice,
) (next NewCredentials, checked credential.Checked, err error) {
	next.Account = account
	if choice.Mode == ByLink {
		return next, checked, nil // the owner chooses it
	}
	err = s.pool.Do(ctx, []string{key}, func(ctx context.Context) (err error) {
		secret := choice.Text
		if choice.Mode == Generated {
			generated := password.Generated{Text: choice.Text, Bits: password.Unknown}
			if choice.Text == "" {
				if generated, err = s.Credentials.Generate(account.Name, rules.Policy(account), choice.Options); err != nil {
					return err
				}
			}
			secret, next.Password, next.Bits = generated.Text, generated.Text, generated.Bits
		}
		if checked, err = s.Credentials.Check(ctx, rules, account, secret, false); err != nil || choice.HandOver == nil {
			return err
		}
		order, err := s.Handover.Check(*choice.HandOver, s.longestLink(choice))
		if err != nil {
			return err
		}
		link, err := s.Handover.Prepare(ctx, order, secret)
		next.Password, next.Link = "", &link
		return err
	})
	return next, checked, err
}
