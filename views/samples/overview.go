package samples

import (
	"time"

	"latchkey/views"
)

// Where counting stops.
const (
	countedUpTo = 1000
	chartedUpTo = 10_000
)

func overview(f views.Frame) []Sample {
	const page = "Overview"
	busy := overviewPage(seenBy(f, olga, "overview", f.T("Overview")), busyWeeks, busyDays, 3, 12, 2, 5, 8, 1)
	capturing, welcome, proxied, calm := busy, busy, busy, overviewPage(busy.Frame, nothing(13), nothing(14), 0, 0, 0, 0, 0, 0)
	capturing.Capturing, proxied.Proxy = true, "10.20.0.4"
	trouble := busy
	trouble.Trouble = unreachable(f)
	welcome.Frame = saying(busy.Frame, f.T("Your password is set."))
	calm.Frame.Waiting = views.Waiting{Most: 100}
	return show(page, views.Overview, []state[views.OverviewPage]{
		{"overview", "a busy SuperAdmin", busy},
		{"overview-flash", "with a message", welcome},
		{"overview-capturing", "no mail server", capturing},
		{"overview-trouble", "the mail server cannot be reached", trouble},
		{"overview-proxy", "a proxy that is not trusted", proxied},
		{"overview-calm", "nothing to do", calm},
		{"overview-cap", "more than anybody counts", beyondCounting(f)},
		{"overview-first-steps", "first steps of a SuperAdmin", firstSteps(f)},
		{"overview-organization", "organization", ofOrganization(f, 1, 2, 0, 3, 4)},
		{"overview-organization-first-steps", "first steps of an organization", emptyOrganization(f)},
	})
}

var (
	busyWeeks = []int{8, 14, 9, 22, 31, 17, 12, 6, 9, 4, 0, 2, 1}
	busyDays  = []int{6, 3, 9, 0, 1, 12, 8, 7, 61, 118, 9, 4, 2, 11}
)

func nothing(bars int) []int { return make([]int, bars) }

func overviewPage(f views.Frame, weeks, days []int, counts ...int64) views.OverviewPage {
	return views.OverviewPage{
		Frame: f, Needs: needs(f, counts), Kinds: creatable(f),
		Expiring: views.ExpiringChart(f, bars(f, 0, 7, weeks), chartedUpTo),
		Failures: views.FailuresChart(f, bars(f, 1-len(days), 1, days), chartedUpTo),
	}
}

// needs are as many cards as there are counts: organizations see no mails.
func needs(f views.Frame, counts []int64) []views.Need {
	inState := func(state string) string { return views.Query(views.AccountsURL, nil, "state", state) }
	all := []views.Need{
		{Label: f.T("Blacklisted"), Hint: f.T("Refused after failed sign-ins"), URL: inState("blacklisted"), Urgent: true},
		{Label: f.T("Expired passwords"), Hint: f.T("Older than the policy allows"), URL: inState("expired"), Urgent: true},
		{Label: f.T("One-time passwords lapsed"), Hint: f.T("Never used; issue new ones"), URL: inState("one-time-lapsed"), Urgent: true},
		{Label: f.T("One-time passwords waiting"), Hint: f.T("Not used yet"), URL: inState("one-time")},
		{Label: f.T("Expire within 7 days"), Hint: f.T("Their owners get a reminder"), URL: views.Query(views.AccountsURL, nil, "expiring", "7")},
		{Label: f.T("Failed mails"), Hint: f.T("The mail server refused them"), URL: views.Query(views.MailURL, nil, "state", "failed"), Urgent: true},
	}[:len(counts)]
	for i, count := range counts {
		all[i].Count, all[i].Most = count, countedUpTo
	}
	return all
}

// bars begin that many days from today.
func bars(f views.Frame, first, step int, counts []int) (bars []views.Bar) {
	year, month, today := f.Now.In(f.Zone).Date()
	midnight := func(day int) time.Time { return time.Date(year, month, today+day, 0, 0, 0, 0, f.Zone) }
	for i, count := range counts {
		from := first + i*step
		bars = append(bars, views.Bar{From: midnight(from), To: midnight(from + step).Add(-time.Nanosecond), Count: count})
	}
	return bars
}

// beyondCounting is a large installation on a bad day.
func beyondCounting(f views.Frame) views.OverviewPage {
	weeks := []int{9_120, chartedUpTo, chartedUpTo, 8_044, 7_310, 6_905, 7_002, 9_871, 8_450, chartedUpTo, 6_120, 5_003, 4_410}
	days := []int{310, 290, 401, 350, 120, 98, 377, 410, 388, 2_050, chartedUpTo, chartedUpTo, 7_730, 1_204}
	page := overviewPage(seenBy(f, olga, "overview", f.T("Overview")), weeks, days, countedUpTo, countedUpTo, 412, 987, countedUpTo, countedUpTo)
	page.Waiting = views.Waiting{Accounts: 100, Mails: 100, Most: 100}
	return page
}

func firstSteps(f views.Frame) views.OverviewPage {
	page := overviewPage(seenBy(f, olga, "overview", f.T("Overview")), nothing(13), nothing(14), 0, 0, 0, 0, 0, 0)
	page.Frame = saying(page.Frame, f.T("Latchkey is set up, and you are signed in."))
	page.Waiting, page.Capturing, page.Empty = views.Waiting{Most: 100}, true, true
	return page
}

func ofOrganization(f views.Frame, counts ...int64) views.OverviewPage {
	weeks, days := []int{1, 0, 3, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0}, []int{0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 10, 1, 0, 0}
	page := overviewPage(seenBy(f, organization, "overview", f.T("Overview")), weeks, days, counts...)
	page.Kinds, page.Waiting = page.Kinds[:1], views.Waiting{Accounts: 1, Most: 100}
	return page
}

func emptyOrganization(f views.Frame) views.OverviewPage {
	page := overviewPage(seenBy(f, organization, "overview", f.T("Overview")), nothing(13), nothing(14), 0, 0, 0, 0, 0)
	page.Kinds, page.Waiting, page.Empty = page.Kinds[:1], views.Waiting{Most: 100}, true
	return page
}
