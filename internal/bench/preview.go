package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"latchkey/password"
	"latchkey/views"
)

// longestPreview is how many milliseconds the preview of a policy may take.
const longestPreview = 1000

// previews bounds how often it is asked for.
const previews = 60

func measurePreview(ctx context.Context, b *bench, r *report) error {
	return b.onEach(ctx, func(s *site) error {
		return s.with(ctx, func(p *process) error { return s.previewOn(ctx, p, r) })
	})
}

func (s *site) previewOn(ctx context.Context, p *process, r *report) error {
	admin, err := p.asAdmin(ctx, 1)
	if err != nil {
		return err
	}
	defer admin.close()
	for _, candidate := range []struct {
		name   string
		policy password.Policies
	}{{"a stricter policy", stricterPolicies()}, {"the policy in force", password.Default()}} {
		var took []float64
		form := url.Values{"policy": {candidate.policy.File()}}
		for begin := time.Now(); len(took) < min(s.requests, previews) && time.Since(begin) < enough; {
			start := time.Now()
			answer, err := admin.post(ctx, views.PolicyPreviewURL, form)
			took = append(took, milliseconds(time.Since(start)))
			if err = errors.Join(err, answer.wantPreview()); err != nil {
				return err
			}
		}
		slowest := percentile(took, 1)
		r.add(figure{
			name: candidate.name, engine: s.engine, measured: spread(took), limit: atMost(slowest, longestPreview, " ms"),
			note: fmt.Sprintf("slowest %s ms, %d times", number(slowest), len(took)),
		})
	}
	return nil
}

// stricterPolicies let a part of all passwords expire at once, have technical ones expire too, and SuperAdmins apart.
func stricterPolicies() password.Policies {
	policies := password.Default()
	policies.Account.PasswordExpirationInDays, policies.Account.EmailBeforeExpirationInDays = 30, 7
	policies.Technical.PasswordExpirationInDays = 45
	own := policies.Account
	own.Section, own.PasswordExpirationInDays = password.SectionSuperAdmin, 20
	policies.SuperAdmin = &own
	return policies
}

// wantPreview makes sure that it was counted, and not refused.
func (a answer) wantPreview() error {
	if err := a.want(http.StatusOK); err != nil {
		return err
	}
	if !bytes.Contains(a.body, []byte(`class="needs figures"`)) {
		return errors.New("the page shows no figures")
	}
	return nil
}
