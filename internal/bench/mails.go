package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// leastOfRawMails is the share of go-mail's own rate that the whole path has to keep on PostgreSQL.
const leastOfRawMails = 0.3

// mailConnections is how many connections the program has to a mail server where nobody says otherwise.
const mailConnections = 2

// Rates of sending mails, a second: raw with a call of go-mail for each, of which there is a round more, and for many; and
// through the program.
type mailRates struct{ raw, batches, whole []float64 }

// manyAtOnce are sent with one call of go-mail, which then asks only once whether the connection is well.
const manyAtOnce = 100

func measureMails(ctx context.Context, b *bench, r *report) error {
	return b.onEach(ctx, func(s *site) error {
		rates, err := s.sendInTurns(ctx)
		if err == nil {
			s.reportMails(r, rates)
		}
		return err
	})
}

func (s *site) sendInTurns(ctx context.Context) (rates mailRates, err error) {
	to, err := newMailSink()
	if err != nil {
		return rates, err
	}
	defer to.close()
	letter, err := rawLetter()
	if err != nil {
		return rates, err
	}
	for turn := range s.mailRounds + 1 {
		raw, err := to.rawRate(ctx, letter, s.mails, 1)
		if err != nil {
			return rates, fmt.Errorf("sending with go-mail alone: %w", err)
		}
		rates.raw = append(rates.raw, raw)
		if turn == s.mailRounds {
			break
		}
		whole, err := s.wholeRate(ctx, to)
		if err != nil {
			return rates, err
		}
		rates.whole = append(rates.whole, whole)
		batches, err := to.rawRate(ctx, letter, s.mails, manyAtOnce)
		if err != nil {
			return rates, fmt.Errorf("sending with go-mail alone: %w", err)
		}
		rates.batches = append(rates.batches, batches)
	}
	return rates, nil
}

// rawLetter is what the program would send, in words.
func rawLetter() (mailer.Rendered, error) {
	m, err := mailer.New(mailer.Options{From: benchSender, BaseURL: "http://localhost", Zone: time.UTC, Now: time.Now})
	if err != nil {
		return mailer.Rendered{}, err
	}
	return m.Render(mailer.Samples(models.MailReminder, time.Now())[0].Mail)
}

// wholeRate lets the program send what is due, and measures at the mail server from the first mail to the last.
func (s *site) wholeRate(ctx context.Context, to *mailSink) (rate float64, err error) {
	if err := s.queueMails(ctx); err != nil {
		return 0, fmt.Errorf("queueing mails: %w", err)
	}
	to.reset(s.mails)
	err = s.with(ctx, func(*process) error {
		select {
		case <-to.full:
			rate = to.rate()
			return nil
		case <-time.After(longestMails):
			return fmt.Errorf("after %s only %d of %d mails have come", longestMails, to.count(), s.mails)
		case <-ctx.Done():
			return ctx.Err()
		}
	}, "--smtp", to.url())
	return rate, errors.Join(err, s.forgetMails(ctx))
}

// longestMails is how long a round may take.
const longestMails = 2 * time.Minute

// queueMails makes one reminder due for each of as many accounts.
func (s *site) queueMails(ctx context.Context) error {
	db, err := s.database()
	if err != nil {
		return err
	}
	defer db.Close()
	to, err := db.Read(ctx).ListAccounts(models.AccountFilter{Kind: models.Customer, State: models.Active, Limit: s.mails})
	if err != nil || len(to.Rows) < s.mails {
		return errors.Join(err, fmt.Errorf("%d active accounts", len(to.Rows)))
	}
	now, ids := time.Now().UTC().Truncate(time.Microsecond), models.NewIDs(time.Now, nil)
	return db.Update(ctx, func(tx *models.Tx) error {
		for _, account := range to.Rows {
			mail := dueMail(ids.New(), account, now)
			if err := tx.QueueMail(&mail); err != nil {
				return err
			}
		}
		return nil
	})
}

// dueMail says something that stays true, whatever becomes of the account's password.
func dueMail(id string, to models.Account, now time.Time) models.Mail {
	return models.Mail{
		ID: id, Template: models.MailBlacklisted, OnceKey: id, AccountID: &to.ID, AccountName: to.Name, Recipient: to.Email,
		State: models.MailWaiting, CreatedAt: now, NextTryAt: now, MessageID: "<" + id + "@localhost>",
		Data: models.MailData{BlockedAt: now, Attempts: 10},
	}
}

func (s *site) forgetMails(ctx context.Context) error {
	t, err := openTable(s)
	if err != nil {
		return err
	}
	defer t.close()
	_, err = t.db.ExecContext(ctx, "DELETE FROM mails")
	return err
}

func (s *site) reportMails(r *report, rates mailRates) {
	shares := make([]float64, len(rates.whole))
	for i, whole := range rates.whole {
		shares[i] = whole / ((rates.raw[i] + rates.raw[i+1]) / 2)
	}
	share := figure{
		name: "mails, share of raw", engine: s.engine, measured: fmt.Sprintf("%.3f", median(shares)),
		note: fmt.Sprintf("of %s /s; median of %d rounds", number(median(rates.raw)), len(shares)),
	}
	if s.engine == models.Postgres {
		share.limit = atLeast(median(shares), leastOfRawMails, "")
	}
	r.add(figure{
		name: "mails through the whole path", engine: s.engine, measured: number(median(rates.whole)) + " /s",
		note: fmt.Sprintf("%d due at once, over %d connections", s.mails, mailConnections),
	})
	r.add(share)
	r.add(figure{
		name: "mails, share of raw in batches", engine: s.engine, measured: fmt.Sprintf("%.3f", median(rates.whole)/median(rates.batches)),
		note: fmt.Sprintf("of %s /s; %d with each call", number(median(rates.batches)), manyAtOnce),
	})
}
