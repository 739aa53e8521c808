package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/dashboard"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// overview is the start page of operators. Customers are redirected to their own account.
func (s *App) overview(c echo.Context) error {
	who := page.Actor(c)
	if start := page.Home(who.Kind); start != views.HomeURL {
		return c.Redirect(http.StatusSeeOther, start)
	}
	counts, err := s.Accounts.Dashboard.Overview(c.Request().Context(), who, s.Zone)
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "overview", "Overview")
	if err != nil {
		return err
	}
	view := views.OverviewPage{
		Frame: frame, Needs: needs(frame, counts), Kinds: newOptions(frame, who), Empty: counts.Empty, Trouble: counts.MailTrouble,
		Expiring: ui.ExpiringChart(frame, chartBars(counts.Weeks), dashboard.MaxBar),
		Failures: ui.FailuresChart(frame, chartBars(counts.Failures), dashboard.MaxBar),
	}
	if who.MaySeeEverything() {
		view.Proxy = s.UntrustedProxy()
	}
	return page.Render(c, http.StatusOK, views.Overview(view))
}

func needs(frame ui.Frame, counts dashboard.Overview) []views.Need {
	need := func(count int64, label, hint i18n.Msg, url string, urgent bool) views.Need {
		return views.Need{
			Label: frame.T(label), Hint: frame.T(hint), URL: url, Count: count, Most: dashboard.MaxCount, Urgent: urgent,
		}
	}
	inState := func(state models.State) string { return views.Query(views.AccountsURL, nil, "state", string(state)) }
	list := []views.Need{
		need(counts.States[models.Blacklisted], "Blocked", "After failed sign-ins", inState(models.Blacklisted), true),
		need(counts.States[models.Expired], "Expired passwords", "Older than allowed", inState(models.Expired), true),
		need(counts.States[models.OneTimeLapsed], "Expired one-time passwords", "Never used; reset them", inState(models.OneTimeLapsed), true),
		need(counts.States[models.OneTimeWaiting], "Unused one-time passwords", "Still valid", inState(models.OneTimeWaiting), false),
		need(counts.Expiring, "Expire within 7 days", "Owners get a reminder", views.Query(views.AccountsURL, nil, "expiring", "7"), false),
	}
	if frame.May(views.MailURL) {
		list = append(list, need(counts.FailedMails, "Failed e-mails", "Refused by the mail server", views.Query(views.MailURL, nil, "state", string(models.MailFailed)), true))
	}
	return list
}

// chartBars returns the bars of a chart, each with its last day.
func chartBars(bars []dashboard.Bar) []ui.Bar {
	list := make([]ui.Bar, len(bars))
	for i, bar := range bars {
		list[i] = ui.Bar{From: bar.From, To: bar.To.Add(-time.Nanosecond), Count: bar.Count}
	}
	return list
}
