package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/lockout"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// accountView is what an account's page shows in addition to the account: a refused form or a generated password.
type accountView struct {
	generated password.Generated
	failed    error
	posted    bool // show the form as it was sent
}

func (s *App) showAccount(c echo.Context) error {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.accountPage(c, http.StatusOK, account, accountView{posted: s.RestoreForm(c)})
}

func (s *App) accountPage(c echo.Context, status int, account models.Account, state accountView) error {
	frame, err := s.Frame(c, "accounts", "")
	if err != nil {
		return err
	}
	frame.Title = words.Isolate(account.Name)
	if err := page.SetProblems(&frame, state.failed); err != nil {
		return err
	}
	view, err := s.accountPageOf(c, frame, account)
	if err != nil {
		return err
	}
	view.Form = s.accountForm(c, account, state.posted)
	view.Password = words.Suggest(view.Words, state.generated)
	return page.Render(c, status, views.Account(view))
}

// accountPageOf collects the data of an account's page.
func (s *App) accountPageOf(c echo.Context, frame ui.Frame, account models.Account) (views.AccountPage, error) {
	ctx, who, p := c.Request().Context(), page.Actor(c), frame.Printer
	described := s.describe(c, account)
	timeline, err := s.Accounts.Dashboard.Timeline(ctx, who, account)
	if err != nil {
		return views.AccountPage{}, err
	}
	sessions, err := s.Accounts.Sessions.Of(ctx, who, account)
	if err != nil {
		return views.AccountPage{}, err
	}
	devices, err := s.Accounts.Devices(ctx, account)
	if err != nil {
		return views.AccountPage{}, err
	}
	facts, err := s.accountFacts(ctx, frame, described, devices)
	if err != nil {
		return views.AccountPage{}, err
	}
	organizations, err := s.Accounts.Organizations(ctx, who, account.OwnerID())
	if err != nil {
		return views.AccountPage{}, err
	}
	view := views.AccountPage{
		Frame: frame, Account: account, State: described.State, Why: words.Why(p, described), Next: words.Next(p, described), Facts: facts,
		Policy: words.NewPolicy(frame.Words, described.Policy), Rules: words.RulesInForce(p, described),
		Events: words.Timeline(p, timeline.Events, timeline.Mails, timeline.Cut), Organizations: organizationOptions(organizations, ""),
		Locales: localeOptions(frame), Own: account.ID == who.ID, Builtin: account.Builtin(), DevicesUsedUp: devices.UsedUp,
	}
	for _, session := range sessions {
		shown := views.Session{Session: session}
		if !view.Own {
			shown.EndURL = views.EndSessionOfURL(account.ID, session.ID)
		}
		view.Sessions = append(view.Sessions, shown)
	}
	if view.State == models.Blacklisted && devices.Known > 0 && !devices.UsedUp {
		view.Why += " " + p.T("Trusted browsers can still sign in.")
	}
	return view, nil
}

// describe combines an account with the policies and settings that apply to it.
func (s *App) describe(c echo.Context, a models.Account) words.Account {
	optional := func(at time.Time, ok bool) *time.Time {
		if !ok {
			return nil
		}
		return &at
	}
	rules := s.Rules(c)
	return words.Account{
		Account: a, State: rules.State(a), Policies: rules.Policies, Policy: rules.Policy(a), Settings: s.Accounts.Settings(),
		Expires: optional(rules.ExpiresAt(a)), Reminds: optional(rules.RemindsAt(a)), Lapses: optional(rules.LapsesAt(a)),
	}
}

// accountFacts are the facts at the top of an account's page.
func (s *App) accountFacts(ctx context.Context, frame ui.Frame, a words.Account, devices lockout.Devices) (facts []words.Fact, err error) {
	p, super := frame.Printer, frame.Reader.IsSuperAdmin()
	if a.Email != "" {
		facts = append(facts, words.EmailFact(p, a.Account))
	}
	if facts, err = s.appendOrganization(ctx, frame, a.Account, facts); err != nil {
		return nil, err
	}
	if a.Kind == models.Organization && super {
		facts = append(facts, words.CustomersFact(p, views.Query(views.AccountsURL, nil, "organization", a.ID)))
	}
	if a.Builtin() {
		return facts, nil
	}
	set := words.PasswordFact(p, a.Account)
	if set.At != nil {
		version, known, err := s.Accounts.Policies.VersionOfPassword(ctx, a.Account)
		if err != nil {
			return nil, err
		}
		url := views.PolicyVersionURL(version.Number)
		switch {
		case !known:
			set = words.PasswordVersionFact(p, a.Account, nil, "")
		case frame.May(url):
			set = words.PasswordVersionFact(p, a.Account, &version, url)
		default:
			set = words.PasswordVersionFact(p, a.Account, &version, "")
		}
	}
	facts = append(facts, words.LanguageFact(p, a.Account), words.CreatedFact(p, a.Account), set, words.LastSignInFact(p, a.Account))
	if failures, ok := words.FailuresFact(p, a); ok {
		facts = append(facts, failures)
	}
	if !a.Technical && a.Settings.DeviceCookies {
		facts = append(facts, words.DevicesFact(p, devices))
	}
	return facts, nil
}

// appendOrganization adds the organization that a customer belongs to.
func (s *App) appendOrganization(ctx context.Context, frame ui.Frame, a models.Account, facts []words.Fact) ([]words.Fact, error) {
	if a.OrganizationID == nil {
		return facts, nil
	}
	names, err := s.Accounts.OrganizationNames(ctx, []models.Account{a})
	url := ""
	if frame.Reader.IsSuperAdmin() {
		url = views.AccountURL(*a.OrganizationID)
	}
	return append(facts, words.OrganizationFact(frame.Printer, names[*a.OrganizationID], url)), err
}

// accountForm fills the page's forms, with the account's values or with those that were sent.
func (s *App) accountForm(c echo.Context, account models.Account, posted bool) views.AccountForm {
	form := views.AccountForm{
		Email: account.Email, Locale: account.Locale, Technical: account.Technical,
		OneTime: !account.Technical, RequireChange: true, Mode: string(accounts.Generated),
		Options: withDefaults(generatorOptions(c), s.Rules(c).Policy(account)),
	}
	if account.OrganizationID != nil {
		form.Organization = *account.OrganizationID
	}
	if !posted {
		return form
	}
	switch sent := c.Request().PostForm; {
	case sent.Has("password_mode"):
		form.Sent, form.Mode, form.OneTime = views.ResetPasswordForm, sent.Get("password_mode"), page.Checked(c, "one_time")
	case sent.Has("email"):
		form.Sent, form.Email, form.Locale, form.Technical = views.EditForm, sent.Get("email"), sent.Get("locale"), page.Checked(c, "technical")
	case sent.Has("organization"):
		form.Sent, form.Organization, form.RequireChange = views.MoveForm, sent.Get("organization"), page.Checked(c, "require_change")
	case sent.Has("confirm"):
		form.Sent, form.Confirm = views.DeleteForm, sent.Get("confirm")
	}
	return form
}

// rerenderAccount shows the account with the problems of one of its forms.
func (s *App) rerenderAccount(c echo.Context, failed error) error {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.accountPage(c, http.StatusUnprocessableEntity, account, accountView{failed: failed, posted: true})
}
