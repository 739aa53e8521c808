package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// createAccounts creates the accounts, which renew their passwords over the weeks.
func (w *world) createAccounts() {
	for number, data := range everybody() {
		p := w.people[data.name]
		if p.name == olga {
			w.on(p.joined, 9, 0, w.setUp)
		} else {
			w.on(p.joined, 10+number%6, w.rand.IntN(60), w.create(p, w.people[creator(p, number)], number))
		}
		if p.renewed > 0 && p.technical {
			w.on(p.renewed, 10, w.rand.IntN(30), w.resetPassword(matthias, p.name, false))
		} else if p.renewed > 0 {
			w.on(p.renewed, 10, w.rand.IntN(30), w.renew(p, w.final))
		}
	}
}

// creator returns the organization of an account, or one of the SuperAdmins.
func creator(p *person, number int) string {
	switch {
	case p.kind == models.SuperAdmin:
		return olga
	case p.at != "" && number%3 > 0:
		return p.at
	default:
		return staff[number%len(staff)].name
	}
}

// setUp creates the first SuperAdmin.
func (w *world) setUp(ctx context.Context) error {
	p := w.people[olga]
	token, err := w.accounts.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	if p.password, err = w.generated(p); err != nil {
		return err
	}
	from := p.desk
	from.RequestID = w.accounts.NewID()
	in, err := w.accounts.SetUp(ctx, accounts.SetupForm{
		Token: token, Name: p.name, Email: p.email, Password: p.password, Confirmation: p.password,
	}, from)
	p.id = in.Account.ID
	return err
}

// create creates an account, which signs in the next day and replaces a one-time password.
func (w *world) create(p, by *person, number int) action {
	return func(ctx context.Context) error {
		choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: !p.technical}
		if fixed := fixedPassword(p.name); fixed != "" && p.renewed == 0 {
			choice = accounts.PasswordChoice{Mode: accounts.Typed, Text: fixed, OneTime: p.waits}
		}
		input := accounts.NewAccount{Kind: p.kind, Name: p.name, Email: p.email, Technical: p.technical, Locale: p.locale, Person: p.described(number), Valid: w.validDates(p), Password: choice}
		if p.at != "" {
			input.Organization = w.people[p.at].id
		}
		created, err := w.accounts.Create(ctx, w.actor(by), input)
		if err != nil {
			return fmt.Errorf("%s creates %s: %w", by.name, p.name, err)
		}
		p.id, p.password = created.Account.ID, cmp.Or(created.Password, choice.Text)
		if !p.waits && !p.technical {
			first := w.work(p, p.desk)
			if choice.OneTime {
				first = w.renew(p, w.generated)
			}
			w.on(p.joined-1, 8, w.rand.IntN(180), first)
		}
		return w.planSweeps(ctx, p)
	}
}

// validDates returns the first and the last day of an account.
func (w *world) validDates(p *person) (valid accounts.ValidDates) {
	if p.from != 0 {
		valid.From = new(w.day(p.from, 0).Format(time.DateOnly))
	}
	if p.until != 0 {
		valid.Until = new(w.day(p.until, 0).Format(time.DateOnly))
	}
	return valid
}

// importAccounts creates accounts without passwords.
func (w *world) importAccounts() {
	for _, data := range imported {
		w.on(data.joined, 15, 30, w.importAccount(w.people[data.name]))
	}
}

func (w *world) importAccount(p *person) action {
	return func(ctx context.Context) error {
		nameKey, err := identifier.NameKey(p.name)
		if err != nil {
			return err
		}
		email, err := identifier.ParseEmail(p.email)
		if err != nil {
			return err
		}
		home := models.DefaultOrganizationID
		account := models.Account{
			ID: w.accounts.NewID(), Kind: p.kind, Name: p.name, NameKey: nameKey, Email: email.Typed, EmailKey: email.Key,
			DisplayName: calledBy(p.name), OrganizationID: &home, Locale: p.locale, CreatedAt: w.now.UTC().Truncate(time.Microsecond),
		}
		p.id = account.ID
		return w.db.Update(ctx, func(tx *models.Tx) error {
			if err := tx.CreateAccount(&account, account.NameKey, email.Key); err != nil {
				return err
			}
			return tx.Audit(models.AuditEvent{
				ID: w.accounts.NewID(), At: account.CreatedAt, Action: core.ActionCreated, ActorName: core.CommandLine.Name,
				SubjectID: account.ID, SubjectName: account.Name, OrganizationID: account.OwnerID(),
				Detail: map[string]string{string(core.DetailKind): string(account.Kind)},
			})
		})
	}
}
