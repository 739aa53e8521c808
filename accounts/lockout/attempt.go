package lockout

import (
	"cmp"
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// ReservationLife is how long an attempt may be in flight. It is longer than any wait and verification together, so that a
// reservation lapses only if its process died.
const ReservationLife = time.Minute

// trustedBudget marks the reservations of trusted browsers.
const trustedBudget = "trusted"

// pollEvery is how often a free attempt is looked for while others are verified by another process.
const pollEvery = 15 * time.Millisecond

// Service counts failed attempts. An attempt is reserved before it is verified, and settled after, each in a transaction under the
// account's lock. What has failed and what is reserved together never exceed the limit, however many processes try at once. Untrusted
// clients share one budget, and the account's trusted browsers another. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	settings Settings
	notifier Notifier
}

// Settings are the limits that are not in the policy file.
type Settings struct {
	Cap           int           // failed attempts in a row, over any number of blocks, that block without an end; 0 = off
	DeviceCookies bool          // browsers that signed in have a budget of their own
	DeviceLife    time.Duration // how long a browser is trusted after a sign-in with no trusted token
}

// Notifier mails owners about blocks.
type Notifier interface {
	// Blocked queues the mail in the transaction that blocks the account. Trusted means that the account has trusted browsers that can
	// still sign in.
	Blocked(tx *models.Tx, account models.Account, trusted bool) error
	// Committed is called after that transaction.
	Committed()
}

// New makes a service.
func New(c *core.Core, settings Settings, notifier Notifier) *Service {
	return &Service{core: c, settings: settings, notifier: notifier}
}

// Subject is the account that an attempt claims to be of, and what is known of the client.
type Subject struct {
	ID      string   // "" = there is no such account
	Devices []string // hashes of the client's device tokens
	Trusted bool     // the client is a trusted browser with attempts left, as far as is known without a lock
	Address string   // IP address

	// WhileBlocked means that the proof is verified although the account is blocked.
	WhileBlocked bool

	// Refuse is why a successful attempt opens nothing, although it is not counted as failed; "" = it opens. nil never refuses.
	Refuse func(models.Account) string

	// Spend uses up what was verified, such as a code that works once. It returns false if that has happened since, which counts as a
	// failed attempt. nil: nothing is used up.
	Spend func(*models.Tx) (bool, error)

	Wrong string // why a wrong proof fails; "" = [ReasonWrong]
}

// The reasons for a failed attempt, in addition to the states of an account that cannot sign in. They are for the audit log and the
// metrics only: a client must not learn them.
const (
	ReasonUnknown = "unknown"
	ReasonWrong   = "wrong-password"
	ReasonCode    = "wrong-code"
	ReasonChanged = "changed-meanwhile"
	ReasonAddress = "address"
)

func (who Subject) wrong() string { return cmp.Or(who.Wrong, ReasonWrong) }

// Failure is [core.ErrSignIn] with its reason.
type Failure struct{ Reason string }

func (Failure) Error() string { return core.ErrSignIn.Error() }

// Unwrap makes it a [core.ErrSignIn].
func (Failure) Unwrap() error { return core.ErrSignIn }

// attempt is one reserved attempt.
type attempt struct {
	id      string
	account models.Account // as it was when the attempt was reserved; zero for an unknown account
	device  models.Device  // zero = none of this account
	trusted bool           // counts for the trusted browsers
	refused string         // why nothing is verified; "" = it is
}

// Verify reports whether the proof is right for the account. The zero account stands for one that does not exist or cannot sign in:
// its verification must cost the same, and its result is ignored.
type Verify func(ctx context.Context, account models.Account) (ok bool, err error)

// OnSuccess runs in the transaction that settles a successful attempt, and may change the account. It reports whether the client is
// known to be the owner now. If a second factor has to follow, it is not: the counts of failures stay, since otherwise codes could be guessed for
// ever with a known password.
type OnSuccess func(tx *models.Tx, account *models.Account) (complete bool, err error)

// Attempt verifies a proof that the subject is one's own, and counts it: it reserves an attempt, calls verify without a transaction,
// and then either counts a failure, which may block the account, or calls onSuccess and, if that completes it, resets the count. It waits until ctx ends if
// all remaining attempts are being verified. A failed attempt is a [Failure]; for an account that does not exist or cannot sign in
// too, after the same work. An error of verify counts nothing. The caller bounds how many attempts run at once.
func (s *Service) Attempt(
	ctx context.Context, rules *policy.Rules, who Subject, actor core.Actor, verify Verify, onSuccess OnSuccess,
) error {
	try, err := s.reserve(ctx, rules, who)
	if err != nil {
		return err
	}
	account := try.account
	if try.refused != "" {
		account = models.Account{}
	}
	ok, err := verify(ctx, account)
	if err != nil {
		s.release(ctx, try)
		return err
	}
	err = s.settle(ctx, rules, who, actor, try, ok, onSuccess)
	if err != nil && !errors.As(err, new(Failure)) { // the transaction failed, and with it the end of the reservation
		s.release(ctx, try)
	}
	return err
}

// errNoneLeft means that all remaining attempts are being verified.
var errNoneLeft = errors.New("all attempts are in flight")

