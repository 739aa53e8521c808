package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

func (s *App) listMailTemplates(c echo.Context) error {
	frame, err := s.Frame(c, "mail", "Mail templates")
	if err != nil {
		return err
	}
	view := views.MailTemplatesPage{Frame: frame}
	for _, name := range models.MailTemplates() {
		view.Templates = append(view.Templates, s.mailTemplate(frame, name))
	}
	return page.Render(c, http.StatusOK, views.MailTemplates(view))
}

// mailTemplate lists the files of a mail in each language.
func (s *App) mailTemplate(frame ui.Frame, name string) views.MailTemplate {
	template := views.MailTemplate{Name: name}
	for _, locale := range i18n.Locales {
		template.Languages = append(template.Languages, views.MailLanguage{
			Label: frame.T("locale." + i18n.Msg(locale)), URL: views.Query(views.MailTemplateURL(name), nil, "locale", locale),
			Files: s.Mails.Files(locale, name),
		})
	}
	return template
}

// The parts of a mail that can be shown alone.
const (
	partHTML = "html"
	partText = "text"
)

// showMailTemplate shows a mail with sample data, or one of its parts.
func (s *App) showMailTemplate(c echo.Context) error {
	chosen, err := s.chooseSample(c, c.QueryParams())
	if err != nil {
		return err
	}
	part := c.QueryParam("part")
	switch {
	case chosen.known && part == partHTML:
		return mailHTML(c, chosen.HTML)
	case chosen.known && part == partText:
		return c.String(http.StatusOK, chosen.Text)
	}
	chosen.known = chosen.known && part == ""
	return s.mailTemplatePage(c, chosen, nil)
}

// chosenSample is the requested sample and all samples of its template.
type chosenSample struct {
	SampleMail
	all   []SampleMail
	known bool // false: there is no such sample, and this is the default
}

// chooseSample finds the sample with the language and state in values. The defaults are the reader's language and the first state.
func (s *App) chooseSample(c echo.Context, values url.Values) (chosen chosenSample, err error) {
	template, locale := c.Param("name"), values.Get("locale")
	if !slices.Contains(models.MailTemplates(), template) {
		return chosen, echo.ErrNotFound
	}
	chosen.known = locale == "" || slices.Contains(i18n.Locales, locale)
	if locale == "" || !chosen.known {
		locale = s.WordsFor(c).Locale
	}
	if chosen.all, err = s.templateSamples(template, locale); err == nil {
		err = chosen.choose(values.Get("state"))
	}
	return chosen, err
}

// choose selects the state with the number, or the first one.
func (s *chosenSample) choose(state string) error {
	if len(s.all) == 0 {
		return echo.ErrNotFound
	}
	number, err := strconv.Atoi(cmp.Or(state, "1"))
	if err != nil || number < 1 || number > len(s.all) {
		number, s.known = 1, false
	}
	s.SampleMail = s.all[number-1]
	return nil
}

const unknownSample = "This language, state or part does not exist. Showing the default."

func (s *App) mailTemplatePage(c echo.Context, chosen chosenSample, failed error) error {
	frame, err := s.Frame(c, "mail", "Mail templates")
	if err != nil {
		return err
	}
	if err := page.SetProblems(&frame, failed); err != nil {
		return err
	}
	view := s.previewPage(frame, chosen)
	view.To = page.Visitor(c).Account.Email
	status := page.SetQueryProblem(&view.Frame, !chosen.known && failed == nil, unknownSample)
	if failed != nil {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(c, status, views.MailTemplatePreview(view))
}

func (s *App) previewPage(frame ui.Frame, chosen chosenSample) views.MailTemplatePage {
	frame.Title = frame.T("template." + i18n.Msg(chosen.Template))
	view := views.MailTemplatePage{
		Frame: frame, Name: chosen.Template, State: strconv.Itoa(chosen.number), Headers: chosen.Headers,
		Files: s.Mails.Files(chosen.locale, chosen.Template), Mail: renderedMail(chosen.SampleMail, ""),
	}
	view.Mail.HTML, view.PlainText = view.PartURL(partHTML), view.PartURL(partText)
	for _, locale := range i18n.Locales {
		view.Locales = append(view.Locales, ui.Option{Value: locale, Label: frame.T("locale." + i18n.Msg(locale))})
	}
	for _, sample := range chosen.all {
		view.States = append(view.States, ui.Option{Value: strconv.Itoa(sample.number), Label: sample.label(frame.Words)})
	}
	return view
}

// renderedMail returns a sample for a page; html is the address of its HTML part.
func renderedMail(sample SampleMail, html string) views.WrittenMail {
	return views.WrittenMail{Locale: sample.locale, Subject: sample.Subject, Text: sample.Text, HTML: html}
}

// errUnknownSample refuses a form that names an unknown sample.
const errUnknownSample core.Code = "mail.unknown_sample"

// testMail sends a mail with sample data to the actor.
func (s *App) testMail(c echo.Context) error {
	chosen, err := s.chooseSample(c, c.Request().PostForm)
	if err != nil {
		return err
	}
	if !chosen.known {
		return s.mailTemplatePage(c, chosen, errUnknownSample)
	}
	sent, err := s.Accounts.Mail.SendTestMessage(c.Request().Context(), page.Actor(c), notify.TestMessage{
		Template: chosen.Template, Locale: chosen.locale, Data: chosen.Data, Submission: page.Field(c, "submission"),
	})
	if err != nil {
		return s.mailTemplatePage(c, chosen, err)
	}
	return s.Done(c, views.MailItemURL(sent.MailID), s.testMessageSent(c, sent))
}

func (s *App) testMessageSent(c echo.Context, sent notify.SentTestMessage) string {
	words := s.WordsFor(c)
	switch {
	case sent.Again:
		return words.T("This form was already sent. This is its mail; there is no second one.")
	case s.Capturing:
		return words.T("The test mail is captured and not sent: there is no SMTP server.")
	default:
		return words.T("The test mail is on its way to you.")
	}
}
