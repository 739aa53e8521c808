package dashboard

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Lengths of the charts.
const (
	ChartWeeks = 13 // ahead
	ChartDays  = 14 // back, today included
)

const chartAhead = 90 * 24 * time.Hour // ends the last week of the chart

// Overview is what an operator has to do now, and what was and will be.
type Overview struct {
	Counts
	MailTrouble models.MailOutage // SuperAdmins only; zero: none
	Setup       Setup             // SuperAdmins only

	Waiting  Waiting
	Expiring int   // open accounts whose password expires within 7 days
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

// Empty reports whether there is no customer yet.
func (o Overview) Empty() bool { return o.Of("", models.Customer, false) == 0 }

// Overview counts what the actor may see, and reads what else the overview shows. Days begin and end in the zone.
func (s *Service) Overview(ctx context.Context, actor core.Actor, zone *time.Location) (o Overview, err error) {
	read, now := s.core.DB.Read(ctx), s.core.Now()
	weeks, days := comingWeeks(now, zone), lastDays(now, zone)
	spans := append([]models.Span{s.ahead(ctx, expiringSoon)}, weeks...)
	counted := core.Start(ctx, func(ctx context.Context) (Counts, error) { return s.countAll(ctx, actor, spans) })
	if actor.MaySeeEverything() {
		server, err := read.MailServer()
		if err != nil {
			return o, err
		}
		o.Setup.MailServer, o.MailTrouble = server.ReachedAt != nil, server.Outage()
	}
	failed, err := read.CountFailures(actor.Scope(), days)
	if err != nil {
		return o, err
	}
	if o.Waiting, err = s.waiting(ctx, actor, counted); err != nil {
		return o, err
	}
	if o.Counts, err = counted(); err != nil {
		return o, err
	}
	o.Expiring = o.expiring[0]
	o.Setup.Organization = actor.MaySeeEverything() && o.Of("", models.Organization, false) > 1
	o.Weeks, o.Failures = bars(weeks, o.expiring[1:]), bars(days, failed)
	return o, nil
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
