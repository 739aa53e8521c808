package main

import (
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
)

// TestProductionLimits: the program as it is run has these time limits, whatever tests make of them.
func TestProductionLimits(t *testing.T) {
	testkit.Parallel(t)
	want := timeLimits{
		Header: 5 * time.Second, Request: 20 * time.Second, Ready: 3 * time.Second, MetricsRead: 3 * time.Second,
		SQLiteLock: 5 * time.Second, MailPoll: 5 * time.Second, MailLease: 2 * time.Minute, MailShutdown: 5 * time.Second,
	}
	if productionLimits != want {
		t.Errorf("got %+v, want %+v", productionLimits, want)
	}
	if text, err := os.ReadFile("main.go"); err != nil || !strings.Contains(string(text), "os.Exit(start(productionLimits))") {
		t.Errorf("main does not start the program with them, %v", err)
	}
}

// TestLimitsReachTheParts: a part that is not given its limit would have one of its own.
func TestLimitsReachTheParts(t *testing.T) {
	testkit.Parallel(t)
	want := timeLimits{Header: 1, Request: 2, Ready: 3, MailPoll: 4, MailLease: 5, MailShutdown: 6, SQLiteLock: time.Second}
	a := wired(t, forServing(), want)
	pages := reflect.ValueOf(a.pages).Elem()
	got := timeLimits{
		Header:  newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler), want.Header).ReadHeaderTimeout,
		Request: time.Duration(pages.FieldByName("RequestTimeout").Int()), Ready: time.Duration(pages.FieldByName("ReadyTimeout").Int()),
		MailPoll: a.jobs.PollEvery, MailLease: a.jobs.LeaseFor, MailShutdown: a.jobs.Grace, SQLiteLock: want.SQLiteLock,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
