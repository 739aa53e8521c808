package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/identifier"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// mailCSP allows a mail's inline styles, and nothing else.
const mailCSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"

func (s *App) listMails(c echo.Context) error {
	query := c.QueryParams()
	filter := models.MailFilter{
		State: models.MailState(query.Get("state")), Template: query.Get("template"), Recipient: query.Get("to"), Limit: page.ListLength,
	}
	known := readMailFilter(query, &filter)
	list, err := s.Accounts.Mail.List(c.Request().Context(), page.Actor(c), filter)
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "mail", "Mail")
	if err != nil {
		return err
	}
	view := mailsPage(frame, query, list)
	if view.Trouble, err = s.Accounts.Mail.Trouble(c.Request().Context(), page.Actor(c)); err != nil {
		return err
	}
	status := page.SetQueryProblem(&view.Frame, !known, page.UnknownFilter)
	return page.Render(c, status, views.Mails(view))
}

// readMailFilter reads the list's filters. Invalid ones are ignored, and known is false.
func readMailFilter(query url.Values, filter *models.MailFilter) (known bool) {
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
	return known
}

func mailsPage(frame ui.Frame, query url.Values, list models.Page[models.Mail]) views.MailsPage {
	view := views.MailsPage{
		Frame: frame, Mails: list.Rows, Query: query, Filtered: query.Get("state")+query.Get("template")+query.Get("to") != "",
		States:    []ui.Option{{Value: "", Label: frame.T("All states")}},
		Templates: []ui.Option{{Value: "", Label: frame.T("All mails")}},
	}
	for _, state := range models.MailStates() {
		view.States = append(view.States, ui.Option{Value: string(state), Label: frame.T("mail." + i18n.Msg(state))})
	}
	for _, template := range models.MailTemplates() {
		view.Templates = append(view.Templates, ui.Option{Value: template, Label: frame.T("template." + i18n.Msg(template))})
	}
	if n := len(list.Rows); n > 0 {
		view.Pager = page.IDPager(views.MailURL, query, list.Rows[0].ID, list.Rows[n-1].ID, list.More)
	}
	return view
}

func (s *App) showMail(c echo.Context) error { return s.mailPage(c, http.StatusOK, nil) }

func (s *App) mailPage(c echo.Context, status int, failed error) error {
	mail, err := s.Accounts.Mail.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	tries, err := s.Accounts.Mail.Tries(c.Request().Context(), page.Actor(c), mail.ID)
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "mail", "Mail")
	if err != nil {
		return err
	}
	if err := page.SetProblems(&frame, failed); err != nil {
		return err
	}
	return page.Render(c, status, views.Mail(views.MailPage{Frame: frame, Mail: mail, Tries: tries, HTML: views.MailHTMLURL(mail.ID)}))
}

// showMailHTML shows only the HTML part, for the frame on the mail's page.
func (s *App) showMailHTML(c echo.Context) error {
	mail, err := s.Accounts.Mail.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return mailHTML(c, mail.HTMLBody)
}

func mailHTML(c echo.Context, body string) error {
	c.Response().Header().Set("Content-Security-Policy", mailCSP)
	c.Response().Header().Set("X-Frame-Options", "SAMEORIGIN")
	return c.HTML(http.StatusOK, body)
}

func (s *App) retryMails(c echo.Context) error {
	count, err := s.Accounts.Mail.RetryFailed(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	words := s.WordsFor(c)
	said := words.N("{{.N}} mail will be sent again.", "{{.N}} mails will be sent again.", count)
	if count == 0 {
		said = words.T("No mail has failed.")
	}
	return s.Done(c, views.MailURL, said)
}

func (s *App) retryMail(c echo.Context) error {
	if err := s.Accounts.Mail.Retry(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.mailPage(c, http.StatusUnprocessableEntity, err)
	}
	return s.Done(c, views.MailItemURL(c.Param("id")), s.WordsFor(c).T("The mail will be sent again."))
}
