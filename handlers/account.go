package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// accountView is what an account's page shows beside the account: what was wrong with a form of it, or a password that
// was generated for it.
type accountView struct {
	generated password.Generated
	failed    error
	posted    bool // the form is shown as it was sent
}

func (s *Server) showAccount(c echo.Context) error {
	account, err := s.Accounts.Find(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.accountPage(c, http.StatusOK, account, accountView{posted: s.refill(c)})
}

func (s *Server) accountPage(c echo.Context, status int, account models.Account, view accountView) error {
	frame, err := s.frame(c, "accounts", "")
	if err != nil {
		return err
	}
	frame.Title = views.Isolate(account.Name)
	if err := explain(&frame, view.failed); err != nil {
		return err
	}
	page, err := s.tellAccount(c, frame, account)
	if err != nil {
		return err
	}
	page.Form = s.accountForm(c, account, view.posted)
	page.Password = views.Suggest(page.Words, view.generated)
	return render(c, status, views.Account(page))
}

func (s *Server) tellAccount(c echo.Context, frame views.Frame, account models.Account) (views.AccountPage, error) {
	ctx, who := c.Request().Context(), actor(c)
	state := s.Accounts.State(account)
	page := views.AccountPage{
		Frame: frame, Account: account, State: state, Why: s.why(frame, account, state), Next: s.next(frame, account, state),
		Policy: views.NewPolicy(frame.Words, s.Accounts.Policy(account)), Rules: s.rulesInForce(frame, account),
		Locales: localeOptions(frame), Own: account.ID == who.ID, Builtin: account.Builtin(),
	}
	story, err := s.Accounts.Story(ctx, who, account)
	if err != nil {
		return page, err
	}
	page.Sessions = sessionsOf(account, story.Sessions, page.Own)
	page.Events = tell(frame, story)
	if page.Facts, err = s.accountFacts(ctx, frame, account); err != nil {
		return page, err
	}
	if err := s.tellDevices(ctx, &page); err != nil {
		return page, err
	}
	organizations, err := s.Accounts.Organizations(ctx, who, page.Account.OwnerID())
	page.Organizations = organizationOptions(organizations, "")
	return page, err
}

// tellDevices says in how many browsers the account is known, and, while it is blacklisted, that this does not concern them.
func (s *Server) tellDevices(ctx context.Context, page *views.AccountPage) error {
	devices, err := s.Accounts.Devices(ctx, page.Account)
	page.Facts = append(page.Facts, s.deviceFacts(page.Frame, page.Account, devices)...)
	page.DevicesUsedUp = devices.UsedUp
	if page.State == models.Blacklisted && devices.Known > 0 && !devices.UsedUp {
		page.Why += " " + page.T("This is about strangers: browsers in which the account has signed in before are still let in.")
	}
	return err
}

// accountForm is what the page's forms begin with: the account as it is, or what was sent.
func (s *Server) accountForm(c echo.Context, account models.Account, posted bool) views.AccountForm {
	form := views.AccountForm{
		Email: account.Email, Locale: account.Locale, Technical: account.Technical,
		OneTime: !account.Technical, RequireChange: true, Mode: string(accounts.Generated),
		Options: orUsual(optionsOf(c), s.Accounts.Policy(account)),
	}
	if account.OrganizationID != nil {
		form.Organization = *account.OrganizationID
	}
	if !posted {
		return form
	}
	switch sent := c.Request().PostForm; {
	case sent.Has("password_mode"):
		form.Sent, form.Mode, form.OneTime = views.IssueForm, sent.Get("password_mode"), checked(c, "one_time")
	case sent.Has("email"):
		form.Sent, form.Email, form.Locale, form.Technical = views.EditForm, sent.Get("email"), sent.Get("locale"), checked(c, "technical")
	case sent.Has("organization"):
		form.Sent, form.Organization, form.RequireChange = views.MoveForm, sent.Get("organization"), checked(c, "require_change")
	case sent.Has("confirm"):
		form.Sent, form.Confirm = views.DeleteForm, sent.Get("confirm")
	}
	return form
}

// accountAgain shows the account with what was wrong with one of its forms.
func (s *Server) accountAgain(c echo.Context, failed error) error {
	if errors.Is(failed, accounts.ErrOwnAccount) {
		return failed
	}
	account, err := s.Accounts.Find(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.accountPage(c, refused, account, accountView{failed: failed, posted: true})
}
