package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"latchkey/accounts/credential"
	"latchkey/config"
	"latchkey/metrics"
	"latchkey/models"
	"latchkey/views"
)

const (
	// maxHeaderBytes limits the header of a request.
	maxHeaderBytes = 32 << 10
	// grace is how long requests in flight may take after the program was asked to stop.
	grace = 15 * time.Second
)

// serve runs the dashboard and the jobs until the process is asked to stop.
func serve(cmd *cobra.Command, out *env) error {
	cfg, log, err := out.settings(cmd)
	if err != nil {
		return err
	}
	return out.serveWith(cmd, cfg, log, func(a *app) error { return a.announce(cmd.Context(), out) })
}

// serveWith calls greet when everything is ready, and then answers requests.
func (out *env) serveWith(cmd *cobra.Command, cfg config.Config, log *slog.Logger, greet func(*app) error) error {
	ctx := cmd.Context()
	asked, stop := notifySIGHUP(cfg)
	defer stop()
	at, err := listen(ctx, cfg)
	if err != nil {
		return err
	}
	cfg.BaseURL, cfg.Listen = reachable(cfg.BaseURL, at.pages.Addr()), at.pages.Addr().String()
	app, err := wire(ctx, cfg, log, out.timings, forServing(), out.dev)
	if err != nil {
		return errors.Join(err, at.close())
	}
	defer app.close()
	if err := app.openKey(ctx); err != nil {
		return errors.Join(err, at.close())
	}
	app.warn(ctx)
	app.logTemplates()
	if err := greet(app); err != nil {
		return errors.Join(err, at.close())
	}
	if err := app.activatePolicies(ctx); err != nil { // after the greeting, since the demo activates earlier policies
		return errors.Join(err, at.close())
	}
	go out.forgetStart()
	return app.serve(ctx, at, asked)
}

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

// reachable replaces port 0 in the default base URL with the actual port.
func reachable(base *url.URL, address net.Addr) *url.URL {
	taken, ok := address.(*net.TCPAddr)
	if !ok || base.Port() != "0" {
		return base
	}
	changed := *base
	changed.Host = net.JoinHostPort(base.Hostname(), fmt.Sprint(taken.Port))
	return &changed
}

// warn logs settings that are valid but probably not intended.
func (a *app) warn(ctx context.Context) {
	a.warnOfPolicy()
	a.warnOfPasskeys(ctx)
	a.warnOfKeys(ctx)
	a.warnOfOverlap()
	a.warnOfPlainText()
	if a.dev {
		a.log.Warn("the development pages are open to everybody", "address", a.config.BaseURL.String()+views.DevPagesURL)
	}
	if a.config.SMTP != nil && a.config.SMTP.TLS == config.NeverTLS {
		a.log.Warn("mails are sent without encryption, as LATCHKEY_SMTP asks for", "server", a.config.SMTP)
	}
}

// warnOfPolicy logs rules of the policies in force that are valid but probably not intended, and policies for which no password
// can be generated.
func (a *app) warnOfPolicy() {
	for _, warning := range a.accounts.Policies.Current().Policies.Warnings() {
		a.log.Warn("password policy", "warning", warning.Error())
	}
	for _, policy := range a.accounts.Policies.Current().Policies.All() {
		if _, err := a.accounts.Credentials.Generate("", policy, credential.GeneratorOptions{}); err != nil {
			a.log.Warn("password policy", "warning", "no password could be generated that keeps all of its rules", "section", policy.Section)
		}
	}
}

// warnOfPasskeys warns that accounts cannot show a second factor, since the host of the base URL has changed.
func (a *app) warnOfPasskeys(ctx context.Context) {
	count, err := a.accounts.Factors.CountUnusable(ctx)
	if err != nil {
		a.log.Warn("counting passkeys failed", "error", err)
	}
	if count > 0 {
		a.log.Warn("accounts have passkeys of another host only", "accounts", count, "host", a.config.BaseURL.Hostname())
	}
}

