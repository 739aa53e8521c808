package core

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"latchkey/models"
)

// Core is what every use case works with. It is safe for concurrent use.
type Core struct {
	DB      *models.DB
	Log     *slog.Logger
	Notices Notices // nil = owners are not notified

	clock  func() time.Time
	random io.Reader
	ids    *models.IDs
	rules  Rules
}

// Rules limit from where actors may connect, and how long sessions last.
type Rules struct {
	SessionMax  time.Duration  // a session's longest life
	SessionIdle time.Duration  // how long a session may be unused
	SuperAdmins Networks       // from which SuperAdmins may sign in and act
	Dashboard   Networks       // from which anyone may
	Gates       []Gate         // in order; nil = [Gates]
	Zone        *time.Location // in which days begin and end; nil = UTC
	Secrets     Secrets        // who may know passwords
	FactorsFor  []models.Kind  // kinds of account that have to have a second factor
}

// RequiresFactor reports whether the settings require a second factor of the account. Technical accounts never use the dashboard.
func (r Rules) RequiresFactor(account models.Account) bool {
	return slices.Contains(r.FactorsFor, account.Kind) && !account.Technical
}

// New makes a core. Random nil is crypto/rand, log nil logs nothing.
func New(db *models.DB, clock func() time.Time, random io.Reader, log *slog.Logger, rules Rules) *Core {
	if random == nil {
		random = rand.Reader
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if rules.Gates == nil {
		rules.Gates = Gates()
	}
	if rules.Zone == nil {
		rules.Zone = time.UTC
	}
	return &Core{DB: db, Log: log, clock: clock, random: random, ids: models.NewIDs(clock, random), rules: rules}
}

// Now returns the current time as it is stored: UTC, truncated to microseconds.
func (c *Core) Now() time.Time { return c.clock().UTC().Truncate(time.Microsecond) }

// DayStart returns when a day begins in the zone of the settings.
func (c *Core) DayStart(day string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, day, c.rules.Zone)
}

// Today returns the current day in the zone of the settings, as accounts have their first and last day.
func (c *Core) Today() string { return c.DayIn(0) }

// DayIn returns the day that comes so many days after today.
func (c *Core) DayIn(days int) string { return c.DayOf(c.Now().In(c.rules.Zone).AddDate(0, 0, days)) }

// DayInYears returns the day that comes so many years after today.
func (c *Core) DayInYears(years int) string {
	return c.DayOf(c.Now().In(c.rules.Zone).AddDate(years, 0, 0))
}

// DayOf returns the day of a time.
func (c *Core) DayOf(at time.Time) string { return at.In(c.rules.Zone).Format(time.DateOnly) }

// NewID makes an id.
func (c *Core) NewID() string { return c.ids.New() }

// Random returns the source of all secrets.
func (c *Core) Random() io.Reader { return c.random }

// tokenBytes is the length of a token: 256 bits.
const tokenBytes = 32

// Token makes a secret of 256 bits, of which only the hash is stored.
func (c *Core) Token() (token, hash string) {
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(c.random, secret); err != nil {
		panic(err) // as crypto/rand does: nothing is safe without randomness
	}
	token = base64.RawURLEncoding.EncodeToString(secret)
	return token, HashToken(token)
}

// HashToken returns what is stored of a token: its SHA-256 in hexadecimal.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// MayEnterFrom reports whether the dashboard is open to the address at all.
func (c *Core) MayEnterFrom(address string) bool { return c.rules.Dashboard.Admit(address) }

// MayActFrom reports whether the account may sign in and act from the address.
func (c *Core) MayActFrom(account models.Account, address string) bool {
	return account.Kind != models.SuperAdmin || c.rules.SuperAdmins.Admit(address)
}

// Outlived reports whether a session is older, or was unused for longer, than the settings allow now, which may be less than when
// it was opened.
func (c *Core) Outlived(session models.Session) bool {
	now := c.Now()
	return !session.AbsoluteEnd.After(now) || !session.CreatedAt.Add(c.rules.SessionMax).After(now) || !session.LastUsedAt.Add(c.rules.SessionIdle).After(now)
}

// Update runs the transaction of a use case if the actor may still act.
func (c *Core) Update(ctx context.Context, actor Actor, do func(*models.Tx) error) error {
	return c.DB.Update(ctx, func(tx *models.Tx) error {
		if err := c.Recheck(tx, actor); err != nil {
			return err
		}
		return do(tx)
	})
}

// UpdateFactors is [Core.Update] for the second factors of the actor's own account, which only its owner may change, and which are open
// while the session is held up because it has none.
func (c *Core) UpdateFactors(ctx context.Context, actor Actor, do func(*models.Tx) error) error {
	if err := actor.CheckOwner(); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *models.Tx) error {
		if err := c.recheck(tx, actor, GateFactorSetup); err != nil {
			return err
		}
		return do(tx)
	})
}

