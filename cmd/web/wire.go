package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/config"
	"latchkey/handlers"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/jobs"
	"latchkey/mailer"
	"latchkey/metrics"
	"latchkey/models"
	"latchkey/password"
	"latchkey/static"
)

// app is the program, built from its settings.
type app struct {
	config   config.Config
	log      *slog.Logger
	db       *models.DB
	accounts *accounts.Service
	mailer   *mailer.Mailer
	jobs     *jobs.Runner
	words    *i18n.Catalogue
	pages    *handlers.App
	metrics  *metrics.Metrics // nil = no metrics
	timings  timings
	reading  policyReader // of the policy file
	reloaded string       // the policy file that was last reloaded; "" = none. Only reloads uses it
	dev      bool         // with the development pages
	devDir   string       // for their databases; "" = there are none
}

// wire builds the program, or reports which setting or file is wrong. All parts are connected here.
func wire(ctx context.Context, cfg config.Config, log *slog.Logger, timings timings, reader policyReader, dev bool) (*app, error) {
	a := &app{config: cfg, log: log, timings: timings, reading: reader, dev: dev}
	policies, err := reader.policies(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if a.words, err = i18n.Load(); err != nil {
		return nil, err
	}
	if a.mailer, err = newMailer(ctx, cfg); err != nil {
		return nil, err
	}
	protectData(cfg, log)
	if a.db, err = openDatabase(ctx, cfg, log, timings); err != nil {
		return nil, err
	}
	if err := a.build(policies); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// build creates the parts that need the open database.
func (a *app) build(policies password.Policies) error {
	hashes, err := credential.NewPool(a.timings.Hash, nil)
	if err != nil {
		return err
	}
	assets, err := static.Load(a.config.Brand)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(a.config.Listen)
	if err != nil {
		return err
	}
	if a.dev {
		if a.devDir, err = os.MkdirTemp("", "latchkey-samples-"); err != nil {
			return err
		}
	}
	forAccounts := accounts.Options{
		DB: a.db, Policies: policies, Hashes: hashes, Now: time.Now, Log: a.log, Keys: keyFile(a.config).Read,
		Wake:     func() { a.jobs.Wake() },
		Settings: accountSettings(a.config),
	}
	forJobs := jobs.Options{
		DB: a.db, Mailer: a.mailer, Now: time.Now, Log: a.log, Connections: a.config.MailConnections, Rate: a.config.MailRate,
		PollEvery: a.timings.MailPoll, LeaseFor: a.timings.MailLease, Grace: a.timings.MailShutdown,
	}
	forPages := page.Options{
		Words: a.words, Assets: assets, Brand: a.config.Brand, BaseURL: a.config.BaseURL, ListenPort: port,
		TrustedProxies: a.config.TrustedProxies, Zone: a.config.TimeZone, Help: a.config.Help,
		Capturing: a.mailer.Captures(), Now: time.Now, Log: a.log, RequestTimeout: a.timings.Request,
	}
	if a.config.MetricsListen != "" { // else nothing is counted
		a.metrics = a.newMetrics(hashes)
		forAccounts.Metrics, forJobs.Metrics, forPages.Metrics = a.metrics, a.metrics, a.metrics
	}
	a.accounts = accounts.New(forAccounts)
	forJobs.Accounts, forPages.Accounts = a.accounts, a.accounts
	a.jobs = jobs.New(forJobs)
	a.pages = handlers.New(handlers.Options{
		Page: forPages, SecurityContact: a.config.SecurityContact, Ready: a.ready, ReadyTimeout: a.timings.Ready,
		Mails: a.sampleMails(), APIRate: a.config.APIRate, Dev: a.dev, DevDir: a.devDir,
	})
	return nil
}

func (a *app) newMetrics(hashes *credential.Pool) *metrics.Metrics {
	return metrics.New(metrics.Options{
		DB: a.db, Now: time.Now, Hashes: hashes.Load, MailServer: a.config.SMTP != nil, Log: a.log, ReadTimeout: a.timings.MetricsRead,
		Policy: func() (version int, refused bool) {
			return a.accounts.Policies.Current().Version, a.accounts.Policies.Refused() != nil
		},
		SignIns: session.Outcomes(), Refusals: []string{credential.RefusedFull, credential.RefusedLate}, Jobs: jobs.Names(),
		ConnectionRefusals: []string{refusedAddress, refusedAll},
	})
}

// activatePolicies puts the policies that were read in force.
func (a *app) activatePolicies(ctx context.Context) error {
	return a.accounts.Policies.Activate(ctx, a.accounts.Policies.Current().Policies)
}

func accountSettings(cfg config.Config) accounts.Settings {
	return accounts.Settings{
		Secrets: core.Secrets(cfg.Secrets), OneTimeValid: cfg.OneTimePasswordValid, PasswordMinAge: cfg.PasswordMinAge, SessionMax: cfg.SessionMax, SessionIdle: cfg.SessionIdle,
		AttemptsCap: cfg.FailedAttemptsCap, SignInRate: cfg.SignInRate, DeviceCookies: cfg.DeviceCookies, DeviceLife: cfg.DeviceLife,
		FactorsFor: kinds(cfg.FactorsFor), NoApps: !cfg.Apps, NoPasskeys: !cfg.Passkeys,
		OneSession: !cfg.MultipleSessions, NoRecovery: cfg.NoRecoveryCodes, NoEmergency: cfg.NoEmergencyCodes, NoSecretLinks: cfg.NoSecretLinks, NoDeleteOwn: cfg.NoDeleteOwn,
		NoAPIKeys: cfg.NoAPIKeys, APITokenLife: cfg.APITokenLife,
		SuperAdmins: cfg.SuperAdminAddresses, Dashboard: cfg.DashboardAddresses, MailHost: mailer.IDHost(cfg.BaseURL), Issuer: cfg.Brand.Title(), BaseURL: cfg.BaseURL,
		DisableInactive: cfg.DisableInactive, Zone: cfg.TimeZone, Undelete: cfg.Undelete, MailKeep: cfg.MailKeep, AuditKeep: cfg.AuditKeep, Capturing: cfg.SMTP == nil,
		NoticesOff:       noticesOff(cfg.SecurityNoticesOff),
		FailedSignInKeep: cfg.FailedSignInKeep, FailedSignInMost: cfg.FailedSignInMost,
	}
}

func noticesOff(names []string) (off []models.SecurityChange) {
	for _, name := range names {
		off = append(off, models.SecurityChange(name))
	}
	return off
}

func kinds(names []string) (all []models.Kind) {
	for _, name := range names {
		all = append(all, models.Kind(name))
	}
	return all
}

func (a *app) ready(ctx context.Context) error {
	if err := a.db.Ping(ctx); err != nil {
		return err
	}
	return a.db.Migrated(ctx)
}

func (a *app) close() {
	if a.devDir != "" {
		if err := os.RemoveAll(a.devDir); err != nil {
			a.log.Warn("removing the databases of the development pages failed", "error", err)
		}
	}
	if err := a.db.Close(); err != nil {
		a.log.Error("the database could not be closed", "error", err)
	}
}

// openDatabase opens and migrates the database.
func openDatabase(ctx context.Context, cfg config.Config, log *slog.Logger, timings timings) (*models.DB, error) {
	db, err := connect(cfg, timings)
	if err != nil {
		return nil, err
	}
	done, err := db.Migrate(ctx)
	if err == nil && done.Renewed > 0 {
		err = warnOfConflicts(ctx, log, db)
	}
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, closing(db))
	}
	return db, nil
}

