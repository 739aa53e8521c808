package words

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/models"
)

// Event is a line of the audit log or a mail, in words.
type Event struct {
	ID, Action, Actor, What, Detail string
	Subject                         string
	SubjectID                       string // "" = it has no page
	Target                          string // the id of the subject, also if it has no page
	ActorKey                        string // by which the log can be narrowed to the actor; "" = it cannot
	Self                            bool   // the actor is the subject
	UnknownSubject                  bool   // no account has the name that was used
	Address                         string
	Mail                            models.MailState // of a mail
	MailID                          string           // "" = the reader may not open it, or it is no mail
	Severity                        Severity
	At                              time.Time // of the last occurrence
	Times                           int       // how often it happened in a row
	OrMore                          bool      // it may have happened more often
}

// Severity is how an event is marked.
type Severity string

// The marks of events. The zero value is neutral.
const (
	Good     Severity = "good"
	Warning  Severity = "warn"
	Bad      Severity = "bad"
	MailMark Severity = "mail"
)

var severities = map[string]Severity{
	core.ActionSignedIn: Good, core.ActionPasswordOwn: Good, core.ActionUnblocked: Good,
	core.ActionBlockEnded: Good, core.ActionEnabled: Good, core.ActionFactorAdded: Good,
	core.ActionSignInFailed: Bad, core.ActionBlacklisted: Bad,
	core.ActionExpired: Warning, core.ActionLapsed: Warning, core.ActionDisabled: Warning,
	core.ActionRequireChange: Warning, core.ActionDeviceUsedUp: Warning,
	core.ActionPasswordAccepted: Warning, core.ActionFactorRemoved: Warning, core.ActionFactorsReset: Warning, core.ActionRecoveryUsed: Warning,
	core.ActionEmergencyAdded: Warning, core.ActionEmergencyRequested: Bad, core.ActionEmergencyUsed: Bad, core.ActionRefused: Warning,
}

// The longest timeline, and how many of its lines may be failed sign-ins, so that an attack does not crowd out the rest.
const (
	maxLines        = 20
	maxFailureLines = maxLines / 2
)

