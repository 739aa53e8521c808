package handlers

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/dashboard"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/samples"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// devPages lists every page in every state.
func (s *App) devPages(c echo.Context) error {
	frame := s.devFrame(c, "Sample pages")
	view := views.DevListPage{
		Frame: frame, Others: devOthers(frame, views.DevPagesURL, ui.Option{Value: views.DevMailsURL, Label: "Sample mails"}),
		About: "Every page in every state, on an invented company. Their links and forms lead to the running program, which does not know that company.",
	}
	for _, sample := range samples.All() {
		view.Groups = group(view.Groups, sample.Page, ui.Option{Value: devLink(c, views.DevPageURL(sample.Slug)), Label: sample.State})
	}
	for _, sample := range s.unreachableSamples(c, frame) {
		view.Groups = group(view.Groups, sample.topic, ui.Option{Value: devLink(c, views.DevPageURL(sample.slug)), Label: sample.state})
	}
	return page.Render(c, http.StatusOK, views.DevList(view))
}

// devPage shows a sample, always with status 200.
func (s *App) devPage(c echo.Context) error {
	frame := s.devFrame(c, "")
	for _, sample := range samples.All() {
		if sample.Slug == c.Param("name") {
			view, err := s.samplePage(c.Request().Context(), sample, frame.Locale)
			if err != nil {
				return err
			}
			return c.HTMLBlob(http.StatusOK, view)
		}
	}
	for _, sample := range s.unreachableSamples(c, frame) {
		if sample.slug == c.Param("name") {
			return page.Render(c, http.StatusOK, sample.content)
		}
	}
	return echo.ErrNotFound
}

// unreachableSample renders a page in a state that cannot be reached with a few requests.
type unreachableSample struct {
	slug, topic, state string
	content            templ.Component
}

func (s *App) unreachableSamples(c echo.Context, frame ui.Frame) (all []unreachableSample) {
	operator := frame
	operator.Reader = &words.Reader{ID: models.DefaultOrganizationID, Name: "olga.hollenbeck", Kind: models.SuperAdmin}
	operator = s.ForReader(operator)
	for _, status := range slices.Sorted(maps.Keys(page.ErrorTexts)) {
		var failed error
		if status == http.StatusUnprocessableEntity { // which always has a reason
			failed = core.ErrDefaultOrganization
		}
		for _, as := range []struct {
			frame         ui.Frame
			suffix, state string
		}{{frame, "", "guest"}, {operator, "-signed-in", "SuperAdmin"}} {
			view := page.ErrorPage(as.frame, status, failed)
			view.RequestID = models.DefaultOrganizationID
			code := strconv.Itoa(status)
			all = append(all, unreachableSample{"error-" + code + as.suffix, "Errors", code + ", " + as.state, views.Error(view)})
		}
	}
	meanwhile := views.PasswordPage{Frame: operator, Current: true, Name: operator.Reader.Name, Policy: words.NewPolicy(frame.Words, s.Rules(c).Policies.Account)}
	meanwhile.Title = frame.T("Password")
	_ = page.SetProblems(&meanwhile.Frame, core.ErrChangeDemanded) // which is about the form
	all = append(all, unreachableSample{"password-meanwhile", "New password, by choice", "refused, overtaken by an operator", views.Password(meanwhile)})
	return append(all, unreachableSample{"overview-cap", "Overview", "more than is counted", views.Overview(cappedOverview(operator))})
}

// cappedOverview is a large installation on a bad day.
func cappedOverview(frame ui.Frame) views.OverviewPage {
	frame.Title, frame.Section = frame.T("Overview"), "overview"
	page.SetCounters(&frame, dashboard.Counters{Accounts: dashboard.MaxCounter, Mails: dashboard.MaxCounter})
	counts := dashboard.Overview{Expiring: dashboard.MaxCount, FailedMails: dashboard.MaxCount, States: map[models.State]int64{
		models.Blacklisted: dashboard.MaxCount, models.Expired: dashboard.MaxCount, models.OneTimeLapsed: 412, models.OneTimeWaiting: 987,
	}}
	bars := func(first, step, number int) (bars []ui.Bar) {
		for i := range number {
			from := frame.Now.AddDate(0, 0, first+i*step)
			bars = append(bars, ui.Bar{From: from, To: from.AddDate(0, 0, step-1), Count: min(dashboard.MaxBar, 4000+i*i*120)})
		}
		return bars
	}
	return views.OverviewPage{
		Frame: frame, Needs: needs(frame, counts), Kinds: newOptions(frame, core.Actor{Kind: models.SuperAdmin}),
		Expiring: ui.ExpiringChart(frame, bars(0, 7, 13), dashboard.MaxBar), Failures: ui.FailuresChart(frame, bars(-13, 1, 14), dashboard.MaxBar),
	}
}

// devFrame returns a frame in the language of the query, or else of the browser.
func (s *App) devFrame(c echo.Context, title string) ui.Frame {
	frame := s.PlainFrame(c, "")
	frame.Words = s.Words.For(c.QueryParam("lang"), c.Request().Header.Get("Accept-Language"))
	frame.Title = title
	return frame
}

// devLink keeps the language that the query asks for.
func devLink(c echo.Context, path string) string {
	return views.Query(path, nil, "lang", c.QueryParam("lang"))
}

// devOthers returns links to the other list, and to this one in each language.
func devOthers(frame ui.Frame, path string, other ui.Option) []ui.Option {
	others := []ui.Option{other}
	for _, locale := range i18n.Locales {
		others = append(others, ui.Option{Value: views.Query(path, nil, "lang", locale), Label: frame.T("locale." + i18n.Msg(locale))})
	}
	return others
}

// group adds a sample to the group of the same name.
func group(groups []views.DevGroup, name string, sample ui.Option) []views.DevGroup {
	if n := len(groups); n > 0 && groups[n-1].Name == name {
		groups[n-1].Samples = append(groups[n-1].Samples, sample)
		return groups
	}
	return append(groups, views.DevGroup{Name: name, Samples: []ui.Option{sample}})
}
