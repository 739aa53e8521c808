package dashboard

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Counts of the overview stop at MaxCount, and bars of its charts at MaxBar, so that they cost little.
const (
	MaxCount = 1000
	MaxBar   = 10_000
)

// Lengths of the charts.
const (
	ChartWeeks = 13 // ahead
	ChartDays  = 14 // back, today included
)

const (
	expiringSoon = 7 * 24 * time.Hour
	chartAhead   = 90 * 24 * time.Hour // ends the last week of the chart
)

// Overview is what an operator has to do now, and what was and will be. Counts stop at [MaxCount], bars at [MaxBar].
type Overview struct {
	States      map[models.State]int64
	Expiring    int64             // within 7 days
	FailedMails int64             // SuperAdmins only
	MailTrouble models.MailOutage // SuperAdmins only; zero: none
	Empty       bool              // there is no customer yet
	Setup       Setup             // SuperAdmins only

	WithoutFactor map[models.Kind]int64 // SuperAdmins only; not capped

	Waiting  Waiting
	Weeks    []Bar // passwords that expire in each of the coming weeks
	Failures []Bar // failed sign-ins on each of the last days
}

// Setup is what the database knows about the first steps.
type Setup struct {
	Organization bool // there is one besides Default
	MailServer   bool // has been reached
}

// Bar is one bar of a chart.
type Bar struct {
	models.Span
	Count int
}

// actionable are the states that an operator can do something about.
var actionable = []models.State{models.Blacklisted, models.Expired, models.OneTimeLapsed, models.OneTimeWaiting}

// Overview counts among the accounts that the actor may see. Days begin and end in the zone.
func (s *Service) Overview(ctx context.Context, actor core.Actor, zone *time.Location) (o Overview, err error) {
	read, now := s.core.DB.Read(ctx), s.core.Now()
	o.States = map[models.State]int64{}
	for _, state := range actionable {
		if o.States[state], err = read.CountAccounts(s.visible(ctx, actor, models.AccountFilter{State: state}), MaxCount); err != nil {
			return o, err
		}
	}
	if o.Expiring, err = read.CountAccounts(s.visible(ctx, actor, models.AccountFilter{Expiring: expiringSoon}), MaxCount); err != nil {
		return o, err
	}
	customers, err := read.CountAccounts(s.visible(ctx, actor, models.AccountFilter{Kind: models.Customer}), 1)
	if err != nil {
		return o, err
	}
	o.Empty = customers == 0
	if o.Waiting, err = s.waiting(ctx, actor); err != nil {
		return o, err
	}
	if actor.MaySeeEverything() {
		if o.Setup, err = s.setup(ctx, actor); err != nil {
			return o, err
		}
		if o.FailedMails, err = read.CountMailsIn(models.MailFailed, MaxCount); err != nil {
			return o, err
		}
		if o.WithoutFactor, err = read.CountWithoutFactor(); err != nil {
			return o, err
		}
		if o.MailTrouble, err = read.MailOutage(); err != nil {
			return o, err
		}
	}
	weeks, days := comingWeeks(now, zone), lastDays(now, zone)
	expiring, err := read.CountExpiring(actor.Scope(), s.core.Today(), s.policies.For(ctx).ExpiringGroups(), weeks, MaxBar)
	if err != nil {
		return o, err
	}
	failed, err := read.CountEvents(actor.Scope(), core.ActionSignInFailed, days, MaxBar)
	o.Weeks, o.Failures = bars(weeks, expiring), bars(days, failed)
	return o, err
}

// setup reads how far the first steps are.
func (s *Service) setup(ctx context.Context, actor core.Actor) (done Setup, err error) {
	read := s.core.DB.Read(ctx)
	organizations, err := read.CountAccounts(s.visible(ctx, actor, models.AccountFilter{Kind: models.Organization}), 2)
	if err != nil {
		return done, err
	}
	done.Organization = organizations > 1
	done.MailServer, err = read.MailServerReached()
	return done, err
}

// comingWeeks returns the weeks from now on, each ending at a midnight of the zone.
func comingWeeks(now time.Time, zone *time.Location) []models.Span {
	spans := make([]models.Span, ChartWeeks)
	for i := range spans {
		spans[i] = models.Span{From: core.Midnight(now, zone, 7*i), To: core.Midnight(now, zone, 7*i+7)}
	}
	// What expires now has expired, and the last week ends with the list of passwords that expire within 90 days.
	spans[0].From, spans[ChartWeeks-1].To = now.Add(time.Microsecond), now.Add(chartAhead+time.Microsecond)
	return spans
}

// lastDays returns the days up to today, which has not ended.
func lastDays(now time.Time, zone *time.Location) []models.Span {
	spans := make([]models.Span, ChartDays)
	for i := range spans {
		back := ChartDays - 1 - i
		spans[i] = models.Span{From: core.Midnight(now, zone, -back), To: core.Midnight(now, zone, 1-back)}
	}
	return spans
}

func bars(spans []models.Span, counts []int) []Bar {
	list := make([]Bar, len(spans))
	for i, span := range spans {
		list[i] = Bar{span, counts[i]}
	}
	return list
}