// reserve locks the account, decides whose attempt this is and whether it is verified at all, and takes one of the remaining attempts. It
// waits for a free one until ctx ends. An attempt that verifies nothing takes none from the account.
func (s *Service) reserve(ctx context.Context, rules *policy.Rules, who Subject) (try attempt, err error) {
	for {
		id := s.core.NewID()
		err := s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			try = attempt{id: id}
			if try.account, err = tx.AccountForUpdate(who.ID); core.IgnoreNotFound(err) != nil {
				return err
			}
			if err := s.EndBlock(tx, &try.account); err != nil {
				return err
			}
			if try.device, err = s.FindDevice(tx, who.ID, who.Devices); err != nil {
				return err
			}
			budget := s.budget(rules, try.account)
			try.trusted = try.device.ID != "" && !budget.trustedUsedUp
			try.refused = s.refusal(rules, try.account, who, try.trusted)

			now, left := s.core.Now(), budget.untrusted
			row := models.Reservation{ID: id, LapsesAt: now.Add(ReservationLife)}
			if try.trusted {
				row.DeviceID, left = trustedBudget, budget.trusted
			}
			if try.refused == "" {
				row.AccountID = &try.account.ID
			}
			reserved, err := tx.Reserve(row, left, now)
			if err == nil && !reserved {
				return errNoneLeft
			}
			return err
		})
		if err != nil && ctx.Err() != nil {
			s.release(ctx, attempt{id: id}) // it may have been committed at the moment when the client went away
		}
		if !errors.Is(err, errNoneLeft) {
			return try, err
		}
		timer := time.NewTimer(pollEvery)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return attempt{}, ctx.Err()
		}
	}
}

// release gives back an attempt that was not verified, such as when the client went away.
func (s *Service) release(ctx context.Context, try attempt) {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		_, err := tx.Release(try.id, s.core.Now())
		return err
	})
	if err != nil {
		s.core.Log.Error("releasing an attempt failed; it will lapse", "account", try.account.ID, "error", err)
	}
}

// settle records the result of an attempt under the account's lock, also if the client has gone. A failure may block the account. A
// success calls onSuccess, unless the account was blocked, disabled or given another password during the verification, or the attempt
// has lapsed.
func (s *Service) settle(
	ctx context.Context, rules *policy.Rules, who Subject, actor core.Actor, try attempt, ok bool, onSuccess OnSuccess,
) error {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	reason, blocked := "", false
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(try.account.ID)
		if core.IgnoreNotFound(err) != nil {
			return err
		}
		trusted := false // the device may have been revoked since
		if try.device.ID != "" {
			device, err := tx.Device(try.device.ID)
			if core.IgnoreNotFound(err) != nil {
				return err
			}
			trusted = device.ID != ""
		}
		held, err := tx.Release(try.id, s.core.Now())
		if err != nil {
			return err
		}

		if reason, err = s.whyFailed(tx, rules, who, try, account, ok, held); err != nil {
			return err
		}
		if reason == "" {
			err = s.succeed(tx, who, &account, try, trusted, onSuccess)
		} else if err = s.auditFailure(tx, account, actor, try.trusted, reason); err == nil && reason == who.wrong() {
			// It is counted after it is recorded, since it may be what blocks the account.
			blocked, err = s.countFailure(tx, rules, &account, actor, try.trusted && trusted)
		}
		if err != nil {
			return err
		}
		// An unknown account costs the same statement, which changes nothing.
		return core.IgnoreNotFound(tx.SaveAccount(&account))
	})
	if err != nil {
		return err
	}
	if blocked {
		s.notifier.Committed()
	}
	if reason != "" {
		return Failure{reason}
	}
	return nil
}

// succeed calls onSuccess, and resets the counts of failures if the client is known to be the owner then.
func (s *Service) succeed(tx *models.Tx, who Subject, account *models.Account, try attempt, trusted bool, onSuccess OnSuccess) error {
	complete, err := onSuccess(tx, account)
	if err != nil || !complete {
		return err
	}
	return s.countSuccess(tx, who, account, try, trusted)
}

// countSuccess resets the counts of failures: a trusted browser that of the trusted browsers, an untrusted client that of its own kind, and
// a trusted browser without attempts left both. What works while the account is blocked ends the block.
func (s *Service) countSuccess(tx *models.Tx, who Subject, account *models.Account, try attempt, trusted bool) error {
	if !try.trusted || who.WhileBlocked {
		account.ResetFailures()
	}
	if !trusted {
		return nil
	}
	account.DeviceFailures = 0
	return tx.UseDevice(try.device.ID, s.core.Now())
}

// whyFailed returns why an attempt has failed, given the account as it is now; "" = it has succeeded.
func (s *Service) whyFailed(
	tx *models.Tx, rules *policy.Rules, who Subject, try attempt, now models.Account, ok, held bool,
) (reason string, err error) {
	switch {
	case try.refused != "":
		return try.refused, nil
	case !ok:
		return who.wrong(), nil
	case now.ID == "" || now.PasswordID != try.account.PasswordID || !held:
		return ReasonChanged, nil
	}
	if who.Refuse != nil {
		if reason := who.Refuse(now); reason != "" {
			return reason, nil
		}
	}
	if reason := s.refusal(rules, now, who, try.trusted); reason != "" || who.Spend == nil {
		return reason, nil
	}
	spent, err := who.Spend(tx)
	if err != nil || spent {
		return "", err
	}
	return who.wrong(), nil
}

// auditFailure records why an attempt failed, and whether it came from a trusted browser.
func (s *Service) auditFailure(tx *models.Tx, account models.Account, actor core.Actor, trusted bool, reason string) error {
	details := []core.Detail{core.DetailReason.Text(reason)}
	if trusted {
		details = append(details, core.DetailBrowser.Text(core.BrowserKnown))
	}
	return s.core.Audit(tx, actor, core.ActionSignInFailed, account, details...)
}
