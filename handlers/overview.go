package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/dashboard"
	"latchkey/accounts/policy"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// overview is the start page of operators. Customers are redirected to their own account.
func (s *App) overview(c echo.Context) error {
	who := page.Actor(c)
	if start := page.Home(who.Kind); start != views.HomeURL {
		return c.Redirect(http.StatusSeeOther, start)
	}
	ctx := c.Request().Context()
	counted := core.Start(ctx, func(ctx context.Context) (dashboard.Overview, error) {
		return s.Accounts.Dashboard.Overview(ctx, who, s.Zone)
	})
	armed, err := s.Accounts.Emergency.Armed(ctx, who, mostArmed+1)
	if err != nil {
		return err
	}
	var unusable int64
	if who.MaySeeEverything() {
		if unusable, err = s.Accounts.Factors.CountUnusable(ctx); err != nil {
			return err
		}
	}
	counts, err := counted()
	if err != nil {
		return err
	}
	s.KeepCounts(c, counts.Counts)
	frame, err := s.Frame(c, "overview", "Overview")
	if err != nil {
		return err
	}
	rules := s.Rules(c)
	view := views.OverviewPage{
		Frame: frame, Figures: figures(frame, counts), Waiting: waiting(frame, rules, counts, armed), Kinds: newOptions(frame, who),
		Steps: s.firstSteps(frame, rules, counts), Started: !counts.Empty(),
		Connected: counts.Setup.MailServer && !frame.Capturing && counts.MailTrouble.Since.IsZero(), Trouble: counts.MailTrouble,
		Expiring: ui.ExpiringChart(frame, weekBars(rules.Cutoffs().Now, counts.Weeks)),
		Failures: ui.FailuresChart(frame, dayBars(counts.Failures)),
	}
	if who.MaySeeEverything() {
		view.Proxy, view.Without = s.UntrustedProxy(), withoutFactor(frame, counts, unusable)
		view.HideURL = views.HideFirstStepsURL
		if s.FirstStepsHidden(c) {
			view.Steps = nil
		}
	}
	return page.Render(c, http.StatusOK, views.Overview(view))
}

// hideFirstSteps is for SuperAdmins who do not want to do all of them.
func (s *App) hideFirstSteps(c echo.Context) error {
	s.HideFirstSteps(c)
	return c.Redirect(http.StatusSeeOther, views.HomeURL)
}

// inState is the list of the accounts in a state.
func inState(state models.State) string {
	return views.Query(views.AccountsURL, nil, "state", string(state))
}

var failedMailsURL = views.Query(views.MailURL, nil, "state", string(models.MailFailed))

func figures(frame ui.Frame, counts dashboard.Overview) []views.Figure {
	figure := func(count int, label i18n.Msg, url, tone string) views.Figure {
		return views.Figure{Label: frame.T(label), URL: url, Count: int64(count), Tone: tone}
	}
	of := func(state models.State, tone string) views.Figure {
		return figure(counts.Of(state, "", false), "state."+i18n.Msg(state), inState(state), tone)
	}
	list := []views.Figure{
		of(models.Blacklisted, "is-bad"), of(models.OneTimeLapsed, "is-bad"), of(models.Expired, "is-warn"),
		figure(counts.Expiring, "Expire within 7 days", views.Query(views.AccountsURL, nil, "expiring", "7"), "is-warn"),
		figure(counts.Of(models.OneTimeWaiting, "", false), "One-time, unused", inState(models.OneTimeWaiting), "is-off"),
	}
	if frame.May(views.MailURL) {
		list = append(list, views.Figure{
			Label: frame.T("Failed e-mails"), URL: failedMailsURL, Count: counts.FailedMails, Tone: "is-bad",
		})
	}
	return list
}

// withoutFactor counts the accounts that have no second factor, or none that can be used at this host; nil = all have one.
func withoutFactor(frame ui.Frame, counts dashboard.Overview, unusable int64) (facts []words.Fact) {
	without := counts.WithoutFactor()
	for _, kind := range []models.Kind{models.SuperAdmin, models.Organization, models.Customer} {
		if n := without[kind]; n > 0 {
			facts = append(facts, words.Fact{
				Label: frame.T("kind." + i18n.Msg(kind)), Text: frame.Number(int64(n)),
				URL: views.Query(views.AccountsURL, nil, "kind", string(kind), "factor", string(models.NoFactor)),
			})
		}
	}
	if unusable > 0 {
		facts = append(facts, words.Fact{
			Label: frame.T("Passkeys of a former host only"), Text: frame.Number(unusable),
			URL: views.Query(views.AccountsURL, nil, "factor", string(models.PasskeyFactor)),
		})
	}
	return facts
}

// mostArmed is how many lines about emergency access the overview has. There is no list of them, and each is urgent.
const mostArmed = 20

