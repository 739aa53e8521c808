package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/config"
	"latchkey/handlers/page"
	"latchkey/jobs"
	"latchkey/metrics"
)

// listeners are the open listeners of the program.
type listeners struct {
	pages   net.Listener
	metrics net.Listener // nil = no metrics
}

// listen opens all listeners of the settings, or none.
func listen(ctx context.Context, cfg config.Config) (l listeners, err error) {
	if l.pages, err = listenAt(ctx, "LISTEN", cfg.Listen); err != nil || cfg.MetricsListen == "" {
		return l, err
	}
	if l.metrics, err = listenAt(ctx, "METRICS_LISTEN", cfg.MetricsListen); err != nil {
		return l, errors.Join(err, l.pages.Close())
	}
	return l, nil
}

func listenAt(ctx context.Context, setting, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", setting, address, err)
	}
	return listener, nil
}

func (l listeners) close() error {
	if l.metrics == nil {
		return l.pages.Close()
	}
	return errors.Join(l.pages.Close(), l.metrics.Close())
}

// measure creates the metrics, if the settings ask for them.
func (a *app) measure(hashes *credential.Pool) {
	if a.config.MetricsListen == "" {
		return
	}
	a.metrics = metrics.New(metrics.Options{
		DB: a.db, Now: time.Now, Hashes: hashes.Load, MailServer: a.config.SMTP != nil, Policy: a.policyInForce, Log: a.log,
		ReadTimeout: a.timings.MetricsRead,
		SignIns:     session.Outcomes(), Refusals: []string{credential.RefusedFull, credential.RefusedLate}, Jobs: jobs.Names(), ConnectionRefusals: []string{refusedAddress, refusedAll},
	})
}

// policyInForce is called only while serving, when there are policies.
func (a *app) policyInForce() (version int, refused bool) {
	return a.accounts.Policies.Current().Version, a.accounts.Policies.Refused() != nil
}

// meters are the interfaces of the metrics; all are nil without metrics.
type meters struct {
	accounts accounts.Metrics
	jobs     jobs.Metrics
	pages    page.Metrics

	connections connectionMetrics
}

func (a *app) meters() meters {
	if a.metrics == nil {
		return meters{} // nil interfaces, instead of interfaces with nil pointers
	}
	return meters{a.metrics, a.metrics, a.metrics, a.metrics}
}
