package accounts

import (
	"context"
	"errors"
	"runtime"
	"time"

	"latchkey/models"
)

// reservationLife is how long an attempt may be in flight. It is longer than any wait and hash together, so that a
// reservation lapses only when its process died.
const reservationLife = time.Minute

// lookAgain is how often a request looks for a free attempt while others are being verified by another process.
const lookAgain = 15 * time.Millisecond

// lockout counts failed attempts. An attempt is *reserved* before its password is looked at and *settled* after, each in
// a transaction of its own under a lock on the account; what is failed and what is reserved together never exceed the
// policy's maxLoginAttempts, however many processes try at the same time.
type lockout struct {
	*Service
	turns turns
}

func newLockout(s *Service) *lockout { return &lockout{Service: s} }

// attempt is one reserved look at a password.
type attempt struct {
	id      string
	account models.Account // as it was when the attempt was reserved; zero for an unknown name
	refused string         // why no password is evaluated; "" = it is
	done    func()
}

// hash is what the password is compared with; "" stands for nothing, at the same cost.
func (a attempt) hash() string {
	if a.refused != "" {
		return ""
	}
	return a.account.PasswordHash
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
		try, err := l.tryReserve(ctx, who.id)
		if err == nil {
			try.done = done
			return try, nil
		}
		if !errors.Is(err, errNoPlace) {
			done()
			return attempt{}, waited(ctx, err)
		}
		if err := pause(ctx, lookAgain); err != nil {
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

func (l *lockout) tryReserve(ctx context.Context, id string) (attempt, error) {
	try := attempt{id: l.ids.New()}
	err := l.db.Update(ctx, func(tx *models.Tx) (err error) {
		if try.account, err = tx.AccountForUpdate(id); err != nil && !errors.Is(err, models.ErrNotFound) {
			return err
		}
		if err := l.endBlock(tx, &try.account); err != nil {
			return err
		}
		try.refused = l.refusal(try.account)
		if err := l.place(tx, try); err != nil {
			return err
		}
		return tx.Reserve(l.reservation(try))
	})
	if err != nil && ctx.Err() != nil {
		l.takeBack(ctx, try) // it may have been committed at the moment when the client went away
	}
	return try, err
}

// refusal tells why no password of the account is evaluated now; "" = it is.
func (s *Service) refusal(account models.Account) string {
	switch state := s.State(account); {
	case account.ID == "":
		return "unknown"
	case state == models.Disabled, state == models.Blacklisted, state == models.NoPassword, state == models.OneTimeLapsed:
		return string(state)
	default:
		return ""
	}
}

// place tells by its error whether one more attempt may be evaluated: with those in flight no more than the policy's
// maxLoginAttempts, nor than the cap. An account that has more failures already, as when the policy was changed, gets one
// at a time: if it fails, it blacklists.
func (l *lockout) place(tx *models.Tx, try attempt) error {
	if try.refused != "" {
		return nil
	}
	reserved, err := tx.Reserved(try.account.ID, l.now())
	full := func(failed, limit int) bool { return limit > 0 && reserved > 0 && failed+reserved >= limit }
	if err == nil && (full(try.account.FailedAttempts, l.Policy(try.account).MaxLoginAttempts) ||
		full(try.account.FailedInRow, l.settings.AttemptsCap)) {
		return errNoPlace
	}
	return err
}

func (l *lockout) reservation(try attempt) models.Reservation {
	row := models.Reservation{ID: try.id, LapsesAt: l.now().Add(reservationLife)}
	if try.refused == "" {
		row.AccountID = &try.account.ID
	}
	return row
}

// release gives an attempt back that was not evaluated, as when the client went away.
func (l *lockout) release(ctx context.Context, try attempt) {
	defer try.done()
	l.takeBack(ctx, try)
}

func (l *lockout) takeBack(ctx context.Context, try attempt) {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	err := l.db.Update(ctx, func(tx *models.Tx) error {
		_, err := tx.Release(try.id, l.now())
		return err
	})
	if err != nil {
		l.log.Error("an attempt could not be released; it will lapse", "account", try.account.ID, "error", err)
	}
}

// settleTime is how long the database may take to note what became of an attempt, whether or not its client is still there.
const settleTime = 10 * time.Second

func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleTime)
}

// settle counts an attempt that was evaluated: outcome changes the account under its lock, and writes its audit event.
// An attempt that lapsed meanwhile may no longer open anything, so held is false then.
func (l *lockout) settle(
	ctx context.Context, try attempt, outcome func(tx *models.Tx, account *models.Account, held bool) error,
) error {
	defer try.done()
	ctx, cancel := afterwards(ctx)
	defer cancel()
	return l.db.Update(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(try.account.ID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return err
		}
		held, err := tx.Release(try.id, l.now())
		if err != nil {
			return err
		}
		if err := outcome(tx, &account, held); err != nil {
			return err
		}
		if err := tx.SaveAccount(&account); !errors.Is(err, models.ErrNotFound) {
			return err
		}
		return nil // an unknown account costs the same statement, which changes nothing
	})
}

// countFailure adds a failed attempt, and blacklists the account when it was the last one allowed.
func (s *Service) countFailure(tx *models.Tx, account *models.Account) error {
	account.FailedAttempts++
	account.FailedInRow++
	policy := s.Policy(*account)
	forGood := s.settings.AttemptsCap > 0 && account.FailedInRow >= s.settings.AttemptsCap
	if account.BlockedAt != nil || !forGood && (policy.MaxLoginAttempts <= 0 || account.FailedAttempts < policy.MaxLoginAttempts) {
		return nil
	}
	return s.blacklist(tx, account, forGood)
}

// blacklist refuses the account for the policy's blockingTimeInMin, or without an end. It queues the owner's mail.
func (s *Service) blacklist(tx *models.Tx, account *models.Account, forGood bool) error {
	now := s.now()
	account.BlockedAt, account.BlockedUntil = &now, nil
	more := detail{"attempts": itoa(account.FailedAttempts)}
	if blocking := s.Policy(*account).Blocking(); blocking > 0 && !forGood {
		until := now.Add(blocking)
		account.BlockedUntil = &until
		more["until"] = until.Format(time.RFC3339)
	}
	if err := s.audit(tx, Actor{}, ActionBlacklisted, *account, more); err != nil {
		return err
	}
	return s.queueBlacklisted(tx, *account)
}

// endBlock lets a block end by itself when its time has come; the count starts at 0.
func (s *Service) endBlock(tx *models.Tx, account *models.Account) error {
	if account.BlockedUntil == nil || account.BlockedUntil.After(s.now()) {
		return nil
	}
	more := detail{"until": account.BlockedUntil.Format(time.RFC3339)}
	account.BlockedAt, account.BlockedUntil, account.FailedAttempts = nil, nil, 0
	if err := s.audit(tx, Actor{}, ActionBlockEnded, *account, more); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}

// forgive ends a block and every count of failures, as an operator or a right password does.
func forgive(account *models.Account) {
	account.BlockedAt, account.BlockedUntil = nil, nil
	account.FailedAttempts, account.FailedInRow = 0, 0
}
