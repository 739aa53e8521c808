package accounts

import (
	"io"
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/dashboard"
	"latchkey/accounts/email"
	"latchkey/accounts/emergency"
	"latchkey/accounts/handover"
	"latchkey/accounts/identifier"
	"latchkey/accounts/link"
	"latchkey/accounts/lockout"
	"latchkey/accounts/mfa"
	"latchkey/accounts/notify"
	"latchkey/accounts/policy"
	"latchkey/accounts/ratelimit"
	"latchkey/accounts/sealing"
	"latchkey/accounts/session"
	"latchkey/accounts/task"
	"latchkey/accounts/view"
	"latchkey/internal/seal"
	"latchkey/models"
	"latchkey/password"
)

// Settings are the rules that are not in the password policy.
type Settings struct {
	Secrets      core.Secrets  // who may know passwords
	OneTimeValid time.Duration // how long a one-time password may wait to be used

	PasswordMinAge time.Duration // how old a password that its owner chose must be before they may change it again; 0 = off

	SessionMax  time.Duration // the longest life of a session
	SessionIdle time.Duration // how long a session may be unused
	AttemptsCap int           // failed attempts of untrusted clients in a row, over any number of blocks, that block without an end; 0 = off
	SignInRate  int           // failed attempts a minute and client network, in bursts of up to twice as many; 0 = no limit
	OneSession  bool          // a full sign-in ends the account's other sessions

	FactorsFor []models.Kind // accounts that have to have a second factor
	NoApps     bool          // no authenticator app can be set up
	NoPasskeys bool          // no passkey can be added

	DeviceCookies bool          // browsers that signed in have attempts of their own
	DeviceLife    time.Duration // how long they have, and are not asked for the second factor if their owner wants so; 0 = [lockout.DeviceLife]
	SuperAdmins   core.Networks // from which SuperAdmins may sign in and act
	Dashboard     core.Networks // from which all other accounts may

	MailKeep  time.Duration // how long mails that have ended are listed; 0 = for ever
	AuditKeep time.Duration // how long audit events stay; 0 = for ever

	Undelete time.Duration // how long a deleted account can be restored; 0 = not at all

	FailedSignInKeep time.Duration // how long failed sign-ins of unknown browsers stay in the audit log; 0 = as long as other events
	FailedSignInMost int           // the newest failed sign-ins that stay in any case; 0 = no bound

	DisableInactive time.Duration // for how long accounts may be unused before they are disabled; 0 = for ever

	Zone *time.Location // in which days begin and end; nil = UTC

	MailHost   string   // the right side of Message-IDs
	Issuer     string   // the name under which authenticator apps list their codes
	BaseURL    *url.URL // whose host passkeys are made for; nil = none are offered
	NoRecovery bool     // recovery codes are switched off

	NoEmergency bool // emergency access is switched off

	NoDeleteOwn bool // owners cannot delete their accounts

	NoSecretLinks bool // secret links are switched off

	NoAPIKeys    bool          // API keys are switched off
	APITokenLife time.Duration // the longest life of a token that a key is exchanged for; 0 = [apikey.DefaultTokenLife]

	Capturing bool // there is no mail server: mails are captured, and cannot be sent again

	NoticesOff []models.SecurityChange // of which owners are not notified
}

// Metrics counts sign-ins and password hashes. Its methods are called concurrently.
type Metrics interface {
	session.Metrics
	credential.Metrics
}

// Options are what a [Service] is made of. All but Keys, Random, Log, Metrics and Wake must be given.
type Options struct {
	DB       *models.DB
	Policies password.Policies
	Gates    []core.Gate // nil: [core.Gates]
	Keys     seal.Source // of secrets in the database; nil: none can be sealed
	Hashes   *credential.Pool
	Settings Settings
	Now      func() time.Time
	Random   io.Reader    // nil: crypto/rand
	Log      *slog.Logger // nil: nothing is logged
	Metrics  Metrics      // nil: nothing is counted
	Wake     func()       // called after a mail was queued; may be nil
}

// Service carries out the use cases of the directory, and holds the services of the other features. It is safe for concurrent use.
type Service struct {
	Policies    *policy.Source
	Sessions    *session.Service
	Credentials *credential.Service
	Mail        *notify.Service
	Dashboard   *dashboard.Service
	Tasks       *task.Service
	Factors     *mfa.Service
	Emergency   *emergency.Service
	Links       *link.Service
	Email       *email.Service
	Handover    *handover.Service
	Keys        *apikey.Service
	Sealing     *sealing.Service
	Views       *view.Service

	core     *core.Core
	pool     *credential.Pool
	settings Settings
	lockout  *lockout.Service

	limiter  *ratelimit.Limiter
	refusals *refusals
	isSetUp  atomic.Bool // there was a SuperAdmin once
}

