package policy

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

// Source holds the policies in force, which can be replaced while the program runs. It is safe for concurrent use.
type Source struct {
	core     *core.Core
	current  atomic.Pointer[Rules]
	refused  atomic.Pointer[Refused] // nil = none
	changing sync.Mutex              // of concurrent changes, the last one stays
}

// Refused is a newer policy that did not come into force.
type Refused struct {
	At       time.Time
	Problems []password.Problem // at least one
}

// NewSource starts with policies that are not recorded yet; see [Source.Activate].
func NewSource(c *core.Core, policies password.Policies, settings Settings) *Source {
	s := &Source{core: c}
	s.current.Store(NewRules(c, policies, settings))
	return s
}

// Current returns the rules in force. They never change, so a use case takes them once.
func (s *Source) Current() *Rules { return s.current.Load() }

// keptRules is the context's key of the rules that [Source.Keep] puts there.
type keptRules struct{}

// Keep returns a context for which [Source.For] returns the rules in force now, so that one request applies one version.
func (s *Source) Keep(ctx context.Context) context.Context {
	return context.WithValue(ctx, keptRules{}, s.Current())
}

// For returns the rules that the context keeps, or else those in force.
func (s *Source) For(ctx context.Context) *Rules {
	if kept, ok := ctx.Value(keptRules{}).(*Rules); ok {
		return kept
	}
	return s.Current()
}

// Refused returns the newer policy that did not come into force; nil = the newest one is in force.
func (s *Source) Refused() *Refused { return s.refused.Load() }

// Activate puts policies in force, and records them as a version if they differ from the newest one. If that fails, the former ones
// stay in force.
func (s *Source) Activate(ctx context.Context, policies password.Policies) error {
	return s.activate(ctx, policies, func(*models.Tx, *Rules, bool) error { return nil })
}

// Reload puts the policies in force that load returns. If they are not valid, the former ones stay in force, which is logged and
// shown by [Source.Refused] until a reload succeeds.
func (s *Source) Reload(ctx context.Context, load func() (password.Policies, error)) error {
	policies, err := load()
	if err == nil {
		err = s.activate(ctx, policies, s.auditReload)
	}
	if err != nil && ctx.Err() != nil {
		return err // the program stops, which is no fault of the policies
	}
	if err != nil {
		s.refuse(err)
		return err
	}
	s.refused.Store(nil)
	s.core.Log.Info("password policy reloaded", "version", s.Current().Version, "file", cmp.Or(policies.Source, "built in")) // as pages show it
	return nil
}

// activate records the version, and puts the policies in force after that transaction.
func (s *Source) activate(ctx context.Context, policies password.Policies, audit func(tx *models.Tx, next *Rules, isNew bool) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	var next *Rules
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		canonical := policies.Canonical()
		sum := sha256.Sum256([]byte(canonical))
		version, isNew, err := tx.EnsurePolicyVersion(models.PolicyVersion{
			Hash: hex.EncodeToString(sum[:]), Rules: canonical, Source: policies.Source, InForceFrom: s.core.Now(),
		})
		if err != nil {
			return err
		}
		next = s.Current().With(policies, version.Number)
		return audit(tx, next, isNew)
	})
	if err == nil {
		s.current.Store(next)
	}
	return err
}

func (s *Source) auditReload(tx *models.Tx, next *Rules, isNew bool) error {
	return s.core.Audit(tx, core.CommandLine, core.ActionPolicyReloaded, models.Account{},
		core.DetailVersion.Count(next.Version), core.DetailChanged.Flag(isNew))
}

func (s *Source) refuse(err error) {
	var problems password.Problems
	if !errors.As(err, &problems) {
		problems = password.Problems{{Why: err.Error()}}
	}
	s.refused.Store(&Refused{At: s.core.Now(), Problems: problems}) // before it is logged: who reads the log may look at the page
	for _, problem := range problems {
		s.core.Log.Error("the new password policy is refused, the one before stays in force", "problem", problem.Error())
	}
}
