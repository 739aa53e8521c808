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

// write puts the whole story on the stage, chapter by chapter. Most scenes add others as they are played.
func (s *stage) write() {
	s.enlist()
	s.beginnings()
	s.imports()
	s.postOffice()
	s.operators()
	s.troubles()
	s.everyday()
	s.lastHour()
	s.policy()
}

// beginnings let everybody join, and renew their passwords over the weeks.
func (s *stage) beginnings() {
	for number, p := range everybody() {
		m := s.cast[p.name]
		if p.name == olga {
			s.at(s.ago(p.joined, 9, 0), s.setUp)
		} else {
			s.at(s.ago(p.joined, 10+number%6, s.dice.IntN(60)), s.join(m, s.cast[creator(p, number)]))
		}
		if p.renewed > 0 {
			s.at(s.ago(p.renewed, 10, s.dice.IntN(30)), s.refresh(m))
		}
	}
}

// creator is who creates an account: its organization, or one of the SuperAdmins.
func creator(p person, number int) string {
	switch {
	case p.kind == models.SuperAdmin:
		return olga
	case p.at != "" && number%3 > 0:
		return p.at
	default:
		return staff[number%len(staff)].name
	}
}

// setUp makes the first SuperAdmin as whoever installs the program does.
func (s *stage) setUp(ctx context.Context) error {
	m := s.cast[olga]
	token, err := s.accounts.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	if m.password, err = s.some(m); err != nil {
		return err
	}
	in, err := s.accounts.SetUp(ctx, accounts.SetUp{
		Token: token, Name: m.name, Email: m.email, Password: m.password, Confirmation: m.password,
	}, s.visit(m.desk))
	m.id = in.Account.ID
	return err
}

// join creates an account. Who gets a one-time password and does not let it wait chooses an own one the day after.
func (s *stage) join(m, by *member) func(context.Context) error {
	return func(ctx context.Context) error {
		input := accounts.NewAccount{
			Kind: m.kind, Name: m.name, Email: m.email, Technical: m.technical, Locale: m.locale, Issue: firstPassword(m.person),
		}
		if m.at != "" {
			input.Organization = s.cast[m.at].id
		}
		issued, err := s.accounts.Create(ctx, s.as(by), input)
		if err != nil {
			return fmt.Errorf("%s creates %s: %w", by.name, m.name, err)
		}
		m.id, m.password = issued.Account.ID, cmp.Or(issued.Password, input.Issue.Password)
		s.first(m, input.Issue)
		return s.follow(ctx, m)
	}
}

// first is the sign-in on the day after.
func (s *stage) first(m *member, issue accounts.Issue) {
	come := s.come(m, m.desk)
	if issue.OneTime {
		come = s.renew(m, s.some)
	}
	if !m.waits && !m.technical {
		s.at(s.ago(m.joined-1, 8, s.dice.IntN(180)), come)
	}
}

// firstPassword is what an account is created with: the fixed password where no other follows, else a generated one.
func firstPassword(p person) accounts.Issue {
	fixed := fixedPassword(p.name)
	if fixed != "" && p.renewed == 0 {
		return accounts.Issue{Mode: accounts.Typed, Password: fixed, OneTime: p.waits}
	}
	return accounts.Issue{Mode: accounts.Generated, OneTime: !p.technical}
}

// refresh is a new password after some weeks: people choose theirs, machines get theirs from an operator.
func (s *stage) refresh(m *member) func(context.Context) error {
	if m.technical {
		return s.issue(s.cast[matthias], m, false)
	}
	return s.renew(m, s.last)
}

// imports write accounts as an import will: without passwords.
func (s *stage) imports() {
	for _, p := range imported {
		s.at(s.ago(p.joined, 15, 30), s.importOne(s.cast[p.name]))
	}
}

func (s *stage) importOne(m *member) func(context.Context) error {
	return func(ctx context.Context) error {
		nameKey, err := identifier.NameKey(m.name)
		if err != nil {
			return err
		}
		email, err := identifier.ParseEmail(m.email)
		if err != nil {
			return err
		}
		home := models.DefaultOrganizationID
		account := models.Account{
			ID: s.accounts.NewID(), Kind: m.kind, Name: m.name, NameKey: nameKey, Email: email.Typed, EmailKey: email.Key,
			OrganizationID: &home, Locale: m.locale, CreatedAt: s.clock.Now().UTC().Truncate(time.Microsecond),
		}
		m.id = account.ID
		return s.db.Update(ctx, func(tx *models.Tx) error { return s.insertImported(tx, account, email.Key) })
	}
}

func (s *stage) insertImported(tx *models.Tx, account models.Account, emailKey string) error {
	if err := tx.CreateAccount(&account, account.NameKey, emailKey); err != nil {
		return err
	}
	return tx.Audit(models.AuditEvent{
		ID: s.accounts.NewID(), At: account.CreatedAt, Action: core.ActionCreated, ActorName: core.CommandLine.Name,
		SubjectID: account.ID, SubjectName: account.Name, OrganizationID: account.OwnerID(),
		Detail: map[string]string{"kind": string(account.Kind)},
	})
}