// PendingIn returns why a new password has to be chosen in the session; "" = none has.
func (c *Core) PendingIn(session models.Session, account models.Account) models.State {
	return c.rules.PendingIn(session, account)
}

// RequiresFactor reports whether the settings require a second factor of the account.
func (c *Core) RequiresFactor(account models.Account) bool { return c.rules.RequiresFactor(account) }

// Change runs a use case's transaction on one account: it locks the actor and the account, lets do change it, and saves it.
func (c *Core) Change(ctx context.Context, actor Actor, id string, do func(*models.Tx, *models.Account) error) error {
	return c.DB.Update(ctx, func(tx *models.Tx) error {
		if err := c.lockBefore(tx, actor, id); err != nil {
			return err
		}
		if err := c.Recheck(tx, actor); err != nil {
			return err
		}
		account, err := c.LockForChange(tx, actor, id)
		if err != nil {
			return err
		}
		if err := do(tx, &account); err != nil {
			return err
		}
		return tx.SaveAccount(&account)
	})
}

// Recheck reads the actor's account and session again, and locks both until the transaction ends. So once disabling the
// account, ending the session or demanding a new password is committed, no request in flight writes anything. It returns
// [ErrSignedOut], or a [GateError] if the session has to pass a gate, such as a new password that was demanded. An API key is read again as well, and
// has to be allowed to write. Commands have no session and always pass.
func (c *Core) Recheck(tx *models.Tx, actor Actor) error { return c.recheck(tx, actor, "") }

// recheck is [Core.Recheck] for what is open at one gate.
func (c *Core) recheck(tx *models.Tx, actor Actor, open string) error {
	if actor.ID == "" {
		return nil
	}
	account, err := tx.AccountForUpdate(actor.ID) // with a shared lock, a flood of requests could delay the disabling
	if errors.Is(err, models.ErrNotFound) || err == nil && (account.Closed(c.Today()) != "" || account.Kind != actor.ownerKind()) {
		return ErrSignedOut
	}
	if err == nil && actor.Key != nil {
		return c.recheckKey(tx, actor, account)
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
	case session.AccountID != account.ID || session.PasswordID != account.PasswordID || c.Outlived(session):
		return ErrSignedOut
	default:
		return c.checkGatesBut(open, session, account)
	}
}

// lockBefore keeps the order in which accounts are locked: SuperAdmins by their ids, then others. If a SuperAdmin is about to be changed,
// all are locked first: whether it may be can depend on the others.
func (c *Core) lockBefore(tx *models.Tx, actor Actor, id string) error {
	if actor.Kind != models.SuperAdmin || !models.IsID(id) {
		return nil
	}
	account, err := tx.Account(id)
	if err == nil && account.Kind == models.SuperAdmin {
		_, err = tx.LockEnabledSuperAdmins()
	}
	return IgnoreNotFound(err)
}

// LockForChange locks an account that the actor may change. It returns [ErrChangedSince] if it is not as the actor expects.
func (c *Core) LockForChange(tx *models.Tx, actor Actor, id string) (models.Account, error) {
	if !models.IsID(id) {
		return models.Account{}, ErrNotFound
	}
	account, err := tx.AccountForUpdate(id)
	if err != nil {
		return account, NotFound(err)
	}
	if err := actor.MayChange(account); err != nil {
		return account, err
	}
	if actor.Expects != "" && actor.Expects != account.Version() {
		return account, ErrChangedSince
	}
	return account, nil
}

// Submit makes a form about an account good for once; "" = it has no id. Of two at the same time one wins, and the other gets an
// [AlreadyDoneError].
func (c *Core) Submit(tx *models.Tx, submission, accountID string) error {
	if submission == "" {
		return nil
	}
	err := tx.Submit(models.Submission{ID: submission, AccountID: accountID, CreatedAt: c.Now()})
	if errors.Is(err, models.ErrTaken) {
		return AlreadyDoneError{AccountID: accountID}
	}
	return err
}

// settleTime is how long the database may take to record what a request did after its time is up or its client has gone. Together
// with a request's time it must stay below the server's write timeout, since a client may still wait.
const settleTime = 5 * time.Second

// Uncancelled returns a context with the deadline of ctx that goes on when ctx is cancelled, as by a client that disconnects.
func Uncancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	kept := context.WithoutCancel(ctx)
	if deadline, limited := ctx.Deadline(); limited {
		return context.WithDeadline(kept, deadline)
	}
	return context.WithCancel(kept)
}

// Detached returns a context for what has to be recorded whether or not the client is still there.
func Detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleTime)
}
