package accounts

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/task"
	"latchkey/models"
)

// taskRetention is the kind of the daily task that removes mails and audit events older than the settings keep them.
const taskRetention = "retention"

// retentionReport is how many rows the task removed.
type retentionReport struct {
	Mails  int `json:"mails"`
	Events int `json:"audit_events"`
}

// addRetention adds the day's task if anything has a retention.
func (s *Service) addRetention(ctx context.Context, now time.Time) error {
	if s.settings.MailKeep <= 0 && s.settings.AuditKeep <= 0 {
		return nil
	}
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		_, err := s.Tasks.Add(tx, task.Request{
			Kind: taskRetention, OnceKey: taskRetention + " " + now.Format(time.DateOnly), Actor: core.Actor{Name: "system"},
		})
		return err
	})
}

// applyRetention removes old mails and audit events in batches, so that each holds SQLite's only writer for a short time. Running it
// again removes what is left.
func (s *Service) applyRetention(ctx context.Context, run *task.Run) (any, error) {
	var report retentionReport
	for _, table := range []struct {
		keep    time.Duration // 0 = for ever
		remove  func(*models.Tx, time.Time, int) (int, error)
		removed *int
	}{
		{s.settings.MailKeep, (*models.Tx).DeleteMails, &report.Mails},
		{s.settings.AuditKeep, (*models.Tx).DeleteAudit, &report.Events},
	} {
		before := s.core.Now().Add(-table.keep)
		if table.keep <= 0 {
			continue
		}
		err := s.core.InBatches(ctx, func() (more bool, err error) {
			count := 0
			err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
				count, err = table.remove(tx, before, purgeBatch)
				return err
			})
			if err != nil {
				return false, err
			}
			*table.removed += count
			return count == purgeBatch, run.Progress(ctx, report.Mails+report.Events, 0)
		})
		if err != nil {
			return nil, err
		}
	}
	return report, nil
}
