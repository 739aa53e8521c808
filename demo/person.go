package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/models"
)

// person is an account. Days count back from the end of the demo.
type person struct {
	kind      models.Kind // "" = customer
	name      string
	email     string
	at        string // the organization's name; "" = Default
	locale    string
	technical bool

	joined  int  // when the account was created
	from    int  // its first day; 0 = no bound, negative = after the end
	until   int  // its last day
	renewed int  // when the password was last changed before the last two weeks; 0 = never
	waits   bool // the one-time password is not used
	comes   int  // percent of Mondays with a sign-in

	id          string
	password    string
	app         string   // secret of the authenticator app; "" = none
	recovery    []string // codes
	emergency   string   // code
	key         string   // of the API
	link        string   // token of a secret link
	desk, phone core.ClientInfo
	devices     map[string][]string // device cookies by user agent
}

// User agents of browsers.
var (
	desktops = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:147.0) Gecko/20100101 Firefox/147.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
	phones = []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Android 16; Mobile; rv:147.0) Gecko/147.0 Firefox/147.0",
	}
	robot = "python-requests/2.32.5"
)

// offices are the networks of the organizations (RFC 5737: for documentation). Others are at home.
var offices = map[string]string{
	"": "192.0.2.10", nordkai: "198.51.100.14", brightwater: "198.51.100.77", tanaka: "203.0.113.21", wisla: "203.0.113.140",
	atlas: "192.0.2.200",
}

// createPeople creates the people of the demo and gives each a browser at a desk and one on a phone.
func (w *world) createPeople() {
	for number, p := range append(everybody(), imported...) {
		office, private := offices[p.at], fmt.Sprintf("2001:db8:%x::%x", 0x40+number, 1+w.rand.IntN(0xfffe))
		switch p.kind {
		case "":
			p.kind = models.Customer
		case models.Organization:
			office = offices[p.name]
		}
		if office == "" || w.rand.IntN(4) == 0 {
			office = private
		}
		p.desk = core.ClientInfo{Address: office, UserAgent: desktops[w.rand.IntN(len(desktops))]}
		p.phone = core.ClientInfo{Address: "2001:db8:a11" + private[len("2001:db8"):], UserAgent: phones[w.rand.IntN(len(phones))]}
		p.devices = map[string][]string{}
		w.people[p.name] = &p
		w.names = append(w.names, p.name)
	}
}

// actor returns the person at the desk.
func (w *world) actor(p *person) core.Actor {
	return core.Actor{ID: p.id, Name: p.name, Kind: p.kind, Address: p.desk.Address, RequestID: w.accounts.NewID()}
}

func (w *world) signIn(ctx context.Context, p *person, from core.ClientInfo) (session.SignedIn, error) {
	from.Devices, from.RequestID = p.devices[from.UserAgent], w.accounts.NewID()
	in, err := w.accounts.Sessions.SignIn(ctx, p.name, p.password, from)
	if err == nil {
		in, err = w.withCode(ctx, p, in, from)
	}
	p.remember(from.UserAgent, in.Device)
	return in, errors.Join(err, w.planSweeps(ctx, p))
}

// remember stores the device cookie in a browser; "" = no new one.
func (p *person) remember(userAgent, cookie string) {
	if cookie != "" {
		p.devices[userAgent] = append(p.devices[userAgent], cookie)
	}
}

// inSession plans an action about a minute later in a session, if the session is still valid then.
func (w *world) inSession(p *person, token string, do func(context.Context, session.Current, core.Actor) error) {
	w.in(time.Duration(40+w.rand.IntN(80))*time.Second, func(ctx context.Context) error {
		visitor, err := w.accounts.Sessions.Resolve(ctx, token, p.desk.Address)
		if err != nil {
			return ignore(err, core.ErrNotFound)
		}
		actor := w.actor(p)
		actor.SessionID = visitor.Session.ID
		if err := do(ctx, visitor, actor); err != nil {
			return fmt.Errorf("%s, signed in: %w", p.name, err)
		}
		return w.planSweeps(ctx, p)
	})
}

// atDesk signs in and acts in the session.
func (w *world) atDesk(p *person, do func(context.Context, core.Actor) error) action {
	return func(ctx context.Context) error {
		in, err := w.signIn(ctx, p, p.desk)
		if err != nil {
			return err
		}
		w.inSession(p, in.Token, func(ctx context.Context, _ session.Current, actor core.Actor) error { return do(ctx, actor) })
		return nil
	}
}

// passwordFor generates a password; at the end of the demo some have fixed ones.
type passwordFor func(*person) (string, error)

func (w *world) generated(p *person) (string, error) {
	account := models.Account{Kind: p.kind, Technical: p.technical}
	made, err := w.accounts.Credentials.Generate(p.name, w.accounts.Policies.Current().Policy(account), credential.GeneratorOptions{})
	return made.Text, err
}

func (w *world) final(p *person) (string, error) {
	if fixed := fixedPassword(p.name); fixed != "" {
		return fixed, nil
	}
	return w.generated(p)
}

// choosePassword changes the person's password in a session.
func (w *world) choosePassword(p *person, token string, next passwordFor) {
	w.inSession(p, token, func(ctx context.Context, visitor session.Current, actor core.Actor) error {
		secret, err := next(p)
		if err != nil {
			return err
		}
		actor.Devices = p.devices[visitor.Session.UserAgent]
		in, err := w.accounts.Sessions.ChangePassword(ctx, visitor, actor, session.NewPassword{Current: p.password, Password: secret, Confirmation: secret})
		if err == nil {
			p.password = secret
			p.remember(visitor.Session.UserAgent, in.Device)
		}
		return err
	})
}

// renew signs in and changes the password.
func (w *world) renew(p *person, next passwordFor) action {
	return func(ctx context.Context) error {
		in, err := w.signIn(ctx, p, p.desk)
		if err != nil {
			return fmt.Errorf("%s signs in: %w", p.name, err)
		}
		w.choosePassword(p, in.Token, next)
		return nil
	}
}
