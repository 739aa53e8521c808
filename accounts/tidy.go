package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/lockout"
	"latchkey/models"
)

// keepSubmissions is how long a form that was carried out is remembered.
const keepSubmissions = 7 * 24 * time.Hour

// forgetBatch bounds how many old rows one transaction removes.
const forgetBatch = 500

// keepTasks is how long tasks that ended are listed.
const keepTasks = 30 * 24 * time.Hour

// Tidy removes what has expired: ended sessions, attempts of processes that died, forms carried out long ago, tasks that ended long
// ago. Failed sign-ins, which any client can cause, are bounded in number too. Once a day it adds the task that removes mails and
// audit events by their retention. It may run in several processes at once.
func (s *Service) Tidy(ctx context.Context) error {
	now := s.core.Now()
	return errors.Join(
		s.core.DB.Update(ctx, func(tx *models.Tx) error { return forgetEnded(tx, now) }),
		s.forgetFailures(ctx),
		s.addRetention(ctx, now),
	)
}

func forgetEnded(tx *models.Tx, now time.Time) error {
	if err := tx.DeleteEndedSessions(now); err != nil {
		return err
	}
	if err := tx.DeleteLapsedReservations(now); err != nil {
		return err
	}
	if err := errors.Join(tx.DeleteDevices(now.Add(-lockout.DeviceLife)), tx.DeleteAddressFailures(now)); err != nil {
		return err
	}
	if _, err := tx.DeleteTasks(now.Add(-keepTasks), forgetBatch); err != nil {
		return err
	}
	return errors.Join(tx.DeleteSubmissions(now.Add(-keepSubmissions)), tx.DeleteAnswers(now))
}

// forgetFailures removes failed sign-ins of unknown browsers that are too old or too many. They are looked for outside of
// transactions, so that each holds SQLite's only writer for the time of one statement.
func (s *Service) forgetFailures(ctx context.Context) error {
	upTo, tooMany, err := s.failuresUpTo(ctx)
	if err != nil || upTo == "" {
		return err
	}
	removed, after := 0, ""
	for {
		ids, err := s.core.DB.Read(ctx).FailuresOfUnknownBrowsers(after, upTo, forgetBatch)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		if err := s.core.DB.Write(ctx, func(tx *models.Tx) error { return tx.DeleteEvents(ids) }); err != nil {
			return err
		}
		removed, after = removed+len(ids), ids[len(ids)-1]
	}
	if removed > 0 && tooMany { // a flood must not remove its own traces without any
		s.core.Log.Warn("removed the oldest failed sign-ins from the audit log", "removed", removed, "kept", s.settings.FailedSignInMost)
	}
	return nil
}

// failuresUpTo is the id up to which failed sign-ins of unknown browsers are forgotten, "" = none are, and whether that is for
// their number.
func (s *Service) failuresUpTo(ctx context.Context) (id string, tooMany bool, err error) {
	if s.settings.FailedSignInKeep > 0 {
		id = models.FirstID(s.core.Now().Add(-s.settings.FailedSignInKeep))
	}
	if s.settings.FailedSignInMost <= 0 {
		return id, false, nil
	}
	beyond, err := s.core.DB.Read(ctx).FailureAfter(s.settings.FailedSignInMost)
	return max(id, beyond), beyond > id, err
}
