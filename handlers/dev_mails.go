package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/views"
	"latchkey/views/ui"
)

// devMails lists every mail in every language and state.
func (s *App) devMails(c echo.Context) error {
	frame := s.devFrame(c, "Sample mails")
	all, err := s.allMailSamples()
	if err != nil {
		return err
	}
	view := views.DevListPage{
		Frame: frame, Others: devOthers(frame, views.DevMailsURL, ui.Option{Value: views.DevPagesURL, Label: "Sample pages"}),
		About: "Every mail in every language and state, written with the templates in use.",
	}
	for _, mail := range all {
		link := ui.Option{Value: devLink(c, views.DevMailURL(mail.slug())), Label: mail.label(s.english())}
		view.Groups = group(view.Groups, mail.Template+" · "+mail.locale, link)
	}
	return page.Render(c, http.StatusOK, views.DevList(view))
}

// english returns the language of the development pages.
func (s *App) english() i18n.Words { return s.Words.For(i18n.Locales[0], "") }

func (s *App) devMail(c echo.Context) error {
	mail, err := s.findMailSample(c.Param("name"))
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, views.DevMail(views.DevMailPage{
		Frame: s.devFrame(c, mail.Template), State: mail.label(s.english()), Mail: renderedMail(mail, views.DevMailHTMLURL(mail.slug())),
		Back: ui.Option{Value: devLink(c, views.DevMailsURL), Label: "Sample mails"},
	}))
}

func (s *App) devMailHTML(c echo.Context) error {
	mail, err := s.findMailSample(c.Param("name"))
	if err != nil {
		return err
	}
	return mailHTML(c, mail.HTML)
}

func (s *App) findMailSample(slug string) (SampleMail, error) {
	all, err := s.allMailSamples()
	if err != nil {
		return SampleMail{}, err
	}
	i := slices.IndexFunc(all, func(mail SampleMail) bool { return mail.slug() == slug })
	if i < 0 {
		return SampleMail{}, echo.ErrNotFound
	}
	return all[i], nil
}

// allMailSamples returns all mails in all languages.
func (s *App) allMailSamples() (all []SampleMail, err error) {
	for _, locale := range i18n.Locales {
		mails, err := s.mailSamples(locale)
		if err != nil {
			return nil, err
		}
		all = append(all, mails...)
	}
	return all, nil
}
