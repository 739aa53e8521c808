package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latchkey/i18n"
	"latchkey/views"
)

// DevMail is a mail in a state in which it reads differently from others of its template.
type DevMail struct {
	Template, State     string
	Subject, Text, HTML string

	locale, slug string
}

// devMails lists every mail in every language and state.
func (s *Server) devMails(c echo.Context) error {
	frame := s.devFrame(c, "Sample mails")
	all, err := s.allDevMails()
	if err != nil {
		return err
	}
	page := views.DevListPage{
		Frame: frame, Others: devOthers(frame, views.DevMailsURL, views.Option{Value: views.DevPagesURL, Label: "Sample pages"}),
		About: "Every mail in every language and state, written with the templates in use.",
	}
	for _, mail := range all {
		page.Groups = group(page.Groups, mail.Template+" · "+mail.locale, views.Option{Value: devLink(c, views.DevMailURL(mail.slug)), Label: mail.State})
	}
	return render(c, http.StatusOK, views.DevList(page))
}

func (s *Server) devMail(c echo.Context) error {
	mail, err := s.findDevMail(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.DevMail(views.DevMailPage{
		Frame: s.devFrame(c, mail.Template), State: mail.State, Locale: mail.locale, Subject: mail.Subject, Text: mail.Text,
		HTML: views.DevMailHTMLURL(mail.slug), Back: views.Option{Value: devLink(c, views.DevMailsURL), Label: "Sample mails"},
	}))
}

func (s *Server) devMailHTML(c echo.Context) error {
	mail, err := s.findDevMail(c)
	if err != nil {
		return err
	}
	return mailHTML(c, mail.HTML)
}

func (s *Server) findDevMail(c echo.Context) (DevMail, error) {
	all, err := s.allDevMails()
	for _, mail := range all {
		if mail.slug == c.Param("name") {
			return mail, nil
		}
	}
	if err != nil {
		return DevMail{}, err
	}
	return DevMail{}, echo.ErrNotFound
}

func (s *Server) allDevMails() (all []DevMail, err error) {
	for _, locale := range i18n.Locales {
		mails, err := s.devMailsIn(locale)
		if err != nil {
			return nil, err
		}
		all = append(all, mails...)
	}
	return all, nil
}

// devMailsIn are the mails in a language, named as their golden files are: en-aom-accountBlacklisted-2.
func (s *Server) devMailsIn(locale string) ([]DevMail, error) {
	mails, err := s.Dev.Mails(locale)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for i, mail := range mails {
		count[mail.Template]++
		mails[i].locale = locale
		mails[i].slug = locale + "-" + mail.Template + "-" + strconv.Itoa(count[mail.Template])
	}
	return mails, nil
}
