package accounts

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// CountedUpTo is where the overview stops counting and says "or more": a number that nobody works off costs nothing.
const CountedUpTo = 1000

// ChartedUpTo is the same for a bar of a chart.
const ChartedUpTo = 10_000

// soon is how far ahead the overview looks for passwords that expire.
const soon = 7 * 24 * time.Hour

// chartAhead is how far the chart of weeks looks: it cuts the last one.
const chartAhead = 90 * 24 * time.Hour

// The charts' length.
const (
	ChartWeeks = 13 // ahead
	ChartDays  = 14 // back, today included
)

// Overview is what needs a person now, and what was and will be. Counts stop at [CountedUpTo], those of bars at
// [ChartedUpTo].
type Overview struct {
	States      map[models.State]int64
	Expiring    int64              // within 7 days
	FailedMails int64              // SuperAdmins only
	MailTrouble models.MailTrouble // SuperAdmins only; zero: none
	Empty       bool               // there is no customer yet
	Weeks       []Bar              // passwords that expire in each of the coming weeks
	Failures    []Bar              // failed sign-ins on each of the last days
}

// Bar is a piece of a chart.
type Bar struct {
	models.Span
	Count int
}

// needsPerson are the states that an operator can do something about.
var needsPerson = []models.State{models.Blacklisted, models.Expired, models.OneTimeLapsed, models.OneTimeWaiting}

// Overview counts what needs a person among the accounts that the actor may see. Days begin and end in the zone.
func (s *Service) Overview(ctx context.Context, actor core.Actor, zone *time.Location) (Overview, error) {
	o := Overview{States: map[models.State]int64{}}
	read := s.core.DB.Read(ctx)
	for _, state := range needsPerson {
		count, err := read.CountAccounts(s.narrow(actor, models.AccountFilter{State: state}), CountedUpTo)
		if err != nil {
			return o, err
		}
		o.States[state] = count
	}
	var err error
	if o.Expiring, err = read.CountAccounts(s.narrow(actor, models.AccountFilter{Expiring: soon}), CountedUpTo); err != nil {
		return o, err
	}
	if o.Empty, err = s.withoutCustomers(read, actor); err != nil {
		return o, err
	}
	if actor.MaySeeEverything() {
		if err := s.lookAtMails(read, &o); err != nil {
			return o, err
		}
	}
	return o, s.chart(read, actor, zone, &o)
}

func (s *Service) lookAtMails(read *models.Tx, o *Overview) (err error) {
	if o.FailedMails, err = read.CountMailsIn(models.MailFailed, CountedUpTo); err != nil {
		return err
	}
	o.MailTrouble, err = read.MailTrouble()
	return err
}

func (s *Service) withoutCustomers(read *models.Tx, actor core.Actor) (bool, error) {
	count, err := read.CountAccounts(s.narrow(actor, models.AccountFilter{Kind: models.Customer}), 1)
	return count == 0, err
}

func (s *Service) chart(read *models.Tx, actor core.Actor, zone *time.Location, o *Overview) error {
	weeks, days := comingWeeks(s.core.Now(), zone), lastDays(s.core.Now(), zone)
	expiring, err := read.CountExpiring(actor.Scope(), s.Rules().ExpiringGroups(), weeks, ChartedUpTo)
	if err != nil {
		return err
	}
	failed, err := read.CountEvents(actor.Scope(), core.ActionSignInFailed, days, ChartedUpTo)
	o.Weeks, o.Failures = bars(weeks, expiring), bars(days, failed)
	return err
}

// comingWeeks are the weeks from now on, each ending at a midnight of the zone.
func comingWeeks(now time.Time, zone *time.Location) []models.Span {
	spans := make([]models.Span, ChartWeeks)
	for i := range spans {
		spans[i] = models.Span{From: midnight(now, zone, 7*i), To: midnight(now, zone, 7*i+7)}
	}
	// What expires now has expired, and the last week ends where the list of those that expire within 90 days does.
	spans[0].From, spans[ChartWeeks-1].To = now.Add(time.Microsecond), now.Add(chartAhead+time.Microsecond)
	return spans
}

// lastDays are the days up to today, which has not ended.
func lastDays(now time.Time, zone *time.Location) []models.Span {
	spans := make([]models.Span, ChartDays)
	for i := range spans {
		back := ChartDays - 1 - i
		spans[i] = models.Span{From: midnight(now, zone, -back), To: midnight(now, zone, 1-back)}
	}
	return spans
}

// midnight is when the day begins in the zone that is some days after the one of a time.
func midnight(at time.Time, zone *time.Location, days int) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, zone).UTC()
}

func bars(spans []models.Span, counts []int) []Bar {
	list := make([]Bar, len(spans))
	for i, span := range spans {
		list[i] = Bar{span, counts[i]}
	}
	return list
}