// waiting lists what an operator can resolve at once, with the act.
func waiting(frame ui.Frame, rules *policy.Rules, counts dashboard.Overview, armed []models.ArmedCode) []views.WaitingList {
	emergency := views.WaitingList{Title: frame.T("Emergency access"), Count: int64(len(armed)), Most: mostArmed, Act: frame.T("Stop"), Posts: true}
	for _, code := range armed[:min(len(armed), mostArmed)] {
		line := waitingAccount(code.Account, words.EmergencyOf(frame.Printer, code.EmergencyCode))
		line.ActURL = views.StopEmergencyOfURL(code.AccountID, code.ID)
		emergency.Lines = append(emergency.Lines, line)
	}
	blocked := views.WaitingList{
		Title: frame.T("state.blacklisted"), URL: inState(models.Blacklisted), Count: int64(counts.Of(models.Blacklisted, "", false)), Act: frame.T("Unblock"), Posts: true,
	}
	for _, account := range counts.Waiting.Blocked {
		line := waitingAccount(account, words.Block(frame.Printer, account))
		line.ActURL = views.AccountActURL(account.ID, "unblock")
		blocked.Lines = append(blocked.Lines, line)
	}
	lapsed := views.WaitingList{
		Title: frame.T("state.one-time-lapsed"), URL: inState(models.OneTimeLapsed), Count: int64(counts.Of(models.OneTimeLapsed, "", false)), Act: frame.T("Reset password"),
	}
	for _, account := range counts.Waiting.Lapsed {
		at, _ := rules.LapsesAt(account)
		line := waitingAccount(account, words.Lapse(frame.Printer, at))
		line.ActURL = views.ResetPasswordURL(account.ID)
		lapsed.Lines = append(lapsed.Lines, line)
	}
	mails := views.WaitingList{Title: frame.T("Failed e-mails"), URL: failedMailsURL, Count: counts.FailedMails, Act: frame.T("Send again"), Posts: true}
	for _, mail := range counts.Waiting.Failed {
		line := views.Waiting{Title: words.FailedMail(frame.Printer, mail), Detail: mail.LastAnswer, Lang: ui.LogLang, URL: views.MailItemURL(mail.ID)}
		if !frame.Capturing {
			line.ActURL = views.RetryMailURL(mail.ID)
		}
		mails.Lines = append(mails.Lines, line)
	}
	return []views.WaitingList{emergency, blocked, lapsed, mails}
}

func waitingAccount(account models.Account, detail string) views.Waiting {
	line := views.Waiting{
		Person: views.PersonOf(account), Detail: detail, URL: views.AccountURL(account.ID),
	}
	if line.Title = words.Isolate(line.Person.Name); account.DisplayName != "" {
		line.Login = account.Name
	}
	return line
}

// firstSteps is the checklist after set-up. Organizations see it until they have a customer, SuperAdmins until all is done.
func (s *App) firstSteps(frame ui.Frame, rules *policy.Rules, counts dashboard.Overview) []views.Step {
	customer := views.Step{
		Title: frame.T("Create a customer"), URL: views.NewAccountURL(models.Customer), Done: !counts.Empty(),
		Hint: frame.T("Generate a one-time password, copy it and hand it over."),
	}
	if !frame.Reader.IsSuperAdmin() {
		if counts.Empty() {
			return []views.Step{customer}
		}
		return nil
	}
	steps := []views.Step{
		{Title: frame.T("Create an organization"), URL: views.NewAccountURL(models.Organization), Done: counts.Setup.Organization,
			Hint: frame.T("It manages its own customers. Customers without one belong to Default.")},
		customer, s.mailStep(frame, counts),
		{Title: frame.T("Serve over HTTPS"), Done: s.BaseURL.Scheme == "https",
			Hint: frame.T("Set LATCHKEY_BASE_URL to an https address.")},
		{Title: frame.T("Choose the time zone"), Done: s.Zone != time.UTC,
			Hint: frame.T("Times are shown in UTC. Set LATCHKEY_TIME_ZONE to another one, such as Europe/Berlin.")},
		{Title: frame.T("Choose the password policy"), URL: views.PolicyURL, Done: rules.Policies.Source != "",
			Hint: frame.T("The built-in one applies. Preview another, such as the one of NIST.")},
	}
	if !slices.ContainsFunc(steps, func(step views.Step) bool { return !step.Done }) {
		return nil
	}
	return steps
}

func (s *App) mailStep(frame ui.Frame, counts dashboard.Overview) views.Step {
	step := views.Step{Title: frame.T("Connect the mail server"), Done: counts.Setup.MailServer && !frame.Capturing}
	if frame.Capturing {
		step.Hint = frame.T("Set LATCHKEY_SMTP, and start Latchkey again.")
		return step
	}
	step.URL, step.Act = views.MailTemplatesURL, frame.T("Send test e-mail")
	return step
}

// weekBars lead to the accounts whose passwords expire in a week: the list of those that expire by its end, from its beginning on.
func weekBars(now time.Time, weeks []dashboard.Bar) []ui.Bar {
	list := chartBars(weeks)
	for i, week := range weeks {
		days := int((week.To.Sub(now) + 24*time.Hour - 1) / (24 * time.Hour))
		place := ""
		if i > 0 {
			place = page.WriteCursor(models.AccountCursor{At: week.From, ID: models.FirstID(time.UnixMilli(0))})
		}
		list[i].URL = views.Query(views.AccountsURL, nil, "expiring", strconv.Itoa(days), "after", place)
	}
	return list
}

// dayBars lead to the failed sign-ins of a day: the audit log from its end on.
func dayBars(days []dashboard.Bar) []ui.Bar {
	list := chartBars(days)
	for i, day := range days {
		list[i].URL = views.Query(views.AuditURL, nil, "action", core.ActionSignInFailed, "after", models.FirstID(day.To))
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
