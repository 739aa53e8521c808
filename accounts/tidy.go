package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/models"
)

// keepSubmissions is how long a form that was carried out is remembered.
const keepSubmissions = 7 * 24 * time.Hour

// forgetBatch bounds how many old rows one transaction removes.
const forgetBatch = 500

// Tidy forgets what has had its time: ended sessions, attempts of processes that died, forms carried out long ago, and mails
// and audit events that the settings do not keep for ever. Failed sign-ins, which any client can cause, are bounded in number
// too. It may run in several processes at once.
func (s *Service) Tidy(ctx context.Context) error {
	now := s.core.Now()
	return errors.Join(
		s.core.DB.Update(ctx, func(tx *models.Tx) error { return forgetEnded(tx, now) }),
		s.forgetOld(ctx, s.settings.MailKeep, (*models.Tx).ForgetMails),
		s.forgetOld(ctx, s.settings.AuditKeep, (*models.Tx).ForgetAudit),
		s.forgetFailures(ctx),
	)
}

func forgetEnded(tx *models.Tx, now time.Time) error {
	if err := tx.ForgetEndedSessions(now); err != nil {
		return err
	}
	if err := tx.ForgetLapsedReservations(now); err != nil {
		return err
	}
	if err := errors.Join(tx.ForgetDevices(now.Add(-DeviceLife)), tx.ForgetAddressFailures(now)); err != nil {
		return err
	}
	return errors.Join(tx.ForgetSubmissions(now.Add(-keepSubmissions)), tx.ForgetAnswers(now))
}

// forgetOld removes, in batches, what is older than what is kept; keep 0 = everything is kept.
func (s *Service) forgetOld(ctx context.Context, keep time.Duration, forget func(*models.Tx, time.Time, int) (int, error)) error {
	if keep <= 0 {
		return nil
	}
	before := s.core.Now().Add(-keep)
	for {
		count := 0
		err := s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			count, err = forget(tx, before, forgetBatch)
			return err
		})
		if err != nil || count < forgetBatch {
			return err
		}
	}
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
		if err := s.core.DB.Write(ctx, func(tx *models.Tx) error { return tx.ForgetEvents(ids) }); err != nil {
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
