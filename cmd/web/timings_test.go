package main

import (
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// TestProductionTimings: the program as it is run has these timings, whatever tests make of them.
func TestProductionTimings(t *testing.T) {
	testkit.Parallel(t)
	want := timings{
		Header: 5 * time.Second, Read: 15 * time.Second, Write: 30 * time.Second, Idle: 60 * time.Second, Request: 20 * time.Second, Ready: 3 * time.Second, MetricsRead: 3 * time.Second,
		SQLiteLock: 5 * time.Second, MailPoll: 5 * time.Second, MailLease: 2 * time.Minute, MailShutdown: 5 * time.Second,
		Hash: password.Params{Memory: 19456, Time: 2, Threads: 1},
	}
	if productionTimings != want {
		t.Errorf("got %+v, want %+v", productionTimings, want)
	}
	if text, err := os.ReadFile("main.go"); err != nil || !strings.Contains(string(text), "os.Exit(start(productionTimings))") {
		t.Errorf("main does not start the program with them, %v", err)
	}
}

// TestTimingsReachTheParts: a part that is not given its own would go by those of production.
func TestTimingsReachTheParts(t *testing.T) {
	testkit.Parallel(t)
	want := timings{Header: 1, Read: 7, Write: 8, Idle: 9, Request: 2, Ready: 3, MailPoll: 4, MailLease: 5, MailShutdown: 6, SQLiteLock: time.Second, Hash: password.Params{Memory: 64, Time: 3, Threads: 1}}
	a := wired(t, forServing(), want)
	if err := a.activatePolicies(t.Context()); err != nil {
		t.Fatal(err)
	}
	made, err := a.accounts.Create(t.Context(), core.CommandLine, accounts.NewAccount{
		Kind: models.SuperAdmin, Name: operator, Email: "olga@example.com", Password: accounts.PasswordChoice{Mode: accounts.Typed, Text: operatorPassword},
	})
	if err != nil || !strings.HasPrefix(made.Account.PasswordHash, "$argon2id$v=19$m=64,t=3,p=1$") {
		t.Errorf("the password's hash is %s, %v", made.Account.PasswordHash, err)
	}
	server := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler), want)
	pages := reflect.ValueOf(a.pages).Elem()
	got := timings{
		Header: server.ReadHeaderTimeout, Read: server.ReadTimeout, Write: server.WriteTimeout, Idle: server.IdleTimeout,
		Request: time.Duration(pages.FieldByName("RequestTimeout").Int()), Ready: time.Duration(pages.FieldByName("ReadyTimeout").Int()),
		MailPoll: a.jobs.PollEvery, MailLease: a.jobs.LeaseFor, MailShutdown: a.jobs.Grace, SQLiteLock: want.SQLiteLock, Hash: want.Hash,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
