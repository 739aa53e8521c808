package words

import (
	"cmp"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/models"
)

// Printer writes for one reader: in their language, in the time zone of the settings, and only what they may know.
type Printer struct {
	i18n.Words
	Zone      *time.Location
	Now       time.Time
	Reader    *Reader // nil: not signed in
	Capturing bool    // there is no mail server
}

// Reader is the account that is signed in.
type Reader struct {
	ID, Name    string
	DisplayName string // "" = not known
	Kind        models.Kind
	Pending     bool // may only open the reset page
}

// Called is what the reader is called or, if not known, the account.
func (r *Reader) Called() string { return cmp.Or(r.DisplayName, r.Name) }

func (r *Reader) actor() core.Actor { return core.Actor{Kind: r.Kind} }

// Operates reports whether to show what operators see.
func (r *Reader) Operates() bool { return r != nil && !r.Pending && r.actor().MayOperate() }

// IsSuperAdmin reports whether to show what SuperAdmins see.
func (r *Reader) IsSuperAdmin() bool { return r.Operates() && r.actor().MaySeeEverything() }

// Exact shows a time to the second, with its zone.
func (p Printer) Exact(at time.Time) string { return p.Times(p.Zone).Second(at) }

// Day shows the day and minute of a time, with its zone.
func (p Printer) Day(at time.Time) string { return p.Times(p.Zone).Minute(at) }

// Date shows the day of a time.
func (p Printer) Date(at time.Time) string { return p.Times(p.Zone).Date(at) }

// CalendarDate shows a day that is written as 2006-01-02.
func (p Printer) CalendarDate(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Isolate(day)
	}
	return p.Times(time.UTC).Date(at)
}

// midnight returns the start of a day that is written as 2006-01-02, and so many days later.
func (p Printer) midnight(day string, days int) time.Time {
	at, _ := time.ParseInLocation(time.DateOnly, day, p.Zone) // a stored day was checked
	return core.Midnight(at, p.Zone, days)
}

// ShortDate shows the day of a time without its year.
func (p Printer) ShortDate(at time.Time) string { return p.Times(p.Zone).ShortDate(at) }

// Weekday shows the day of the week, and the minute of a time, with its zone.
func (p Printer) Weekday(at time.Time) string { return p.Times(p.Zone).Weekday(at) }

// ZoneName names the zone of times that are shown without it.
func (p Printer) ZoneName() string { return p.Zone.String() }

const day = 24 * time.Hour

// daysAgo returns how many times the date has changed since a time.
func (p Printer) daysAgo(at time.Time) int {
	midnight := func(at time.Time) time.Time {
		year, month, date := at.In(p.Zone).Date()
		return time.Date(year, month, date, 0, 0, 0, 0, time.UTC) // where every day has 24 hours
	}
	return int(midnight(p.Now).Sub(midnight(at)) / day)
}

// Relative shows the distance to a time in the largest unit that fits; a day has 24 hours. The future is rounded up and the
// past down, so that a password set a second ago has 64 of 64 days left. Each message is whole, because languages inflect
// the unit: 3 Tage, vor 3 Tagen.
func (p Printer) Relative(at time.Time) string {
	if away := at.Sub(p.Now); away > 0 {
		return p.until(away)
	}
	return p.since(p.Now.Sub(at))
}

func (p Printer) until(away time.Duration) string {
	roundUp := func(unit time.Duration) int { return int((away-1)/unit) + 1 }
	minutes, hours, days := roundUp(time.Minute), roundUp(time.Hour), roundUp(day)
	switch {
	case away < time.Minute:
		return p.T("in less than a minute")
	case minutes < 60:
		return p.N("in {{.N}} minute", "in {{.N}} minutes", minutes)
	case hours <= 24:
		return p.N("in {{.N}} hour", "in {{.N}} hours", hours)
	default:
		return p.N("in {{.N}} day", "in {{.N}} days", days)
	}
}

func (p Printer) since(away time.Duration) string {
	minutes, hours, days := int(away/time.Minute), int(away/time.Hour), int(away/day)
	switch {
	case minutes == 0:
		return p.T("just now")
	case hours == 0:
		return p.N("{{.N}} minute ago", "{{.N}} minutes ago", minutes)
	case days == 0:
		return p.N("{{.N}} hour ago", "{{.N}} hours ago", hours)
	default:
		return p.N("{{.N}} day ago", "{{.N}} days ago", days)
	}
}

// StartedAt shows since when something lasts, without the day if it is today.
func (p Printer) StartedAt(at time.Time) string {
	if p.daysAgo(at) == 0 {
		return p.T("since {{.Time}}", "Time", p.Times(p.Zone).Clock(at))
	}
	return p.T("since {{.Time}}", "Time", p.Times(p.Zone).ShortMinute(at))
}

// Amount shows a duration in the largest unit of which it is a multiple; in days from two days on.
func (p Printer) Amount(d time.Duration) string {
	switch {
	case d >= 2*day && d%day == 0:
		return p.N("{{.N}} day", "{{.N}} days", int(d/day))
	case d >= time.Hour && d%time.Hour == 0:
		return p.N("{{.N}} hour", "{{.N}} hours", int(d/time.Hour))
	case d >= time.Minute && d%time.Minute == 0:
		return p.N("{{.N}} minute", "{{.N}} minutes", int(d/time.Minute))
	default:
		return p.N("{{.N}} second", "{{.N}} seconds", int(d/time.Second))
	}
}

// UpTo shows a count that is exact up to most. Counting stopped after that.
func (p Printer) UpTo(n, most int64) string {
	if n > most {
		return p.T("{{.N}}+", "N", most)
	}
	return p.Number(n)
}

// The Unicode marks around text with a direction of its own: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
const (
	IsolateMark    = '\u2068'
	EndIsolateMark = '\u2069'
)

// Isolate marks text typed by a user, such as a name, inside a sentence: right-to-left text must not reorder the words
// around it. Pages show the marks as <bdi>; titles and attributes keep them.
func Isolate(text string) string {
	if text == "" {
		return ""
	}
	return string(IsolateMark) + strings.Map(withoutMarks, text) + string(EndIsolateMark)
}

// withoutMarks drops marks in the text itself, which would end the isolation too early.
func withoutMarks(r rune) rune {
	if r == IsolateMark || r == EndIsolateMark {
		return -1
	}
	return r
}
