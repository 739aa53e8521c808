package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/models"
)

// member is a person of the story as it goes on.
type member struct {
	person
	id       string
	password string // as the member knows it
	desk     core.ClientInfo
	phone    core.ClientInfo
	known    map[string][]string // what each of their browsers is known by
}

// enlist makes a member of everybody, in the order of the lists.
func (s *stage) enlist() {
	for _, p := range append(everybody(), imported...) {
		if p.kind == "" {
			p.kind = models.Customer
		}
		s.cast[p.name] = &member{person: p, known: map[string][]string{}, desk: s.desk(p, len(s.names)), phone: s.phone(len(s.names))}
		s.names = append(s.names, p.name)
	}
}

// as is the member as one who does something, at the own desk.
func (s *stage) as(m *member) core.Actor {
	return core.Actor{ID: m.id, Name: m.name, Kind: m.kind, Address: m.desk.Address, RequestID: s.accounts.NewID()}
}

// visit is a request from one of a member's browsers.
func (s *stage) visit(from core.ClientInfo) core.ClientInfo {
	from.RequestID = s.accounts.NewID()
	return from
}

// signIn opens a session with the password that the member knows.
func (s *stage) signIn(ctx context.Context, m *member, from core.ClientInfo) (accounts.SignedIn, error) {
	from.Devices = m.known[from.UserAgent]
	in, err := s.accounts.SignIn(ctx, m.name, m.password, s.visit(from))
	m.keep(from.UserAgent, in.Device)
	return in, errors.Join(err, s.follow(ctx, m))
}

// keep lets a browser hold what it is known by; "" = nothing new.
func (m *member) keep(browser, token string) {
	if token != "" {
		m.known[browser] = append(m.known[browser], token)
	}
}

// inSession does something a little later in the session with the token, if it holds then.
func (s *stage) inSession(m *member, token string, do func(context.Context, accounts.Visitor, core.Actor) error) {
	s.in(time.Duration(40+s.dice.IntN(80))*time.Second, func(ctx context.Context) error {
		who, err := s.accounts.Visitor(ctx, token, m.desk.Address)
		if err != nil {
			return forgiven(err, core.ErrNotFound)
		}
		actor := s.as(m)
		actor.SessionID = who.Session.ID
		if err := do(ctx, who, actor); err != nil {
			return fmt.Errorf("%s, signed in: %w", m.name, err)
		}
		return s.follow(ctx, m)
	})
}

// forgiven is an error unless it is one that may be.
func forgiven(err, may error) error {
	if errors.Is(err, may) {
		return nil
	}
	return err
}

// choose sets the member's own password, in the session with the token.
func (s *stage) choose(m *member, token string, next chooser) {
	s.inSession(m, token, func(ctx context.Context, who accounts.Visitor, actor core.Actor) error {
		secret, err := next(m)
		if err != nil {
			return err
		}
		input := accounts.NewPassword{Current: m.password, Password: secret, Confirmation: secret}
		actor.Devices = m.known[who.Session.UserAgent]
		in, err := s.accounts.ChangeOwnPassword(ctx, who, actor, input)
		if err == nil {
			m.password = secret
			m.keep(who.Session.UserAgent, in.Device)
		}
		return err
	})
}

// renew signs in and changes the password.
func (s *stage) renew(m *member, next chooser) func(context.Context) error {
	return func(ctx context.Context) error {
		in, err := s.signIn(ctx, m, m.desk)
		if err != nil {
			return fmt.Errorf("%s signs in: %w", m.name, err)
		}
		s.choose(m, in.Token, next)
		return nil
	}
}

// chooser finds a member's next password.
type chooser func(*member) (string, error)

// some is a password that the policy takes and nobody knows.
func (s *stage) some(m *member) (string, error) {
	account := models.Account{Kind: m.kind, Technical: m.technical}
	made, err := s.accounts.Credentials.Generate(m.name, s.accounts.Policy(account), credential.GeneratorOptions{})
	return made.Text, err
}

// last is the password that the member is to have at the end of the story.
func (s *stage) last(m *member) (string, error) {
	if fixed := fixedPassword(m.name); fixed != "" {
		return fixed, nil
	}
	return s.some(m)
}