func closing(db *models.DB) string {
	if err := db.Close(); err != nil {
		return " (and closing it: " + err.Error() + ")"
	}
	return ""
}

// connectExisting opens an existing database. If there is none, a command must not create an empty one.
func connectExisting(cfg config.Config, timings timings) (*models.DB, error) {
	if err := mustExist(cfg); err != nil {
		return nil, err
	}
	return connect(cfg, timings)
}

func mustExist(cfg config.Config) error {
	if cfg.Database.Engine == config.Postgres {
		return nil
	}
	if _, err := os.Stat(cfg.Database.Path); err != nil {
		return fmt.Errorf("there is no database at %s: name its directory by --data or LATCHKEY_DATA", cfg.Database.Path)
	}
	return nil
}

func connect(cfg config.Config, timings timings) (*models.DB, error) {
	if cfg.Database.Engine == config.Postgres {
		return models.OpenPostgres(string(cfg.Database.DSN))
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory cannot be made: %w", err)
	}
	return models.OpenSQLiteWithBusyTimeout(cfg.Database.Path, timings.SQLiteLock)
}

// newMailer creates the mailer with the operator's own templates.
func newMailer(ctx context.Context, cfg config.Config) (*mailer.Mailer, error) {
	return unlessEnded(ctx, "the mail templates", func() (*mailer.Mailer, error) { return mailer.New(mailOptions(cfg)) })
}

func mailOptions(cfg config.Config) mailer.Options {
	o := mailer.Options{
		From: cfg.MailFrom, ReplyTo: cfg.MailReplyTo, BaseURL: cfg.BaseURL.String(),
		Brand: cfg.Brand, Help: cfg.Help, Zone: cfg.TimeZone, TemplatesDir: cfg.EmailTemplates, Now: time.Now,
	}
	if s := cfg.SMTP; s != nil {
		o.Server = &mailer.Server{Host: s.Host, Port: s.Port, User: s.User, Password: s.Password, TLS: mailer.TLS(s.TLS)}
	}
	return o
}
