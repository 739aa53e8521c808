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
// and audit events that the settings do not keep for ever. It may run in several processes at once.
func (s *Service) Tidy(ctx context.Context) error {
	now := s.now()
	return errors.Join(
		s.db.Update(ctx, func(tx *models.Tx) error { return forgetEnded(tx, now) }),
		s.forgetOld(ctx, s.settings.MailKeep, (*models.Tx).ForgetMails),
		s.forgetOld(ctx, s.settings.AuditKeep, (*models.Tx).ForgetAudit),
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
	before := s.now().Add(-keep)
	for {
		count := 0
		err := s.db.Update(ctx, func(tx *models.Tx) (err error) {
			count, err = forget(tx, before, forgetBatch)
			return err
		})
		if err != nil || count < forgetBatch {
			return err
		}
	}
}
