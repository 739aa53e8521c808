package dashboard

import (
	"cmp"
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// expiringSoon is how far ahead [Overview.Expiring] looks.
const expiringSoon = 7 * 24 * time.Hour

// Counts are how many accounts the actor may see. They are exact.
type Counts struct {
	models.Counts
	expiring []int // passwords that expire in each of the spans that were asked for
}

// Waiting is how many accounts only an operator can help: blocked ones, and those whose one-time password has lapsed.
func (c Counts) Waiting() int {
	return c.Of(models.Blacklisted, "", false) + c.Of(models.OneTimeLapsed, "", false)
}

// Counts counts what the actor may see, for the navigation and for what the pages show of the same.
func (s *Service) Counts(ctx context.Context, actor core.Actor) (Counts, error) {
	return s.countAll(ctx, actor, nil)
}

// countAll counts what the actor may see, and the passwords that expire in each span.
func (s *Service) countAll(ctx context.Context, actor core.Actor, spans []models.Span) (counts Counts, err error) {
	query := models.CountQuery{OrganizationID: actor.Scope(), FailedMails: actor.MaySeeEverything()}
	counts.Counts, counts.expiring, err = s.countExpiring(ctx, query, models.AccountFilter{}, spans)
	return counts, err
}

// ahead is the time from now on in which passwords expire. What expires now has expired.
func (s *Service) ahead(ctx context.Context, length time.Duration) models.Span {
	now := s.policies.For(ctx).Cutoffs().Now
	return models.Span{From: now.Add(time.Microsecond), To: now.Add(length + time.Microsecond)}
}

// CountList counts the accounts of the filter's organization, and the passwords that expire as the filter asks. Of its other fields only the kind matters, for
// the passwords.
func (s *Service) CountList(ctx context.Context, actor core.Actor, f models.AccountFilter) (counts models.Counts, expiring int, err error) {
	query := models.CountQuery{OrganizationID: cmp.Or(actor.Scope(), f.OrganizationID)}
	counts, bars, err := s.countExpiring(ctx, query, f, []models.Span{s.ahead(ctx, f.Expiring)})
	return counts, bars[0], err
}

// countExpiring counts what the query selects, and the passwords of the filter's kind that expire in each span.
func (s *Service) countExpiring(ctx context.Context, query models.CountQuery, f models.AccountFilter, spans []models.Span) (models.Counts, []int, error) {
	rules, bars := s.policies.For(ctx), make([]int, len(spans))
	query.Cutoffs = rules.Cutoffs()
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