// warnOfKeys warns of API keys of people, if they open accounts without the second factor that the settings enforce, or if the settings have
// switched them off.
func (a *app) warnOfKeys(ctx context.Context) {
	enforced := len(a.config.FactorsFor) > 0
	if !enforced && !a.config.NoAPIKeys {
		return
	}
	count, err := a.accounts.Keys.CountOfPeople(ctx)
	switch {
	case err != nil:
		a.log.Warn("counting API keys failed", "error", err)
	case a.config.NoAPIKeys && count > 0:
		a.log.Warn("people have API keys, which open nothing while COMPLIANCE_DISABLE_API_KEYS is set", "keys", count)
	case enforced && !a.config.NoAPIKeys:
		a.log.Warn("API keys open accounts without the second factor that COMPLIANCE_ENFORCE_2FA demands", "keys", count)
	}
}

// warnOfOverlap warns of trusted proxy networks that are also admitted by address: every host in them could claim an admitted
// address.
func (a *app) warnOfOverlap() {
	for setting, admitted := range map[string][]netip.Prefix{
		"LATCHKEY_SUPERADMIN_ADDRESSES": a.config.SuperAdminAddresses, "COMPLIANCE_IP_RESTRICTIONS": a.config.DashboardAddresses,
	} {
		for _, trusted := range a.config.TrustedProxies {
			if !trusted.IsSingleIP() && slices.ContainsFunc(admitted, trusted.Overlaps) {
				a.log.Warn("a network of trusted proxies is let in by its addresses too; trust the proxies' own addresses only",
					"trusted", trusted, "setting", setting)
			}
		}
	}
}

// warnOfPlainText warns of unencrypted connections to other machines, from browsers and to the database.
func (a *app) warnOfPlainText() {
	if base := a.config.BaseURL; base.Scheme == "http" && !config.IsLoopback(base.Hostname()) {
		a.log.Warn("the base URL is not https, so passwords and cookies can be read on their way", "address", base.String())
	}
	if a.config.Database.Engine != config.Postgres {
		return
	}
	hosts, err := models.UnverifiedHosts(string(a.config.Database.DSN))
	hosts = slices.DeleteFunc(hosts, config.IsLoopback)
	if err == nil && len(hosts) > 0 { // an address that cannot be read does not get here
		a.log.Warn("PostgreSQL is on another machine whose certificate is not verified; set sslmode=verify-full in LATCHKEY_DATABASE",
			"hosts", strings.Join(hosts, ", "))
	}
}

// announce prints the set-up address to standard output, never to the log, while there is no SuperAdmin.
func (a *app) announce(ctx context.Context, out *env) error {
	token, err := a.accounts.NewSetupToken(ctx)
	if err != nil || token == "" {
		return err
	}
	address := a.config.BaseURL.String() + views.SetupURL + "?" + url.Values{"token": {token}}.Encode()
	_, err = fmt.Fprintf(out.stdout, "Set up Latchkey by making the first SuperAdmin: %s\n", address)
	return err
}

// newServer sets time limits for connections, so that slow clients do not occupy them.
func newServer(handler http.Handler, log *slog.Logger, timings timings) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: timings.Header, ReadTimeout: timings.Read, WriteTimeout: timings.Write,
		IdleTimeout: timings.Idle, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

func (a *app) serve(ctx context.Context, at listeners, asked <-chan os.Signal) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.jobs.Run(ctx) })
	group.Go(func() error { a.reloads(ctx, asked); return nil })
	a.log.Info("serving", "address", a.config.BaseURL.String(), "listen", at.pages.Addr().String(), "database", a.config.Database)
	pages := a.bounded(at.pages)
	if at.metrics != nil {
		pages.metrics = a.metrics
		a.log.Info("serving metrics", "address", "http://"+at.metrics.Addr().String()+metrics.Path)
		a.answer(ctx, group, a.bounded(at.metrics), a.metrics.Handler())
	}
	a.answer(ctx, group, pages, a.pages)
	err := group.Wait()
	a.log.Info("stopped")
	return err
}

// answer adds a server to the group, which serves on a listener until ctx ends and then waits for requests in flight.
func (a *app) answer(ctx context.Context, group *errgroup.Group, listener net.Listener, handler http.Handler) {
	server := newServer(handler, a.log, a.timings)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		a.pages.Stop()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			return errors.Join(fmt.Errorf("some requests were not answered in %s: %w", grace, err), server.Close())
		}
		return nil
	})
}
