package dashboard

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// MaxMails is up to where the count of mails is exact.
const MaxMails = 10_000

// expiringSoon is how far ahead [Counts.Expiring] looks.
const expiringSoon = 7 * 24 * time.Hour

// Counts are how many accounts the actor may see. They are exact.
type Counts struct {
	models.Counts
	Expiring    int   // open accounts whose password expires within 7 days
	FailedMails int64 // SuperAdmins only; at most one more than [MaxMails]
}

// Waiting is how many accounts only an operator can help: blocked ones, and those whose one-time password has lapsed.
func (c Counts) Waiting() int {
	return c.Of(models.Blacklisted, "", false) + c.Of(models.OneTimeLapsed, "", false)
}

// Counts counts what the actor may see, for the navigation and for what the pages show of the same.
func (s *Service) Counts(ctx context.Context, actor core.Actor) (Counts, error) {
	counts, _, err := s.countAll(ctx, actor, nil)
	return counts, err
}

// countAll counts what the actor may see, and the passwords that expire in each span.
func (s *Service) countAll(ctx context.Context, actor core.Actor, spans []models.Span) (counts Counts, expiring []int, err error) {
	spans = append([]models.Span{s.ahead(ctx, expiringSoon)}, spans...)
	counts.Counts, expiring, err = s.countExpiring(ctx, actor, models.AccountFilter{}, spans)
	if counts.Expiring = expiring[0]; err != nil || !actor.MaySeeEverything() {
		return counts, expiring[1:], err
	}
	counts.FailedMails, err = s.core.DB.Read(ctx).CountMailsIn(models.MailFailed, MaxMails+1)
	return counts, expiring[1:], err
}

// ahead is the time from now on in which passwords expire. What expires now has expired.
func (s *Service) ahead(ctx context.Context, length time.Duration) models.Span {
	now := s.policies.For(ctx).Cutoffs().Now
	return models.Span{From: now.Add(time.Microsecond), To: now.Add(length + time.Microsecond)}
}

// CountList counts the accounts of the filter's organization, and the passwords that expire as the filter asks. Of its other fields only the kind matters, for
// the passwords.
func (s *Service) CountList(ctx context.Context, actor core.Actor, f models.AccountFilter) (counts models.Counts, expiring int, err error) {
	counts, bars, err := s.countExpiring(ctx, actor, f, []models.Span{s.ahead(ctx, f.Expiring)})
	return counts, bars[0], err
}

// countExpiring counts the passwords that expire in each span.
func (s *Service) countExpiring(ctx context.Context, actor core.Actor, f models.AccountFilter, spans []models.Span) (models.Counts, []int, error) {
	rules, bars := s.policies.For(ctx), make([]int, len(spans))
	query := models.CountQuery{OrganizationID: f.OrganizationID, Cutoffs: rules.Cutoffs()}
	if scope := actor.Scope(); scope != "" {
		query.OrganizationID = scope
	}
	for _, group := range rules.ExpiringGroups() {
		if f.Kind != "" && group.Kind != f.Kind || f.Technical && !group.Technical {
			continue
		}
		for _, span := range spans {
			query.Passwords = append(query.Passwords, models.PasswordSpan{Kind: group.Kind, Technical: group.Technical, Set: span.Earlier(group.Lifetime)})
		}
	}
	counts, err := s.core.DB.Read(ctx).Counts(query)
	if err != nil {
		return counts, bars, err
	}
	for i, n := range counts.Passwords() {
		bars[i%len(spans)] += n
	}
	return counts, bars, nil
}
