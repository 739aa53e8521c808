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

// Mails gives pages access to the mail templates in use, including the operator's own.
type Mails struct {
	// Samples renders all mails in every state in a language, grouped by template.
	Samples func(locale string) ([]SampleMail, error)
	// Branded renders them with the brand of [samples.Brand], for the development pages.
	Branded func(locale string) ([]SampleMail, error)
	// Files returns the template files of a mail in a language.
	Files func(locale, template string) []views.TemplateFile
}

// SampleMail is a mail with sample data. Each sample of a template has a different text.
type SampleMail struct {
	Template, State     string // in words: "template." and "sample."
	Data                models.MailData
	Subject, Text, HTML string
	Headers             []views.Header // without the recipient

	locale  string
	number  int // among those of its template and language, from 1 on
	branded bool
}

// slug returns the name of the sample's golden file: en-aom-accountBlacklisted-2.
func (s SampleMail) slug() string {
	slug := s.locale + "-" + s.Template + "-" + strconv.Itoa(s.number)
	if s.branded {
		return "brand-" + slug
	}
	return slug
}

// label returns the state in words.
func (s SampleMail) label(words i18n.Words) string {
	state := words.T("sample." + i18n.Msg(s.State))
	if s.Data.Technical {
		return words.T("{{.State}}, technical account", "State", state)
	}
	return state
}

// mailSamples returns all mails in a language.
func (s *App) mailSamples(locale string) ([]SampleMail, error) {
	all, err := s.Mails.Samples(locale)
	count := map[string]int{}
	for i, sample := range all {
		count[sample.Template]++
		all[i].locale, all[i].number = locale, count[sample.Template]
	}
	return all, err
}

func (s *App) listMailTemplates(c echo.Context) error {
	frame, err := s.Frame(c, "mail", "Mail templates")
	if err != nil {
		return err
	}
	view := views.MailTemplatesPage{Frame: frame}
	for _, name := range models.MailTemplates() {
		template := views.MailTemplate{Name: name}
		for _, locale := range i18n.Locales {
			template.Languages = append(template.Languages, views.MailLanguage{
				Label: frame.T("locale." + i18n.Msg(locale)), URL: views.Query(views.MailTemplateURL(name), nil, "locale", locale),
				Files: s.Mails.Files(locale, name),
			})
		}
		view.Templates = append(view.Templates, template)
	}
	return page.Render(c, http.StatusOK, views.MailTemplates(view))
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
	samples, err := s.mailSamples(locale)
	if err != nil {
		return chosen, err
	}
	chosen.all = slices.DeleteFunc(samples, func(sample SampleMail) bool { return sample.Template != template })
	if len(chosen.all) == 0 {
		return chosen, echo.ErrNotFound
	}
	number, err := strconv.Atoi(cmp.Or(values.Get("state"), "1"))
	if err != nil || number < 1 || number > len(chosen.all) {
		number, chosen.known = 1, false
	}
	chosen.SampleMail = chosen.all[number-1]
	return chosen, nil
}

const unknownSample = "This language, state or part does not exist. Showing the default."

func (s *App) mailTemplatePage(c echo.Context, chosen chosenSample, failed error) error {
	frame, status, err := s.FormFrame(c, "mail", "", failed)
	if err != nil {
		return err
	}
	if failed == nil {
		status = page.SetQueryProblem(&frame, !chosen.known, unknownSample)
	}
	frame.Title = frame.T("template." + i18n.Msg(chosen.Template))
	view := views.MailTemplatePage{
		Frame: frame, Name: chosen.Template, State: strconv.Itoa(chosen.number), Headers: chosen.Headers, To: page.Visitor(c).Account.Email,
		Files: s.Mails.Files(chosen.locale, chosen.Template), Mail: renderedMail(chosen.SampleMail, ""),
		Locales: choices(frame, "", i18n.Locales, func(locale string) i18n.Msg { return "locale." + i18n.Msg(locale) }),
	}
	view.Mail.HTML, view.PlainText = view.PartURL(partHTML), view.PartURL(partText)
	for _, sample := range chosen.all {
		view.States = append(view.States, ui.Option{Value: strconv.Itoa(sample.number), Label: sample.label(frame.Words)})
	}
	return page.Render(c, status, views.MailTemplatePreview(view))
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
	words := s.WordsFor(c)
	message := words.T("The test e-mail is on its way to you.")
	switch {
	case sent.Again:
		message = words.T("This form was already sent. This is its e-mail; there is no second one.")
	case s.Capturing:
		message = words.T("The test e-mail is captured and not sent: there is no mail server.")
	}
	return s.Done(c, views.MailItemURL(sent.MailID), message)
}
