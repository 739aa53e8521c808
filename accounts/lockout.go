package accounts

import (
	"context"
	"errors"
	"runtime"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// reservationLife is how long an attempt may be in flight. It is longer than any wait and hash together, so that a
// reservation lapses only when its process died.
const reservationLife = time.Minute

// pollEvery is how often a request looks for a free attempt while others are being verified by another process.
const pollEvery = 15 * time.Millisecond

// rules are what the lockout has to know of accounts.
type rules interface {
	// limits are how many failed attempts the account allows.
	limits(account models.Account) limits
	// refusal tells why no password of the account is evaluated now; "" = it is.
	refusal(account models.Account, who sought, known bool) string
	// endBlock ends a block whose time has come.
	endBlock(tx *models.Tx, account *models.Account) error
}

// lockout counts failed attempts. An attempt is *reserved* before its password is looked at and *settled* after, each in
// a transaction of its own under a lock on the account; what is failed and what is reserved together never exceed what is
// allowed, however many processes try at the same time. Strangers share one budget, the account's trusted browsers another.
type lockout struct {
	core  *core.Core
	rules rules
	turns *turns
	desk  *turns // where attempts wait for a transaction
}

// sought is the account that somebody says is theirs, and what is known of who says so.
type sought struct {
	id      string   // "" = there is no such account
	turn    string   // those who seek the same take turns; unknown names do as known ones, lest the wait tell them apart
	room    []string // keys in the waiting room
	devices []string // hashes of the tokens that the browser may be known by
	known   bool     // the browser is, and has attempts left, as far as one could see without a lock
	address string
}

// attempt is one reserved look at a password.
type attempt struct {
	id      string
	account models.Account // as it was when the attempt was reserved; zero for an unknown name
	device  models.Device  // of this account; zero: none
	known   bool           // the attempt is a trusted browser's; else it is a stranger's
	refused string         // why no password is evaluated; "" = it is
	done    func()         // gives the turn back; whoever reserved calls it, once
}

// hash is what the password is compared with; "" stands for nothing, at the same cost.
func (a attempt) hash() string {
	if a.refused != "" {
		return ""
	}
	return a.account.PasswordHash
}

// trusted is the budget of an account's trusted browsers, as reservations name it; that of strangers is "".
const trusted = "trusted"

func (a attempt) budget() string {
	if a.known {
		return trusted
	}
	return ""
}

// errNoPlace says that all attempts which are left are being verified right now.
var errNoPlace = errors.New("all attempts are in flight")

// reserve takes one of the account's attempts, and waits for a free one until ctx ends. An account that is unknown (id
// "") or that cannot sign in gets an attempt that opens nothing and counts nothing, at the same cost.
func (l *lockout) reserve(ctx context.Context, who sought) (attempt, error) {
	done, err := l.turns.take(ctx, who.turn, runtime.GOMAXPROCS(0))
	if err != nil {
		return attempt{}, waited(ctx, err)
	}
	for {
		try, err := l.tryReserve(ctx, who)
		if err == nil {
			try.done = done
			return try, nil
		}
		if errors.Is(err, errNoPlace) {
			err = pause(ctx, pollEvery)
		}
		if err != nil {
			done()
			return attempt{}, waited(ctx, err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *lockout) tryReserve(ctx context.Context, who sought) (attempt, error) {
	id := l.core.NewID()
	var try attempt
	err := l.update(ctx, func(tx *models.Tx) (err error) {
		if try, err = l.look(tx, id, who); err != nil {
			return err
		}
		return l.take(tx, try)
	})
	if err != nil && ctx.Err() != nil {
		l.release(ctx, try) // it may have been committed at the moment when the client went away
	}
	return try, err
}

// update runs a transaction of the lockout, only as many at a time as there are processors: PostgreSQL's processes beside
// the hashes slow both down when they are more (docs/decisions/0006).
func (l *lockout) update(ctx context.Context, change func(*models.Tx) error) error {
	leave, err := l.desk.take(ctx, "", runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	defer leave()
	return l.core.DB.Update(ctx, change)
}

// look locks the account and finds out whose attempt this is, and whether it is one at all.
func (l *lockout) look(tx *models.Tx, id string, who sought) (try attempt, err error) {
	try.id = id
	if try.account, err = tx.AccountForUpdate(who.id); err != nil && !errors.Is(err, models.ErrNotFound) {
		return try, err
	}
	if err := l.rules.endBlock(tx, &try.account); err != nil {
		return try, err
	}
	if try.device, err = knownBy(tx, who.id, who.devices, l.core.Now()); err != nil {
		return try, err
	}
	try.known = try.device.ID != "" && !l.rules.limits(try.account).usedUp(try.account)
	try.refused = l.rules.refusal(try.account, who, try.known)
	return try, nil
}

// take reserves the attempt, or says by [errNoPlace] that, with those in flight, no more may be evaluated.
func (l *lockout) take(tx *models.Tx, try attempt) error {
	reserved, err := tx.Reserve(l.reservation(try), l.places(try), l.core.Now())
	if err == nil && !reserved {
		err = errNoPlace
	}
	return err
}

// places is how many attempts may be in flight where this one belongs. One that evaluates nothing belongs nowhere.
func (l *lockout) places(try attempt) int {
	limits := l.rules.limits(try.account)
	switch {
	case try.refused != "":
		return 1
	case try.known:
		return limits.devices(try.account)
	default:
		return limits.strangers(try.account)
	}
}

func (l *lockout) reservation(try attempt) models.Reservation {
	row := models.Reservation{ID: try.id, DeviceID: try.budget(), LapsesAt: l.core.Now().Add(reservationLife)}
	if try.refused == "" {
		row.AccountID = &try.account.ID
	}
	return row
}

// release gives an attempt back that was not evaluated, as when the client went away.
func (l *lockout) release(ctx context.Context, try attempt) {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	err := l.core.DB.Update(ctx, func(tx *models.Tx) error {
		_, err := tx.Release(try.id, l.core.Now())
		return err
	})
	if err != nil {
		l.core.Log.Error("an attempt could not be released; it will lapse", "account", try.account.ID, "error", err)
	}
}

// settled is an attempt's account and device as they are when it is settled, under the account's lock.
type settled struct {
	try     attempt
	account models.Account
	device  models.Device // zero: none, or revoked meanwhile
	held    bool          // the attempt had not lapsed
}

// settle counts an attempt that was evaluated: outcome changes the account under its lock, and writes its audit event.
// An attempt that lapsed meanwhile may no longer open anything.
func (l *lockout) settle(ctx context.Context, try attempt, outcome func(tx *models.Tx, now *settled) error) error {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	return l.update(ctx, func(tx *models.Tx) error {
		now, err := l.lookAgain(tx, try)
		if err != nil {
			return err
		}
		if err := outcome(tx, &now); err != nil {
			return err
		}
		if err := tx.SaveAccount(&now.account); !errors.Is(err, models.ErrNotFound) {
			return err
		}
		return nil // an unknown account costs the same statement, which changes nothing
	})
}

func (l *lockout) lookAgain(tx *models.Tx, try attempt) (now settled, err error) {
	now.try = try
	if now.account, err = tx.AccountForUpdate(try.account.ID); err != nil && !errors.Is(err, models.ErrNotFound) {
		return now, err
	}
	if try.device.ID != "" {
		if now.device, err = tx.Device(try.device.ID); err != nil && !errors.Is(err, models.ErrNotFound) {
			return now, err
		}
	}
	now.held, err = tx.Release(try.id, l.core.Now())
	return now, err
}
