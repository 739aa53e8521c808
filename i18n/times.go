package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Times formats times in a language and a time zone, which is named wherever there is an hour.
type Times struct {
	words Words
	zone  *time.Location
}

// Times returns a formatter for a time zone.
func (w Words) Times(zone *time.Location) Times { return Times{w, zone} }

// Second returns a time to the second: 4 March 2026, 10:00:05 CET.
func (t Times) Second(at time.Time) string { return t.words.T("time.second", t.parts(at)...) }

// Minute returns a time to the minute: 4 Mar 2026, 10:00 CET.
func (t Times) Minute(at time.Time) string { return t.words.T("time.minute", t.parts(at)...) }

// Date returns a day: 4 Mar 2026.
func (t Times) Date(at time.Time) string { return t.words.T("time.date", t.parts(at)...) }

// ShortDate returns a day without its year: 4 Mar.
func (t Times) ShortDate(at time.Time) string { return t.words.T("time.short-date", t.parts(at)...) }

// Clock returns the time of day, without its zone: 10:00.
func (t Times) Clock(at time.Time) string { return at.In(t.zone).Format("15:04") }

// ShortMinute returns a time without its year and its zone: 4 Mar, 10:00.
func (t Times) ShortMinute(at time.Time) string {
	return t.words.T("time.short-minute", t.parts(at)...)
}

// Month returns a month: March 2026.
func (t Times) Month(at time.Time) string { return t.words.T("time.month", t.parts(at)...) }

// WeekdayDate returns a day with its day of the week, without its year: Wednesday, 4 March.
func (t Times) WeekdayDate(at time.Time) string {
	weekday := t.words.T("weekday." + Msg(at.In(t.zone).Weekday().String()))
	return t.words.T("time.weekday-date", append(t.parts(at), "Weekday", weekday)...)
}

// Weekday returns a time with its day of the week: Wednesday, 4 March 2026, 10:00 CET.
func (t Times) Weekday(at time.Time) string {
	weekday := t.words.T("weekday." + Msg(at.In(t.zone).Weekday().String()))
	return t.words.T("time.long", append(t.parts(at), "Weekday", weekday)...)
}

// Long returns a time for readers who do not know this program, also with the zone's full name:
// Wednesday, 4 March 2026, 10:00 CET (Europe/Berlin).
func (t Times) Long(at time.Time) string {
	at = at.In(t.zone)
	zone := zoneOf(at)
	if name := at.Location().String(); name != zone {
		zone += " (" + name + ")"
	}
	weekday := t.words.T("weekday." + Msg(at.Weekday().String()))
	return t.words.T("time.long", append(t.parts(at), "Weekday", weekday, "Zone", zone)...)
}

// parts returns the parameters of the messages. Numbers are texts, since a year has no separators.
func (t Times) parts(at time.Time) []any {
	at = at.In(t.zone)
	return []any{
		"Day", strconv.Itoa(at.Day()), "Year", strconv.Itoa(at.Year()), "Zone", zoneOf(at),
		"Month", t.words.T("month." + Msg(at.Month().String())), "Mon", t.words.T("month.short." + Msg(at.Month().String())),
		"Minute", at.Format("15:04"), "Second", at.Format("15:04:05"),
	}
}

// zoneOf returns the abbreviation of the zone, such as CET. Some zones have only an offset.
func zoneOf(at time.Time) string {
	name, _ := at.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}
