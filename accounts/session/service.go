package session

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/accounts/ratelimit"
	"latchkey/models"
)

// Settings are how long sessions live, and how many an account may have.
type Settings struct {
	Max    time.Duration // the longest life of a session
	Idle   time.Duration // how long a session may be unused
	Single bool          // a full sign-in ends the account's other sessions

	NoEmergency bool // emergency access is switched off, so that its sessions have ended
}

// Metrics counts sign-ins. Its method is called concurrently.
type Metrics interface {
	// SignedIn counts how an attempt to sign in ended: one of [Outcomes].
	SignedIn(outcome string)
}

type noMetrics struct{}

func (noMetrics) SignedIn(string) {}

// Options are what a [Service] is made of. All but Metrics are required.
type Options struct {
	Core        *core.Core
	Policies    *policy.Source
	Credentials *credential.Service
	Pool        *credential.Pool
	Lockout     *lockout.Service
	Limiter     *ratelimit.Limiter
	Metrics     Metrics
	Settings    Settings
}

// Service opens, finds and ends sessions. It is safe for concurrent use.
type Service struct {
	core        *core.Core
	policies    *policy.Source
	credentials *credential.Service
	pool        *credential.Pool
	lockout     *lockout.Service
	limiter     *ratelimit.Limiter
	metrics     Metrics
	settings    Settings
}

// New makes a service.
func New(o Options) *Service {
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	return &Service{
		core: o.Core, policies: o.Policies, credentials: o.Credentials, pool: o.Pool, lockout: o.Lockout, limiter: o.Limiter,
		metrics: o.Metrics, settings: o.Settings,
	}
}

// PurgeExpired removes sessions that have ended.
func (s *Service) PurgeExpired(tx *models.Tx) error { return tx.DeleteEndedSessions(s.core.Now()) }
