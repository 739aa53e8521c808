package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *App) showAccount(c echo.Context) error {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	s.RestoreForm(c)
	return s.accountPage(c, account, password.Generated{}, nil)
}

// rerenderAccount shows the account with the problems of one of its forms.
func (s *App) rerenderAccount(c echo.Context, failed error) error {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.accountPage(c, account, password.Generated{}, failed)
}

// accountPage shows an account, with a generated password or the problems of a form.
func (s *App) accountPage(c echo.Context, account models.Account, generated password.Generated, failed error) error {
	ctx, who := c.Request().Context(), page.Actor(c)
	frame, status, err := s.FormFrame(c, "accounts", "", failed)
	if err != nil {
		return err
	}
	frame.Title = words.Isolate(account.Name)
	timeline, err := s.Accounts.Dashboard.Timeline(ctx, who, account)
	if err != nil {
		return err
	}
	sessions, err := s.Accounts.Sessions.Of(ctx, who, account)
	if err != nil {
		return err
	}
	related, err := s.related(ctx, frame, account)
	if err != nil {
		return err
	}
	codes, err := s.Accounts.Emergency.Of(ctx, who, account)
	if err != nil {
		return err
	}
	links, err := s.Accounts.Links.Of(ctx, who, account)
	if err != nil {
		return err
	}
	keys, err := s.Accounts.Keys.Of(ctx, who, account)
	if err != nil {
		return err
	}
	walk, err := s.walk(c, frame, account)
	if err != nil {
		return err
	}
	p, described := frame.Printer, s.describe(c, account)
	described.Link = usableLink(links, account, frame.Now)
	view := views.AccountPage{
		Frame: frame, Account: account, State: described.State, Why: words.Why(p, described), Next: words.Next(p, described),
		Facts: words.Facts(p, described, related), Security: words.SecurityFacts(p, described, related, views.PolicyURL), Related: related, From: cameFrom(c), Walk: walk,
		Policy: words.NewPolicy(frame.Words, described.Policy),
		Ways:   s.passwordWays(frame, account), EmergencyCodes: codes, Links: links, Keys: keys, KeysOff: s.keysOff(), Events: words.Timeline(p, timeline.Events, timeline.Mails, timeline.Cut),
		Locales: localeOptions(frame), Own: account.ID == who.ID, Builtin: account.Builtin(), DevicesUsedUp: related.Devices.UsedUp,
		Undelete: s.Accounts.Settings().Undelete,
		Form:     s.accountForm(c, account), Password: words.Suggest(frame.Words, generated),
	}
	for _, session := range sessions {
		shown := views.Session{Session: session}
		if !view.Own {
			shown.EndURL = views.Query(views.EndSessionOfURL(account.ID, session.ID), nil, "from", view.From.Encode())
		}
		view.Sessions = append(view.Sessions, shown)
	}
	if view.State == models.Blacklisted && related.Devices.Known > 0 && !related.Devices.UsedUp {
		view.Why.Text += " " + p.T("Only trusted browsers can still sign in.")
	}
	return page.Render(c, status, views.Account(view))
}

// usableLink returns the newest link that can set the account's password now; nil = there is none.
func usableLink(links []models.Link, account models.Account, now time.Time) *models.Link {
	for _, link := range links {
		if link.Opens(account, now) {
			return &link
		}
	}
	return nil
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
		Version: rules.Version,
	}
}

// related reads what the facts of an account say about others, with links that the reader may follow.
func (s *App) related(ctx context.Context, frame ui.Frame, a models.Account) (related words.Related, err error) {
	if related.Organization, err = s.organizationOf(ctx, a); err != nil {
		return related, err
	}
	if related.Devices, err = s.Accounts.Devices(ctx, a); err != nil {
		return related, err
	}
	if related.Factors, related.RecoveryCodes, err = s.Accounts.Factors.Of(ctx, a.ID); err != nil {
		return related, err
	}
	if frame.Reader.IsSuperAdmin() {
		if a.OrganizationID != nil {
			related.OrganizationURL = views.AccountURL(*a.OrganizationID)
		}
		if a.Kind == models.Organization {
			related.CustomersURL = views.Query(views.AccountsURL, nil, "organization", a.ID)
		}
	}
	if a.PasswordHash == "" || a.PasswordSetAt == nil {
		return related, nil
	}
	version, known, err := s.Accounts.Policies.VersionOfPassword(ctx, a)
	if err != nil || !known {
		return related, err
	}
	related.Version = &version
	if url := views.PolicyVersionURL(version.Number); frame.May(url) {
		related.VersionURL = url
	}
	return related, nil
}

// organizationOf returns the name of the organization that a customer belongs to; "" = it is no customer.
func (s *App) organizationOf(ctx context.Context, a models.Account) (string, error) {
	if a.OrganizationID == nil {
		return "", nil
	}
	names, err := s.Accounts.OrganizationNames(ctx, []models.Account{a})
	return names[*a.OrganizationID], err
}

// accountForm fills the page's forms, with the account's values or with those that were sent.
func (s *App) accountForm(c echo.Context, account models.Account) views.AccountForm {
	form := views.AccountForm{
		Email: account.Email, DisplayName: account.DisplayName, ExternalID: account.ExternalID, Phone: account.Phone, Note: account.Note,
		ValidFrom: account.ValidFrom, ValidUntil: account.ValidUntil, Locale: account.Locale, Technical: account.Technical,
		OneTime: !account.Technical, RequireChange: true, Mode: string(accounts.Generated),
		Options: withDefaults(generatorOptions(c), s.Rules(c).Policy(account)), HandOver: s.handOverForm(c),
	}
	if s.Accounts.Settings().Secrets == core.SecretsNoOne && !account.Technical {
		form.Mode = string(accounts.ByLink)
	}
	switch sent := c.Request().PostForm; {
	case sent.Has("password_mode"):
		form.Sent, form.Mode, form.OneTime = views.ResetPasswordForm, sent.Get("password_mode"), page.Checked(c, "one_time")
		form.Credentials = page.Checked(c, "reset_credentials")
	case sent.Has("email"):
		form.Sent, form.Email, form.Locale, form.Technical = views.EditForm, sent.Get("email"), sent.Get("locale"), page.Checked(c, "technical")
		for name, text := range map[string]*string{
			"displayName": &form.DisplayName, "externalId": &form.ExternalID, "phone": &form.Phone, "note": &form.Note,
			"valid_from": &form.ValidFrom, "valid_until": &form.ValidUntil,
		} {
			if sent.Has(name) {
				*text = sent.Get(name)
			}
		}
	case sent.Has("organization"):
		form.Sent, form.Organization, form.RequireChange = views.MoveForm, sent.Get("organization"), page.Checked(c, "require_change")
	case sent.Has("confirm"):
		form.Sent, form.Confirm = views.DeleteForm, sent.Get("confirm")
	}
	return form
}
