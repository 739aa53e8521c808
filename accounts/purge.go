package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/models"
)

// keepSubmissions is how long a form that was carried out is remembered.
const keepSubmissions = 7 * 24 * time.Hour

// purgeBatch is how many old rows one transaction removes.
const purgeBatch = 500

// PurgeExpired removes what has expired in all packages. Failed sign-ins, which any client can cause, are limited in number too. Once a
// day it adds the task that removes old mails and audit events. It may run in several processes at once.
func (s *Service) PurgeExpired(ctx context.Context) error {
	now := s.core.Now()
	return errors.Join(
		s.core.DB.Update(ctx, func(tx *models.Tx) error {
			for _, purge := range []func(*models.Tx) error{
				s.Sessions.PurgeExpired, s.lockout.PurgeExpired, s.limiter.PurgeExpired, s.Tasks.PurgeExpired, s.Handover.PurgeExpired, s.Keys.PurgeExpired,
			} {
				if err := purge(tx); err != nil {
					return err
				}
			}
			return errors.Join(tx.DeleteSubmissions(now.Add(-keepSubmissions)), tx.DeleteAnswers(now), tx.DeleteAPIAnswers(now))
		}),
		s.purgeFailures(ctx),
		s.purgeDeleted(ctx),
		s.Email.PurgeEnded(ctx),
		s.Emergency.PurgeEnded(ctx),
		s.Links.PurgeEnded(ctx),
		s.addRetention(ctx, now),
		s.fillAuditTexts(ctx),
	)
}

// purgeFailures removes failed sign-ins of unknown browsers that are too old or too many. It reads outside of transactions, so that each
// holds SQLite's only writer for a few statements.
func (s *Service) purgeFailures(ctx context.Context) error {
	upTo, tooMany, err := s.failuresUpTo(ctx)
	if err != nil || upTo == "" {
		return err
	}
	removed, after := 0, ""
	err = s.core.InBatches(ctx, func() (more bool, err error) {
		ids, err := s.core.DB.Read(ctx).FailuresOfUnknownBrowsers(after, upTo, purgeBatch)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		if err := s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.DeleteEvents(ids) }); err != nil {
			return false, err
		}
		removed, after = removed+len(ids), ids[len(ids)-1]
		return true, nil
	})
	if err != nil {
		return err
	}
	if removed > 0 && tooMany { // a flood must not remove its own traces without any
		s.core.Log.Warn("removed the oldest failed sign-ins from the audit log", "removed", removed, "kept", s.settings.FailedSignInMost)
	}
	return nil
}

// fillAuditTexts makes events searchable that are older than the version that searches them.
func (s *Service) fillAuditTexts(ctx context.Context) error {
	return s.core.InBatches(ctx, func() (more bool, err error) {
		err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			more, err = tx.FillAuditTexts()
			return err
		})
		return more, err
	})
}

// failuresUpTo returns the id up to which failed sign-ins of unknown browsers are removed ("" = none), and whether their number is the reason.
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
