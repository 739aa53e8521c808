package policy

import (
	"context"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
	"latchkey/password/generator"
)

// PreviewDays is how many days a preview looks ahead, today included.
const PreviewDays = 90

// Preview is the effect of policies if they came into force now and no password were set and no account disabled afterwards.
type Preview struct {
	Changes  []password.SectionChanges
	Warnings []password.Warning // about the candidate
	At       time.Time          // now
	Expire   int                // passwords that have not expired and would have at once
	Revive   int                // passwords that have expired and would not have any longer
	Days     []PreviewDay
	Mails    Notices // that would be queued until the end of today
	AsIs     Notices // that are queued until then by the policies in force
}

// PreviewDay is a day with the passwords that expire on it.
type PreviewDay struct {
	models.Span
	Then int // under the policies of the preview
	AsIs int // under those in force
}

// Notices are mails about expiry.
type Notices struct{ Reminders, Expirations int }

// Preview computes the effect of the candidate, without changing anything. Days begin and end in the zone. It is for SuperAdmins.
func (s *Source) Preview(ctx context.Context, actor core.Actor, candidate password.Policies, zone *time.Location) (Preview, error) {
	if !actor.MaySeeEverything() {
		return Preview{}, core.ErrForbidden
	}
	warnings, err := generator.Warnings(candidate, s.core.Random())
	if err != nil {
		return Preview{}, err
	}
	now := s.core.Now()
	rules := s.For(ctx)
	look := &preview{now: now, later: now.Add(time.Microsecond), zone: zone, asIs: rules, then: rules.With(candidate, 0)}
	result := Preview{Changes: password.Compare(rules.Policies, candidate), Warnings: warnings, At: now}
	err = s.core.DB.Snapshot(ctx, func(tx *models.Tx) error { return look.count(tx, &result) })
	return result, err
}

// preview is a look at two sets of policies at one moment.
type preview struct {
	now, later time.Time // later is the next moment that the tables know: what ends before it has ended
	zone       *time.Location
	asIs, then *Rules
}

func (p *preview) count(tx *models.Tx, result *Preview) (err error) {
	expire, revive := p.expiredOnlyUnder(p.then, p.asIs), p.expiredOnlyUnder(p.asIs, p.then)
	days := p.days()
	// Both at once: most days of the one are days of the other, only earlier or later.
	then, asIs := expiring(p.then.ExpiringGroups(), days), expiring(p.asIs.ExpiringGroups(), days)
	counts, err := tx.Counts(models.CountQuery{Cutoffs: p.asIs.Cutoffs(), Passwords: slices.Concat(expire, revive, then, asIs)})
	if err != nil {
		return err
	}
	rest := counts.Passwords()
	take := func(spans []models.PasswordSpan) (taken []int) {
		taken, rest = rest[:len(spans)], rest[len(spans):]
		return taken
	}
	result.Expire, result.Revive = sum(take(expire)), sum(take(revive))
	for i, count := range take(then) {
		days[i%PreviewDays].Then += count
	}
	for i, count := range take(asIs) {
		days[i%PreviewDays].AsIs += count
	}
	result.Days = days
	if result.Mails, err = p.notices(tx, p.then); err != nil {
		return err
	}
	result.AsIs, err = p.notices(tx, p.asIs)
	return err
}

func sum(counts []int) (total int) {
	for _, count := range counts {
		total += count
	}
	return total
}

// expiredOnlyUnder returns the passwords that have expired under one set of policies but not under the other.
func (p *preview) expiredOnlyUnder(one, other *Rules) (spans []models.PasswordSpan) {
	for _, kind := range Kinds() {
		until, from := p.expiredBefore(one.Policy(kind)), p.expiredBefore(other.Policy(kind))
		if until.After(from) {
			spans = append(spans, models.PasswordSpan{Kind: kind.Kind, Technical: kind.Technical, Set: models.Span{From: from, To: until}})
		}
	}
	return spans
}

// expiredBefore is before when the passwords were set that have expired now: the zero time where none does.
func (p *preview) expiredBefore(accountPolicy password.Policy) time.Time {
	if accountPolicy.Expiry() <= 0 {
		return time.Time{}
	}
	return p.later.Add(-accountPolicy.Expiry())
}

// days are the rest of today and the following days.
func (p *preview) days() []PreviewDay {
	days := make([]PreviewDay, PreviewDays)
	for i := range days {
		days[i].From, days[i].To = core.Midnight(p.now, p.zone, i), core.Midnight(p.now, p.zone, i+1)
	}
	days[0].From = p.later
	return days
}

// expiring returns one span per group and day: the passwords that expire then.
func expiring(groups []models.PasswordGroup, days []PreviewDay) (spans []models.PasswordSpan) {
	for _, group := range groups {
		for _, day := range days {
			spans = append(spans, setFor(group, day.From, day.To))
		}
	}
	return spans
}

// setFor returns the passwords of a group that end from one time on and before another.
func setFor(group models.PasswordGroup, from, to time.Time) models.PasswordSpan {
	set := models.Span{To: to.Add(-group.Lifetime)}
	if !from.IsZero() {
		set.From = from.Add(-group.Lifetime)
	}
	return models.PasswordSpan{Kind: group.Kind, Technical: group.Technical, Set: set}
}

// notices counts the mails that sweeps queue until the end of today. An owner whose password has expired gets no reminder; one whose
// password expires later today gets the reminder first.
func (p *preview) notices(tx *models.Tx, rules *Rules) (n Notices, err error) {
	tomorrow := core.Midnight(p.now, p.zone, 1)
	var expired, ending []models.PasswordSpan
	for _, group := range rules.ExpiringGroups() {
		expired = append(expired, setFor(group, time.Time{}, tomorrow))
		if ahead := rules.RemindsBefore(group); ahead > 0 {
			ending = append(ending, setFor(group, p.later, tomorrow.Add(ahead)))
		}
	}
	for _, notice := range []models.ExpiryNotice{models.NotNotified, models.Reminded} {
		counts, err := tx.CountNotified(rules.core.Today(), notice, expired)
		if err != nil {
			return n, err
		}
		n.Expirations += sum(counts)
	}
	counts, err := tx.CountNotified(rules.core.Today(), models.NotNotified, ending)
	n.Reminders = sum(counts)
	return n, err
}
