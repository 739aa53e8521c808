package handlers

import (
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/i18n"
	"latchkey/views"
	"latchkey/views/samples"
)

// devPages lists every page in every state.
func (s *Server) devPages(c echo.Context) error {
	frame := s.devFrame(c, "Sample pages")
	all, err := s.samples(frame)
	if err != nil {
		return err
	}
	page := views.DevListPage{
		Frame: frame, Others: devOthers(frame, views.DevPagesURL, views.Option{Value: views.DevMailsURL, Label: "Sample mails"}),
		About: "Every page in every state, from invented data. Links and forms in them lead to the real program, which knows nobody of these.",
	}
	for _, sample := range all {
		page.Groups = group(page.Groups, sample.Page, views.Option{Value: devLink(c, views.DevPageURL(sample.Slug)), Label: sample.State})
	}
	return render(c, http.StatusOK, views.DevList(page))
}

// devPage shows one of them. Errors too are shown with 200: this is not one.
func (s *Server) devPage(c echo.Context) error {
	all, err := s.samples(s.devFrame(c, ""))
	if err != nil {
		return err
	}
	for _, sample := range all {
		if sample.Slug == c.Param("name") {
			return render(c, http.StatusOK, sample.Content)
		}
	}
	return echo.ErrNotFound
}

func (s *Server) samples(frame views.Frame) ([]samples.Sample, error) {
	mails, err := s.samplesIn(frame.Locale)
	if err != nil {
		return nil, err
	}
	given := samples.Given{Errors: devErrors(frame), Mails: map[string]views.WrittenMail{}}
	for _, mail := range slices.Backward(mails) { // so that the first of each stays, which is the usual one
		given.Mails[mail.Template] = writtenOut(mail, views.DevMailHTMLURL(mail.slug()))
	}
	return samples.All(frame, given), nil
}

// devErrors are the pages of all errors.
func devErrors(frame views.Frame) (pages []views.ErrorPage) {
	for _, status := range slices.Sorted(maps.Keys(errorPages)) {
		var failed error
		if status == http.StatusUnprocessableEntity { // which always says why
			failed = accounts.ErrDefaultOrganization
		}
		pages = append(pages, errorPage(frame, status, failed))
	}
	return pages
}

// devFrame is a frame in the language of the browser, or of the query.
func (s *Server) devFrame(c echo.Context, title string) views.Frame {
	frame := s.plainFrame(c, "")
	frame.Words = s.Words.For(c.QueryParam("lang"), c.Request().Header.Get("Accept-Language"))
	frame.Title = title
	return frame
}

// devLink keeps the language that the query asks for.
func devLink(c echo.Context, path string) string {
	return views.Query(path, nil, "lang", c.QueryParam("lang"))
}

// devOthers lead from a list to another one, and to itself in each language.
func devOthers(frame views.Frame, path string, other views.Option) []views.Option {
	others := []views.Option{other}
	for _, locale := range i18n.Locales {
		others = append(others, views.Option{Value: views.Query(path, nil, "lang", locale), Label: frame.T("locale." + locale)})
	}
	return others
}

// group puts a sample to those of the same name, which follow each other.
func group(groups []views.DevGroup, name string, sample views.Option) []views.DevGroup {
	if n := len(groups); n > 0 && groups[n-1].Name == name {
		groups[n-1].Samples = append(groups[n-1].Samples, sample)
		return groups
	}
	return append(groups, views.DevGroup{Name: name, Samples: []views.Option{sample}})
}
