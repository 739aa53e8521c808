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
	all, err := s.mails()
	if err != nil {
		return err
	}
	view := views.DevListPage{
		Frame: frame, Others: devOthers(frame, views.DevMailsURL, ui.Option{Value: views.DevPagesURL, Label: "Sample pages"}),
		About: "Every mail in every language and state, written with the templates in use.",
	}
	for _, mail := range all {
		link, name := ui.Option{Value: devLink(c, views.DevMailURL(mail.slug())), Label: mail.label(s.english())}, mail.Template+" · "+mail.locale
		if mail.branded {
			name, link.Label = "Brand · "+mail.locale, mail.Template
		}
		view.Groups = group(view.Groups, name, link)
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
	all, err := s.mails()
	if err != nil {
		return SampleMail{}, err
	}
	i := slices.IndexFunc(all, func(mail SampleMail) bool { return mail.slug() == slug })
	if i < 0 {
		return SampleMail{}, echo.ErrNotFound
	}
	return all[i], nil
}

// allMailSamples returns all mails in all languages, and the first of each template with a brand.
func (s *App) allMailSamples() (all []SampleMail, err error) {
	for _, locale := range i18n.Locales {
		mails, err := s.mailSamples(locale)
		if err != nil {
			return nil, err
		}
		all = append(all, mails...)
	}
	for _, locale := range i18n.Locales {
		mails, err := s.Mails.Branded(locale)
		if err != nil {
			return nil, err
		}
		for i, mail := range mails {
			if i == 0 || mail.Template != mails[i-1].Template {
				mail.locale, mail.number, mail.branded = locale, 1, true
				all = append(all, mail)
			}
		}
	}
	return all, nil
}
