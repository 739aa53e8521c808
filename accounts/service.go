package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"latchkey/models"
	"latchkey/password"
)

// Settings are the rules that do not stand in the password policy.
type Settings struct {
	OneTimeValid time.Duration // how long a one-time password may wait to be used

	PasswordMinAge time.Duration // how old a password that its owner chose must be before they may change it again; 0 = off

	SessionMax  time.Duration // a session's longest life
	SessionIdle time.Duration // a session's longest rest
	AttemptsCap int           // failed attempts of strangers in a row, over any number of blocks, that block for good; 0 = off
	SignInRate  int           // failed posts a minute and client address, and twice as many at once; 0 = no limit
	OneSession  bool          // a full sign-in ends the account's other sessions

	DeviceCookies bool     // browsers that signed in have attempts of their own
	SuperAdmins   Networks // from which SuperAdmins may sign in and act
	Dashboard     Networks // from which anybody may

	MailKeep  time.Duration // how long mails stay in the ledger after they came to an end; 0 = for ever
	AuditKeep time.Duration // how long audit events stay; 0 = for ever

	FailedSignInKeep time.Duration // how long failed sign-ins of unknown browsers stay in the audit log; 0 = as long as other events
	FailedSignInMost int           // the newest failed sign-ins that stay in any case; 0 = no bound

	MailHost  string // the right side of Message-IDs
	Capturing bool   // there is no mail server: mails are captured, and cannot be sent again
}

// Options are what a [Service] is made of. All but Random, Log, Meter and Wake must be given.
type Options struct {
	DB       *models.DB
	Policies password.Policies
	Hashes   *Hashes
	Settings Settings
	Now      func() time.Time
	Random   io.Reader    // nil: crypto/rand
	Log      *slog.Logger // nil: nothing is logged
	Meter    Meter        // nil: nothing is counted
	Wake     func()       // called after a mail was queued; nil: nobody waits for one
}

// Service carries out the use cases under policies that never change; [InForce] knows which are in force. It is safe for
// concurrent use.
type Service struct {
	db       *models.DB
	policies password.Policies
	version  int // of the policies; 0 = not noted
	hashes   *Hashes
	settings Settings
	clock    func() time.Time
	random   io.Reader
	ids      *models.IDs
	log      *slog.Logger
	meter    Meter
	wake     func()
	lockout  *lockout

	addresses *addressLimit
	refusals  *refusals
}

// New makes a service.
func New(o Options) *Service {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = unmeasured{}
	} else {
		o.Hashes.measure(o.Meter, o.Now)
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	s := &Service{
		db: o.DB, policies: o.Policies, hashes: o.Hashes, settings: o.Settings, clock: o.Now, random: o.Random,
		ids: models.NewIDs(o.Now, o.Random), log: o.Log, meter: o.Meter,
		wake: o.Wake, refusals: &refusals{actors: map[string]*refusedLately{}},
	}
	s.lockout = &lockout{db: s.db, now: s.now, newID: s.NewID, log: s.log, rules: s, turns: &turns{}, desk: &turns{}}
	s.addresses = &addressLimit{db: s.db, now: s.now, log: s.log, rate: s.settings.SignInRate, gates: map[string]*gate{}}
	return s
}

// under is the same service under other policies: with the same database, bounds and queues.
func (s *Service) under(policies password.Policies) *Service {
	next, lockout := *s, *s.lockout
	next.policies, next.version = policies, 0
	next.lockout, lockout.rules = &lockout, &next
	return &next
}

// now is the time as the tables keep it: UTC, in microseconds.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// NewID makes an id, such as for a form that must not be carried out twice.
func (s *Service) NewID() string { return s.ids.New() }

// Policies are the password policies in force.
func (s *Service) Policies() password.Policies { return s.policies }

// PolicyVersion is the number under which the policies are noted; 0 = they are not.
func (s *Service) PolicyVersion() int { return s.version }

// Policy is the password policy in force for the account.
func (s *Service) Policy(a models.Account) password.Policy {
	return s.policies.For(a.Technical, a.Kind == models.SuperAdmin)
}

// Settings are the rules in force that do not stand in the password policy.
func (s *Service) Settings() Settings { return s.settings }

// update runs the transaction of a use case that an actor asked for, if they still may ask for anything.
func (s *Service) update(ctx context.Context, actor Actor, do func(*models.Tx) error) error {
	return s.db.Update(ctx, func(tx *models.Tx) error {
		if err := s.recheck(tx, actor); err != nil {
			return err
		}
		return do(tx)
	})
}

// recheck reads the actor's account and session again, and locks both until the transaction ends. So once disabling the
// account, ending the session or taking rights away is committed, no request that was in flight writes anything. It returns
// [ErrSignedOut], or [ErrPasswordFirst] if a new password was demanded meanwhile. Commands have no session and always may.
func (s *Service) recheck(tx *models.Tx, actor Actor) error {
	if actor.ID == "" {
		return nil
	}
	account, err := tx.AccountForUpdate(actor.ID) // a shared lock would let a flood of requests delay the disabling
	if errors.Is(err, models.ErrNotFound) || err == nil && (account.DisabledAt != nil || account.Kind != actor.Kind) {
		return ErrSignedOut
	}
	if err != nil || actor.SessionID == "" {
		return err
	}
	session, err := tx.SessionForShare(actor.SessionID)
	switch {
	case errors.Is(err, models.ErrNotFound):
		return ErrSignedOut
	case err != nil:
		return err
	case session.AccountID != account.ID || session.PasswordID != account.PasswordID || s.outlived(session):
		return ErrSignedOut
	case s.pendingIn(session, account) != "":
		return ErrPasswordFirst
	default:
		return nil
	}
}

// change runs a use case's transaction on one account: it locks the actor and the account, lets do change it, and saves it.
func (s *Service) change(
	ctx context.Context, actor Actor, id string, do func(*models.Tx, *models.Account) error,
) error {
	return s.db.Update(ctx, func(tx *models.Tx) error {
		if err := s.lockBefore(tx, actor, id); err != nil {
			return err
		}
		if err := s.recheck(tx, actor); err != nil {
			return err
		}
		account, err := s.lockForChange(tx, actor, id)
		if err != nil {
			return err
		}
		if err := do(tx, &account); err != nil {
			return err
		}
		return tx.SaveAccount(&account)
	})
}

// lockBefore keeps the order in which accounts are locked: SuperAdmins by their ids, and then others. The actor is locked before
// the account that they change, so this locks that account first if both are SuperAdmins in the other order.
func (s *Service) lockBefore(tx *models.Tx, actor Actor, id string) error {
	if actor.Kind != models.SuperAdmin || id >= actor.ID || !models.IsID(id) {
		return nil
	}
	account, err := tx.Account(id)
	if err == nil && account.Kind == models.SuperAdmin {
		_, err = tx.AccountForUpdate(id)
	}
	return forget(err)
}
