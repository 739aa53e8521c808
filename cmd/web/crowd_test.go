package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/internal/testapp"
	"latchkey/models"
	"latchkey/password"
)

// newOffice starts the program with its SuperAdmin, who is made by the command.
func newOffice(t *testing.T) *walker {
	t.Helper()
	p := newProgram(t, models.SQLite)
	if _, err := p.command(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com"); err != nil {
		t.Fatal(err)
	}
	p.start("127.0.0.1:0")
	return &walker{t: t, program: p}
}

// crowd creates customers; see crowdOf.
func (w *walker) crowd(count int) {
	w.t.Helper()
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("customer-%02d", i)
	}
	w.crowdOf(models.Customer, names...)
}

// crowdOf creates accounts in the database of the running program, with cheap hashes, since they do not sign in.
func (w *walker) crowdOf(kind models.Kind, names ...string) {
	w.t.Helper()
	hashes, err := credential.NewPool(password.Params{Memory: 8, Time: 1, Threads: 1}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	service := accounts.New(accounts.Options{
		DB: w.program.database(), Policies: password.Default(), Hashes: hashes, Now: time.Now,
		Settings: accounts.Settings{OneTimeValid: 168 * time.Hour, AttemptsCap: 100, MailHost: "latchkey.test"},
	})
	for i, name := range names {
		_, err := service.Create(context.Background(), core.CommandLine, accounts.NewAccount{
			Kind: kind, Name: name, Email: name + "@example.com",
			Password: accounts.PasswordChoice{Mode: accounts.Typed, Text: testapp.Secret, OneTime: i%3 == 0},
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// enter signs in by the form, which the Enter key sends.
func (p person) enter(name, secret string) {
	p.w.t.Helper()
	p.open("/sign-in")
	p.Fill("[name=name]", name)
	p.Fill("[name=password]", secret)
	p.Enter()
}
