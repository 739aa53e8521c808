package accounts

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

// InForce is the use cases under the policies in force, which others can replace while the program runs. Whoever carries
// something out takes [InForce.Service] once, and uses that one to the end: it never changes. It is safe for concurrent
// use.
type InForce struct {
	service  atomic.Pointer[Service]
	refused  atomic.Pointer[RefusedPolicy] // nil: none
	changing sync.Mutex                    // of several changes at once the last one's policies stay
}

// RefusedPolicy is a newer policy that was not taken up.
type RefusedPolicy struct {
	At       time.Time
	Problems []password.Problem // there is at least one
}

// NewInForce begins with the policies of the options, which are no version yet: see [InForce.Enact].
func NewInForce(o Options) *InForce {
	f := &InForce{}
	f.service.Store(New(o))
	return f
}

// Service is the use cases under the policies that are in force now.
func (f *InForce) Service() *Service { return f.service.Load() }

// Refused is the newer policy that was not taken up; nil = the newest is in force.
func (f *InForce) Refused() *RefusedPolicy { return f.refused.Load() }

// Enact puts policies in force, and notes them as a version where the newest one is another. Where that fails those
// before stay in force.
func (f *InForce) Enact(ctx context.Context, policies password.Policies) error {
	return f.enact(ctx, policies, func(*models.Tx, *Service, bool) error { return nil })
}

// Reload puts the policies in force that load returns. Where they are no good those before stay in force, which is said
// in the log and by [InForce.Refused] until a reload succeeds.
func (f *InForce) Reload(ctx context.Context, load func() (password.Policies, error)) error {
	policies, err := load()
	if err == nil {
		err = f.enact(ctx, policies, auditReload)
	}
	if err != nil && ctx.Err() != nil {
		return err // the program stops: that says nothing of the policies
	}
	if err != nil {
		f.refuse(err)
		return err
	}
	f.refused.Store(nil)
	s := f.Service()
	s.core.Log.Info("password policy reloaded", "version", s.rules.Version, "file", cmp.Or(policies.Source, "built in")) // as pages say
	return nil
}

// enact makes the next use cases, and puts them in force after the transaction in which their version is noted.
func (f *InForce) enact(
	ctx context.Context, policies password.Policies, note func(tx *models.Tx, next *Service, made bool) error,
) error {
	f.changing.Lock()
	defer f.changing.Unlock()
	next := f.Service().under(policies)
	err := next.core.DB.Update(ctx, func(tx *models.Tx) error {
		version, made, err := tx.EnsurePolicyVersion(versionOf(policies, next.core.Now()))
		if err != nil {
			return err
		}
		next.rules = next.rules.With(policies, version.Number)
		return note(tx, next, made)
	})
	if err == nil {
		f.service.Store(next)
	}
	return err
}

func versionOf(policies password.Policies, from time.Time) models.PolicyVersion {
	rules := policies.Canonical()
	sum := sha256.Sum256([]byte(rules))
	return models.PolicyVersion{Hash: hex.EncodeToString(sum[:]), Rules: rules, Source: policies.Source, InForceFrom: from}
}

func auditReload(tx *models.Tx, next *Service, made bool) error {
	more := core.Detail{"version": itoa(next.rules.Version), "changed": "no"}
	if made {
		more["changed"] = "yes"
	}
	return next.core.Audit(tx, core.CommandLine, core.ActionPolicyReloaded, models.Account{}, more)
}

func (f *InForce) refuse(err error) {
	s := f.Service()
	refused := &RefusedPolicy{At: s.core.Now()}
	var problems password.Problems
	if !errors.As(err, &problems) {
		problems = password.Problems{{Why: err.Error()}}
	}
	refused.Problems = problems
	f.refused.Store(refused) // before the log says so: who reads it may look
	for _, problem := range problems {
		s.core.Log.Error("the new password policy is refused, the one before stays in force", "problem", problem.Error())
	}
}
