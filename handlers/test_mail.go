package handlers

import (
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/views"
)

// errNoSample says that the form names no sample of the mail.
const errNoSample accounts.Refusal = "There is no such language or state of this mail. Choose one from the lists."

// testMail has a mail with invented data sent to whoever asks for it.
func (s *Server) testMail(c echo.Context) error {
	chosen, err := s.chooseSample(c, c.Request().PostForm)
	if err != nil {
		return err
	}
	if !chosen.known {
		return s.mailTemplatePage(c, chosen, errNoSample)
	}
	sent, err := s.Accounts.SendTest(c.Request().Context(), actor(c), accounts.TestMail{
		Template: chosen.Template, Locale: chosen.locale, Data: chosen.Data, Submission: field(c, "submission"),
	})
	if err != nil {
		return s.mailTemplatePage(c, chosen, err)
	}
	return s.done(c, views.MailItemURL(sent.MailID), s.saidOfTest(c, sent))
}

func (s *Server) saidOfTest(c echo.Context, sent accounts.SentTest) string {
	words := s.words(c)
	switch {
	case sent.Again:
		return words.T("This form was sent before. This is the mail that it made; there is no second one.")
	case s.Capturing:
		return words.T("The test mail is captured here and not sent, since there is no SMTP server.")
	default:
		return words.T("The test mail is on its way to you.")
	}
}
