package handlers

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

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
		About: "Every page in every state, on the data of the demo. Their links and forms lead to the running program, which has other data.",
	}
	for _, sample := range s.devSamples(c, frame) {
		view.Groups = group(view.Groups, sample.topic, ui.Option{Value: devLink(c, views.DevPageURL(sample.slug)), Label: sample.state})
	}
	return page.Render(c, http.StatusOK, views.DevList(view))
}

// devPage shows a sample, always with status 200. The first one plays the demo, which on a busy machine takes longer than an answer may.
func (s *App) devPage(c echo.Context) error {
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{})
	for _, sample := range s.devSamples(c, s.devFrame(c, "")) {
		if sample.slug == c.Param("name") {
			return page.Render(c, http.StatusOK, sample.content)
		}
	}
	return echo.ErrNotFound
}

// devSample is a page in a state.
type devSample struct {
	slug, topic, state string
	content            templ.Component
}

// devSamples returns all samples. The last ones are of states that cannot be reached with a few requests.
func (s *App) devSamples(c echo.Context, frame ui.Frame) (all []devSample) {
	for _, sample := range samples.All() {
		all = append(all, devSample{sample.Slug, sample.Page, sample.State, s.samplePage(sample, frame.Locale)})
	}
	operator := frame
	operator.Reader = &words.Reader{ID: models.DefaultOrganizationID, Name: "olga", Kind: models.SuperAdmin}
	operator = s.ForReader(operator)
	organization := frame
	organization.Reader = &words.Reader{ID: models.DefaultOrganizationID, Name: "nordkai", Kind: models.Organization}
	organization = s.ForReader(organization)
	for _, status := range slices.Sorted(maps.Keys(page.ErrorTexts)) {
		var failed error
		switch status { // which always have a reason
		case http.StatusUnprocessableEntity:
			failed = core.ErrDefaultOrganization
		case http.StatusTooManyRequests:
			failed = core.TooManyError{RetryAfter: 40 * time.Second}
		}
		code := strconv.Itoa(status)
		about := page.Failure{RequestID: models.DefaultOrganizationID, Retry: views.SignInURL, Help: samples.Help}
		guest, signedIn := page.ErrorPage(frame, status, failed, about), page.ErrorPage(operator, status, failed, about)
		all = append(all,
			devSample{"error-" + code, "Errors", code + ", guest", views.Error(guest)},
			devSample{"error-" + code + "-signed-in", "Errors", code + ", SuperAdmin", views.Error(signedIn)})
	}
	forbidden := page.ErrorPage(organization, http.StatusForbidden, core.ErrForbidden, page.Failure{RequestID: models.DefaultOrganizationID, Help: samples.Help})
	all = append(all, devSample{"error-403-organization", "Errors", "403, organization", views.Error(forbidden)})
	link := page.ErrorPage(frame, http.StatusNotFound, core.ErrLink, page.Failure{RequestID: models.DefaultOrganizationID})
	all = append(all, devSample{"error-404-link", "Errors", "404, a link", views.Error(link)})
	again := page.ErrorPage(operator, http.StatusServiceUnavailable, nil, page.Failure{RequestID: models.DefaultOrganizationID, Retry: views.AccountsURL})
	again.Again = views.Again{URL: views.AccountsURL, Fields: []views.Hidden{{Name: "name", Value: "eva.schneider"}}}
	again.Ways = again.Ways[1:]
	all = append(all, devSample{"error-503-form", "Errors", "503, a form", views.Error(again)})
	meanwhile := views.PasswordPage{Frame: operator, Current: true, Name: operator.Reader.Name, Policy: words.NewPolicy(frame.Words, s.Rules(c).Policies.Account)}
	meanwhile.Title = frame.T("Password")
	_ = page.SetProblems(&meanwhile.Frame, core.ErrChangeDemanded) // which is about the form
	return append(all,
		devSample{"password-meanwhile", "New password, by choice", "refused, overtaken by an operator", views.Password(meanwhile)},
		devSample{"overview-large", "Overview", "a large installation", views.Overview(largeOverview(operator))})
}

// largeOverview returns a large installation on a bad day.
func largeOverview(frame ui.Frame) views.OverviewPage {
	frame.Title, frame.Section = frame.T("Overview"), "overview"
	counts := dashboard.Overview{Counts: dashboard.Counts{Counts: models.CountsOf(
		map[models.State]int{models.Blacklisted: 1178, models.Expired: 123_456, models.OneTimeLapsed: 412, models.OneTimeWaiting: 987}, models.Customer,
	)}}
	counts.Expiring, counts.FailedMails = 88_412, 12_345
	page.ShowCounts(&frame, func() (dashboard.Counts, error) { return counts.Counts, nil })
	bars := []ui.Bar{{From: frame.Now, To: frame.Now, Count: 4000}, {From: frame.Now, To: frame.Now, Count: 123_456}}
	return views.OverviewPage{
		Frame: frame, Figures: figures(frame, counts), Started: true, Kinds: newOptions(frame, core.Actor{Kind: models.SuperAdmin}),
		Expiring: ui.ExpiringChart(frame, bars), Failures: ui.FailuresChart(frame, bars),
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