// Timeline merges the events and mails of an account, the newest first.
func Timeline(p Printer, events []models.AuditEvent, mails []models.Mail, cut []string) []Event {
	all := Events(p, events)
	for _, mail := range mails {
		all = append(all, mailEvent(p, mail))
	}
	slices.SortFunc(all, func(a, b Event) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	failures := 0
	lines := slices.DeleteFunc(collapse(p, withoutFirstSteps(all), cut), func(line Event) bool {
		if line.Action == core.ActionSignInFailed {
			failures++
		}
		return line.Action == core.ActionSignInFailed && failures > maxFailureLines
	})
	return lines[:min(len(lines), maxLines)]
}

// OwnTimeline returns the sign-ins of the reader's own account. It hides why one failed: another person may be using the session.
func OwnTimeline(p Printer, events []models.AuditEvent, cut []string) []Event {
	for _, row := range events {
		delete(row.Detail, string(core.DetailReason))
	}
	return collapse(p, withoutFirstSteps(Events(p, events)), cut)
}

// secondStep is how long after the password a sign-in may wait for the second factor.
const secondStep = 10 * time.Minute

// withoutFirstSteps drops the right passwords that a completed sign-in followed: what remains was stopped by the second factor. The
// newest event comes first.
func withoutFirstSteps(events []Event) []Event {
	completed := map[string]time.Time{} // by IP address
	return slices.DeleteFunc(events, func(event Event) bool {
		switch event.Action {
		case core.ActionSignedIn:
			completed[event.Address] = event.At
		case core.ActionPasswordAccepted:
			at, known := completed[event.Address]
			return known && at.Sub(event.At) <= secondStep
		}
		return false
	})
}

// collapse merges equal consecutive events of a day into one line. Cut holds the ids of events before which there were more.
func collapse(p Printer, events []Event, cut []string) (lines []Event) {
	for _, event := range events {
		event.Times = 1
		if n := len(lines); n == 0 || !repeats(p, event, lines[n-1]) {
			lines = append(lines, event)
		} else {
			lines[n-1].Times++
		}
		if slices.Contains(cut, event.ID) {
			lines[len(lines)-1].OrMore = true
		}
	}
	return lines
}

// repeats reports whether two events differ only in their time of day. Mails are never repeats.
func repeats(p Printer, e, other Event) bool {
	return e.Mail == "" && e.Action == other.Action && e.Line() == other.Line() && e.Address == other.Address && p.Date(e.At) == p.Date(other.At)
}

// ownDays is for how many days a timeline has headings of their own. Before those its headings are months.
const ownDays = 7

// EventGroup is the part of a timeline under one heading.
type EventGroup struct {
	Heading string
	Events  []Event
	OfMonth bool
}

// EventGroups groups a timeline by days, and by months what is longer ago.
func EventGroups(p Printer, events []Event) (groups []EventGroup) {
	for _, event := range events {
		group := EventGroup{Heading: p.Times(p.Zone).WeekdayDate(event.At)}
		switch days := p.daysAgo(event.At); {
		case days >= ownDays:
			group = EventGroup{Heading: p.Times(p.Zone).Month(event.At), OfMonth: true}
		case days == 1:
			group.Heading = p.T("Yesterday")
		case days == 0:
			group.Heading = p.T("Today")
		}
		if n := len(groups); n == 0 || groups[n-1].Heading != group.Heading {
			groups = append(groups, group)
		}
		last := &groups[len(groups)-1]
		last.Events = append(last.Events, event)
	}
	return groups
}

// Time shows when an event of the group happened; the heading and the zone are shown elsewhere.
func (g EventGroup) Time(p Printer, event Event) string {
	if g.OfMonth {
		return p.Times(p.Zone).ShortMinute(event.At)
	}
	return p.Times(p.Zone).Clock(event.At)
}

// Line returns the second line of an event in the subject's timeline, to which its IP address belongs: another actor and details.
func (e Event) Line() string {
	if e.Self {
		e.Actor = ""
	}
	return strings.Join(slices.DeleteFunc([]string{e.Actor, e.Detail}, func(part string) bool { return part == "" }), " · ")
}

// RepeatCount shows how often an event happened in a row; "" = once.
func (p Printer) RepeatCount(e Event) string {
	switch {
	case e.Times > 1 && e.OrMore:
		return p.T("{{.N}} or more times", "N", e.Times)
	case e.Times > 1:
		return p.N("{{.N}} time", "{{.N}} times", e.Times)
	default:
		return ""
	}
}

// Events describes rows of the audit log.
func Events(p Printer, rows []models.AuditEvent) []Event {
	list := make([]Event, len(rows))
	for i, row := range rows {
		list[i] = Event{
			ID: row.ID, At: row.At, Action: row.Action, Severity: severities[row.Action], Actor: eventActor(p, row),
			What: p.T("action." + i18n.Msg(row.Action)), Subject: row.SubjectName, Address: row.Address, Detail: details(p, row),
			Target: row.SubjectID, ActorKey: cmp.Or(row.ActorID, row.ActorName), Self: row.ActorID != "" && row.ActorID == row.SubjectID, UnknownSubject: row.Action == core.ActionSignInFailed && row.SubjectName == "",
		}
		if row.Action != core.ActionDeleted && row.Action != core.ActionErased {
			list[i].SubjectID = row.SubjectID
		}
	}
	return list
}

func mailEvent(p Printer, mail models.Mail) Event {
	event := Event{
		ID: mail.ID, Action: "mail", At: mail.CreatedAt, Severity: MailMark, Mail: mail.State, Detail: Isolate(mail.Recipient),
		What: p.T("E-mail: {{.Name}}", "Name", p.T("template."+i18n.Msg(mail.Template))),
	}
	if mail.Data.Test {
		event.What = p.T("Test e-mail: {{.Name}}", "Name", p.T("template."+i18n.Msg(mail.Template)))
	}
	if p.Reader.IsSuperAdmin() {
		event.MailID = mail.ID
	}
	return event
}

// byUnknown are the events that a person causes who is not signed in.
var byUnknown = []string{
	core.ActionSignInFailed, core.ActionEmergencyRequested, core.ActionEmergencyUsed, core.ActionSecretLinkRead, core.ActionSecretLinkGuessed,
}

func eventActor(p Printer, row models.AuditEvent) string {
	switch {
	case row.ActorID == "" && row.ActorName == core.CommandLine.Name:
		return p.T("command line")
	case row.ActorName != "":
		return Isolate(row.ActorName)
	case slices.Contains(byUnknown, row.Action), row.Detail[string(core.DetailLink)] == string(models.LinkForgotten):
		return p.T("Unknown")
	default:
		return p.T("System")
	}
}
