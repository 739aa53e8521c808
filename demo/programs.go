package demo

import (
	"context"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/models"
)

// programs plans what programs do with API keys, and with the password of a technical account.
func (w *world) programs() {
	boss, printer := w.people[matthias], w.people["label-printer-hall-b"]
	w.on(30, 11, 5, w.makeKey(boss, apikey.Form{Title: "Portal (test)", Write: true}))
	w.on(26, 11, 15, w.revokeKeys(boss))
	w.on(21, 14, 10, w.makeKey(boss, apikey.Form{Title: "Nightly HR import", Write: true, Verify: true, Networks: "203.0.113.0/24", Direct: true}))
	w.on(20, 2, 0, w.useKey(boss))
	w.on(12, 10, 20, w.atDesk(boss, func(ctx context.Context, actor core.Actor) error {
		_, _, err := w.accounts.Keys.AddTo(ctx, actor, printer.id, apikey.Form{Title: "Print server"})
		return err
	}))
	w.on(6, 6, 30, w.signInTechnical(printer))
	w.on(1, 8, 15, w.verify(boss, w.people[clara]))
}

// makeKey gives the person an API key, and remembers it.
func (w *world) makeKey(p *person, form apikey.Form) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) (err error) {
		_, p.key, err = w.accounts.Keys.Add(ctx, actor, form)
		return err
	})
}

func (w *world) revokeKeys(p *person) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) error {
		keys, err := w.accounts.Keys.Own(ctx, actor)
		for _, key := range keys {
			if err := w.accounts.Keys.Revoke(ctx, actor, key.ID); err != nil {
				return err
			}
		}
		return err
	})
}

// fromImport is where the program runs that uses the person's key.
var fromImport = core.ClientInfo{Address: "203.0.113.44", UserAgent: "hr-import/2.1"}

func (w *world) useKey(p *person) action {
	return func(ctx context.Context) error {
		_, err := w.accounts.Keys.Resolve(ctx, p.key, fromImport)
		return err
	}
}

func (w *world) signInTechnical(p *person) action {
	return func(ctx context.Context) error {
		_, _, err := w.accounts.SignInTechnical(ctx, p.name, p.password, 0, core.ClientInfo{Address: "192.0.2.77", UserAgent: "curl/8.9.1"},
			func(models.Account) error { return nil })
		return err
	}
}

// verify has a program with the person's key check another one's password.
func (w *world) verify(p, other *person) action {
	return func(ctx context.Context) error {
		access, err := w.accounts.Keys.Resolve(ctx, p.key, fromImport)
		if err != nil {
			return err
		}
		_, err = w.accounts.VerifyPassword(ctx, access.Actor, other.name, other.password, "198.51.100.9")
		return err
	}
}
