package words

import (
	"time"
)

// AuditDay is the part of the audit log under the heading of a day.
type AuditDay struct {
	Heading string
	Runs    []AuditRun
}

// AuditRun is an event of the log, or several in a row that differ in nothing but their times and details. The newest comes first.
type AuditRun struct {
	Events []Event
	Detail string // that all have
}

// Newest returns the newest event.
func (r AuditRun) Newest() Event { return r.Events[0] }

// First returns the time of the oldest event.
func (r AuditRun) First() time.Time { return r.Events[len(r.Events)-1].At }

// AuditDays groups a page of the log, the newest event first, by days and repeats.
func AuditDays(p Printer, events []Event) (days []AuditDay) {
	for _, event := range events {
		heading := p.auditDay(event.At)
		if n := len(days); n == 0 || days[n-1].Heading != heading {
			days = append(days, AuditDay{Heading: heading})
		}
		day := &days[len(days)-1]
		if n := len(day.Runs); n == 0 || !sameAct(event, day.Runs[n-1].Newest()) {
			day.Runs = append(day.Runs, AuditRun{Detail: event.Detail})
		}
		run := &day.Runs[len(day.Runs)-1]
		run.Events = append(run.Events, event)
		if event.Detail != run.Detail {
			run.Detail = ""
		}
	}
	return days
}

// sameAct reports whether two events say that the same actor did the same to the same account from the same address.
func sameAct(e, other Event) bool {
	return e.Action == other.Action && e.ActorKey == other.ActorKey && e.Actor == other.Actor && e.Target == other.Target &&
		e.Subject == other.Subject && e.Address == other.Address
}

// auditDay names the day of a time: those of the current year by their day of the week.
func (p Printer) auditDay(at time.Time) string {
	date := p.Date(at)
	if at.In(p.Zone).Year() == p.Now.In(p.Zone).Year() {
		date = p.Times(p.Zone).WeekdayDate(at)
	}
	switch p.daysAgo(at) {
	case 0:
		return p.T("Today") + ", " + date
	case 1:
		return p.T("Yesterday") + ", " + date
	default:
		return date
	}
}

// ClockSecond shows the second of a time, without its day and zone.
func (p Printer) ClockSecond(at time.Time) string { return at.In(p.Zone).Format(time.TimeOnly) }
