package accounts

import (
	"context"

	"latchkey/models"
)

// Sweep does what has become due, and counts the mails that it queues. First it settles what the counters of accounts cannot know, since each page
// looks at these accounts until then. It mails owners whose passwords expire soon or have expired, and whose accounts or API keys end or are disabled soon,
// disables accounts that are not used, and records blocks that ended, one-time passwords that were never used, and refused requests that were only
// counted. It may run in several processes at once, and again after a crash. Its cost depends on what is due, not on the number of accounts.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	s.recordSuppressed(ctx)
	if err := s.settleCounts(ctx); err != nil {
		return 0, err
	}
	if mails, err = s.Mail.Sweep(ctx); err != nil {
		return mails, err
	}
	for _, sweep := range []func(context.Context) (int, error){s.sweepInactive, s.Keys.Sweep} {
		notices, err := sweep(ctx)
		if mails += notices; err != nil {
			return mails, err
		}
	}
	if err := s.lockout.EndBlocks(ctx, s.Policies.Current()); err != nil {
		return mails, err
	}
	return mails, s.addUpCounts(ctx)
}

// settleCounts keeps the counting of accounts cheap, after days and many changes have passed.
func (s *Service) settleCounts(ctx context.Context) error {
	today := s.core.Today()
	find := func(tx *models.Tx, limit int) ([]models.Account, error) { return tx.Unsettled(today, limit) }
	_, err := s.core.Sweep(ctx, find, func(tx *models.Tx, due []models.Account) (int, error) {
		ids := make([]string, len(due))
		for i, account := range due {
			ids[i] = account.ID
		}
		return len(due), tx.Settle(ids, today)
	})
	if err != nil {
		return err
	}
	return s.addUpCounts(ctx)
}

func (s *Service) addUpCounts(ctx context.Context) error {
	return s.core.DB.Update(ctx, (*models.Tx).AddUpCounts)
}
