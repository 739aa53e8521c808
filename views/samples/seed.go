package samples

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/demo"
	"latchkey/internal/seal"
	"latchkey/mailer"
	"latchkey/models"
)

// Seed fills an empty, migrated database with the demo. The result replaces placeholders in requests by ids.
func Seed(ctx context.Context, db *models.DB, key *seal.Key, now time.Time, zone *time.Location) (ids *strings.Replacer, err error) {
	err = demo.Play(ctx, demo.Options{
		DB: db, Keys: seal.Fixed(key), Now: now.Add(-time.Minute), Settings: accounts.Settings{SessionMax: 24 * time.Hour, SessionIdle: time.Hour, MailHost: Host},
		Mails: mailer.Options{From: &mail.Address{Address: "latchkey@" + Host}, BaseURL: "http://" + Host, Zone: zone},
	})
	if err != nil {
		return nil, err
	}
	err = db.Update(ctx, func(tx *models.Tx) error {
		if err := retryOne(tx, now.UTC().Truncate(time.Second)); err != nil {
			return err
		}
		list, errAccounts := tx.ListAccounts(models.AccountFilter{Limit: 1000})
		mails, errMails := tx.ListMails(models.MailFilter{Limit: 1000})
		if err := errors.Join(errAccounts, errMails); err != nil {
			return err
		}
		var pairs []string
		for _, a := range list.Rows {
			pairs = append(pairs, "{"+a.Name+"}", a.ID)
			if a.Name == nordkai { // which has used most of its recovery codes
				if err := tx.ReplaceRecoveryCodes(a.ID, []string{"sample-1", "sample-2"}); err != nil {
					return err
				}
			}
			if host := passkeysOf[a.Name]; host != "" {
				if err := tx.CreateFactor(models.Factor{
					ID: models.NewIDs(func() time.Time { return now }, nil).New(), AccountID: a.ID, Kind: models.PasskeyFactor, Title: "Laptop", Secret: []byte{}, RPID: host, CreatedAt: now, ConfirmedAt: &now,
				}); err != nil {
					return err
				}
				a.HasFactor, a.HasPasskey = true, true
			}
			a.Locale = "" // the request decides on the language
			if err := tx.SaveAccount(&a); err != nil {
				return err
			}
		}
		for _, m := range mails.Rows {
			pairs = append(pairs, "{"+string(m.State)+"}", m.ID) // the first of equal ones counts
		}
		ids = strings.NewReplacer(pairs...)
		return nil
	})
	return ids, err
}

// retryOne sends a failed mail again: a state that does not last.
func retryOne(tx *models.Tx, now time.Time) error {
	_, errRetry := tx.RetryFailedMails(now, now, 1)
	mails, errClaim := tx.ClaimMails("sample", now, now.Add(time.Minute), 1, 0)
	err := errors.Join(errRetry, errClaim)
	for _, m := range mails {
		err = errors.Join(err, tx.RecordMailTry(models.MailTry{MailID: m.ID, Number: 1, At: now.Add(-5 * time.Minute), Answer: connectionRefused}))
	}
	return err
}

// SeedEmpty makes the set-up page available in an empty database.
func SeedEmpty(ctx context.Context, db *models.DB) error {
	return db.Update(ctx, func(tx *models.Tx) error { return tx.ReplaceSetupToken(core.HashToken(setupToken)) })
}

// SignIns sign in the people of the demo whose passwords are known, each in a browser of their own.
func SignIns() (requests []Request) {
	for _, login := range demo.Logins() {
		request := signInAs(login.Name, login.Password)
		request.As = login.Name
		requests = append(requests, request)
	}
	return requests
}