// New makes a service.
func New(o Options) *Service {
	if o.Metrics != nil {
		o.Hashes.Measure(o.Metrics, o.Now)
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Settings.DeviceLife == 0 {
		o.Settings.DeviceLife = lockout.DeviceLife
	}
	s := &Service{
		core: core.New(o.DB, o.Now, o.Random, o.Log, core.Rules{
			SessionMax: o.Settings.SessionMax, SessionIdle: o.Settings.SessionIdle,
			SuperAdmins: o.Settings.SuperAdmins, Dashboard: o.Settings.Dashboard, Gates: o.Gates, FactorsFor: o.Settings.FactorsFor, Secrets: o.Settings.Secrets, Zone: o.Settings.Zone,
		}),
		pool: o.Hashes, settings: o.Settings,
		refusals: &refusals{actors: map[string]*refusedLately{}},
	}
	s.Policies = policy.NewSource(s.core, o.Policies, policy.Settings{
		OneTimeValid: o.Settings.OneTimeValid, PasswordMinAge: o.Settings.PasswordMinAge, OwnersOnly: o.Settings.Secrets.OwnersOnly(),
	})
	s.Mail = notify.New(s.core, s.Policies, notify.Settings{
		MailHost: o.Settings.MailHost, Capturing: o.Settings.Capturing, NoticesOff: o.Settings.NoticesOff,
	}, o.Wake)
	s.core.Notices = s.Mail
	s.Dashboard = dashboard.New(s.core, s.Policies)
	s.lockout = lockout.New(s.core, lockout.Settings{
		Cap: o.Settings.AttemptsCap, DeviceCookies: o.Settings.DeviceCookies, DeviceLife: o.Settings.DeviceLife,
	}, s.Mail)
	s.Credentials = credential.New(s.core, o.Hashes)
	s.Tasks = task.New(s.core, map[string]task.Handler{taskRetention: s.applyRetention})
	s.limiter = ratelimit.New(s.core, s.settings.SignInRate)
	s.Sessions = session.New(session.Options{
		Core: s.core, Policies: s.Policies, Credentials: s.Credentials, Pool: o.Hashes, Lockout: s.lockout, Limiter: s.limiter,
		Metrics: o.Metrics, Settings: session.Settings{Max: o.Settings.SessionMax, Idle: o.Settings.SessionIdle, Single: o.Settings.OneSession, NoEmergency: o.Settings.NoEmergency},
	})
	s.Emergency = emergency.New(emergency.Options{Core: s.core, Sessions: s.Sessions, Off: o.Settings.NoEmergency})
	s.Handover = handover.New(handover.Options{
		Core: s.core, Policies: s.Policies, Pool: o.Hashes, Notices: s.Mail, Off: o.Settings.NoSecretLinks, Keep: o.Settings.AuditKeep,
	})
	s.Keys = apikey.New(apikey.Options{
		Core: s.core, Policies: s.Policies, Notices: s.Mail, Organization: s.findOrganization, Off: o.Settings.NoAPIKeys, TokenMax: o.Settings.APITokenLife,
	})
	s.Sealing = sealing.New(s.core, o.Keys)
	s.Views = view.New(s.core)
	s.Email = email.New(email.Options{
		Core: s.core, Mail: s.Mail, Sealing: s.Sealing, ShutOut: s.shutOut,
		Taken: func(tx *models.Tx, account models.Account, who identifier.Identity) error {
			return s.taken(tx, core.Actor{}, account, who)
		},
	})
	s.Links = link.New(link.Options{
		Core: s.core, Sessions: s.Sessions, Mail: s.Mail, Sealing: s.Sealing, Limiter: s.limiter, Secrets: o.Settings.Secrets, Valid: o.Settings.OneTimeValid,
	})
	s.Factors = mfa.New(mfa.Options{
		Core: s.core, Sessions: s.Sessions, Pool: o.Hashes, Sealing: s.Sealing, Issuer: o.Settings.Issuer, BaseURL: o.Settings.BaseURL,
		NoApps: o.Settings.NoApps, NoPasskeys: o.Settings.NoPasskeys, NoRecovery: o.Settings.NoRecovery,
	})
	return s
}

// CheckGates returns a [core.GateError] for the first gate that holds the session up; nil = none does.
func (s *Service) CheckGates(session models.Session, account models.Account) error {
	return s.core.CheckGates(session, account)
}

// RequiresFactor reports whether the settings require a second factor of the account.
func (s *Service) RequiresFactor(account models.Account) bool { return s.core.RequiresFactor(account) }

// NewID makes an id, such as for a form that must not be carried out twice.
func (s *Service) NewID() string { return s.core.NewID() }

// MayEnterFrom reports whether the dashboard is open to the address at all.
func (s *Service) MayEnterFrom(address string) bool { return s.core.MayEnterFrom(address) }

// MayActFrom reports whether the account may sign in and act from the address.
func (s *Service) MayActFrom(account models.Account, address string) bool {
	return s.core.MayActFrom(account, address)
}

// Settings returns the rules in force that are not in the password policy.
func (s *Service) Settings() Settings { return s.settings }
