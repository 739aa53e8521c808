package handlers

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/identifier"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
)

// mailCSP allows a mail's inline styles, and nothing else.
const mailCSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"

func (s *App) listMails(c echo.Context) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	filter := models.MailFilter{
		State: models.MailState(query.Get("state")), Template: query.Get("template"), Recipient: query.Get("to"), Limit: page.ListLength,
	}
	var known bool // false: a filter is invalid, and ignored
	filter.After, filter.Before, known = page.IDPlace(query)
	if len(filter.Recipient) > identifier.MaxTyped {
		filter.Recipient, known = "", false
	}
	if filter.State != "" && !slices.Contains(models.MailStates(), filter.State) {
		filter.State, known = "", false
	}
	if filter.Template != "" && !slices.Contains(models.MailTemplates(), filter.Template) {
		filter.Template, known = "", false
	}
	list, err := s.Accounts.Mail.List(ctx, page.Actor(c), filter)
	if err != nil {
		return err
	}
	trouble, err := s.Accounts.Mail.Trouble(ctx, page.Actor(c))
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "mail", "Mail")
	if err != nil {
		return err
	}
	status := page.SetQueryProblem(&frame, !known, page.UnknownFilter)
	return page.Render(c, status, views.Mails(views.MailsPage{
		Frame: frame, Mails: list.Rows, Query: query, Filtered: query.Get("state")+query.Get("template")+query.Get("to") != "",
		Pager:     page.IDPager(views.MailURL, query, list, func(mail models.Mail) string { return mail.ID }),
		States:    choices(frame, "All states", models.MailStates(), func(state models.MailState) i18n.Msg { return "mail." + i18n.Msg(state) }),
		Templates: choices(frame, "All e-mails", models.MailTemplates(), func(template string) i18n.Msg { return "template." + i18n.Msg(template) }),
		Trouble:   trouble,
	}))
}

func (s *App) showMail(c echo.Context) error { return s.mailPage(c, "", nil) }

// showMailLink shows the link in a mail that was not sent.
func (s *App) showMailLink(c echo.Context) error {
	purpose, token, err := s.Accounts.Links.Captured(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return s.mailPage(c, "", err)
	}
	return s.mailPage(c, s.BaseURL.JoinPath(purpose.Page(), token).String(), nil)
}

// mailPage shows a mail, with the link in it if that was asked for.
func (s *App) mailPage(c echo.Context, link string, failed error) error {
	mail, err := s.Accounts.Mail.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	tries, err := s.Accounts.Mail.Tries(c.Request().Context(), page.Actor(c), mail.ID)
	if err != nil {
		return err
	}
	frame, status, err := s.FormFrame(c, "mail", "Mail", failed)
	if err != nil {
		return err
	}
	return page.Render(c, status, views.Mail(views.MailPage{Frame: frame, Mail: mail, Tries: tries, HTML: views.MailHTMLURL(mail.ID), Link: link, MayShow: mail.State == models.MailCaptured && mail.Data.LinkID != "" && !s.Accounts.Settings().Secrets.OwnersOnly()}))
}

// showMailHTML shows only the HTML part, for the frame on the mail's page.
func (s *App) showMailHTML(c echo.Context) error {
	mail, err := s.Accounts.Mail.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return mailHTML(c, mail.HTMLBody)
}

// attachedImage is an image that comes with a mail (RFC 2392). In a frame there is none, and the policy loads nothing in its place.
var attachedImage = regexp.MustCompile(`<img[^>]*\ssrc="cid:[^>]*>`)

func mailHTML(c echo.Context, body string) error {
	c.Response().Header().Set("Content-Security-Policy", mailCSP)
	c.Response().Header().Set("X-Frame-Options", "SAMEORIGIN")
	return c.HTML(http.StatusOK, attachedImage.ReplaceAllString(body, ""))
}

func (s *App) retryMails(c echo.Context) error {
	count, err := s.Accounts.Mail.RetryFailed(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	words := s.WordsFor(c)
	said := words.N("{{.N}} e-mail will be sent again.", "{{.N}} e-mails will be sent again.", count)
	if count == 0 {
		said = words.T("No e-mail has failed.")
	}
	return s.Done(c, views.MailURL, said)
}

func (s *App) retryMail(c echo.Context) error {
	if err := s.Accounts.Mail.Retry(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.mailPage(c, "", err)
	}
	return s.Done(c, afterwards(c, views.MailItemURL(c.Param("id"))), s.WordsFor(c).T("The e-mail will be sent again."))
}
