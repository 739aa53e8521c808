package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *App) showNewAccount(c echo.Context) error {
	kind := cmp.Or(models.Kind(c.QueryParam("kind")), models.Customer)
	if !slices.Contains(kinds, kind) {
		return echo.ErrNotFound
	}
	if !page.Actor(c).MayCreate(kind) {
		return core.ErrForbidden
	}
	form := views.NewAccountForm{
		Kind: kind, Organization: c.QueryParam("organization"), OneTime: true, Mode: string(accounts.Generated),
	}
	if !s.Capturing {
		form.Mode = string(accounts.ByLink)
	}
	if s.RestoreForm(c) {
		form = readNewAccount(c)
		form.Kind = kind
	}
	return s.newAccountPage(c, form, password.Generated{}, nil)
}

// readNewAccount reads the form that creates an account.
func readNewAccount(c echo.Context) views.NewAccountForm {
	return views.NewAccountForm{
		Kind: models.Kind(page.Field(c, "kind")), Name: page.Field(c, "name"), Email: page.Field(c, "email"),
		DisplayName: page.Field(c, "displayName"), ValidFrom: page.Field(c, "valid_from"), ValidUntil: page.Field(c, "valid_until"),
		Organization: page.Field(c, "organization"), Locale: page.Field(c, "locale"), Technical: page.Checked(c, "technical"),
		OneTime: page.Checked(c, "one_time"), Mode: page.Field(c, "password_mode"), EraseDeleted: page.Checked(c, "erase_deleted"),
	}
}

func (s *App) createAccount(c echo.Context) error {
	form := readNewAccount(c)
	if !slices.Contains(kinds, form.Kind) {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	created, err := s.Accounts.Create(c.Request().Context(), page.Actor(c), accounts.NewAccount{
		Kind: form.Kind, Name: form.Name, Email: form.Email, Organization: form.Organization, Technical: form.Technical,
		Locale: form.Locale, Person: personOf(c), Valid: validDatesOf(c), Password: passwordChoice(c), Submission: page.Field(c, "submission"),
		EraseDeleted: form.EraseDeleted,
	})
	var already core.AlreadyDoneError
	switch {
	case errors.As(err, &already):
		return s.alreadyDone(c, already)
	case err != nil:
		return s.newAccountPage(c, form, password.Generated{}, err)
	case form.Mode == string(accounts.ByLink):
		return s.Done(c, views.AccountURL(created.Account.ID), s.WordsFor(c).T("Account created.")+" "+s.linkSent(c))
	case created.Link != nil:
		return s.handedOverPage(c, created, views.NewAccountURL(form.Kind))
	case created.Password == "":
		return s.Done(c, views.AccountURL(created.Account.ID), s.WordsFor(c).T("Account created."))
	default:
		return s.newPasswordPage(c, created, views.NewAccountURL(form.Kind))
	}
}

// newPasswordWays returns the ways in which a new account of the kind can get its password.
func (s *App) newPasswordWays(frame ui.Frame, kind models.Kind) views.PasswordWays {
	linkOnly := s.Accounts.Settings().Secrets == core.SecretsNoOne
	return views.PasswordWays{
		ByLink: frame.T("The user gets an e-mail with a link to choose a password."), LinkOnly: linkOnly,
		Generate: !linkOnly || kind == models.Customer, Type: !linkOnly,
	}
}

// passwordWays returns the ways in which the password of an account can be reset.
func (s *App) passwordWays(frame ui.Frame, account models.Account) (ways views.PasswordWays) {
	secrets, person := s.Accounts.Settings().Secrets, !account.Technical
	if person && s.Accounts.Links.Check(account) == nil {
		ways.ByLink = frame.T("The user gets an e-mail with a link to choose a password. The current password stays valid until then.")
	}
	ways.LinkOnly = person && secrets == core.SecretsNoOne
	ways.Generate, ways.Type = !ways.LinkOnly, secrets != core.SecretsNoOne
	ways.OneTimeOnly = person && secrets != core.SecretsNoOne && secrets != core.SecretsAll
	return ways
}

// linkSent says where the link is that was just made.
func (s *App) linkSent(c echo.Context) string {
	if s.Capturing {
		return s.WordsFor(c).T("There is no mail server, so the link was not sent.")
	}
	return s.WordsFor(c).T("The link is on its way.")
}

func (s *App) newAccountPage(c echo.Context, form views.NewAccountForm, generated password.Generated, failed error) error {
	frame, status, err := s.FormFrame(c, "accounts", newLabels[form.Kind], failed)
	if err != nil {
		return err
	}
	policy := s.policyOf(c, form)
	policies := []words.Policy{words.FirstPolicy(frame.Words, policy)}
	if form.Kind == models.Customer { // also the policy that applies if "technical" is toggled
		policies = append(policies, words.FirstPolicy(frame.Words, s.Rules(c).Policies.For(!form.Technical, false)))
	}
	form.MayErase = form.EraseDeleted || accounts.OffersErasure(failed)
	form.Options, form.HandOver = withDefaults(generatorOptions(c), policy), s.handOverForm(c)
	if models.IsID(form.Organization) { // a link to this page has the id
		organization, err := s.Accounts.Organization(c.Request().Context(), page.Actor(c), form.Organization)
		switch {
		case err == nil:
			form.Organization = organization.Name
		case !errors.As(err, new(*core.ValidationError)):
			return err
		}
	}
	return page.Render(c, status, views.NewAccount(views.NewAccountPage{
		Frame: frame, Form: form, Kinds: kindsToCreate(frame, page.Actor(c)), Locales: localeOptions(frame),
		Ways:     s.newPasswordWays(frame, form.Kind),
		Policies: policies, Password: words.Suggest(frame.Words, generated),
		AuditKeep: s.Accounts.Settings().AuditKeep,
	}))
}

// kindsToCreate returns the addresses of the forms for the kinds that the actor may create.
func kindsToCreate(frame ui.Frame, who core.Actor) []ui.Option {
	return creatable(frame, who, func(kind models.Kind) i18n.Msg { return "kind." + i18n.Msg(kind) })
}

// policyOf returns the policy for the account that the form would create.
func (s *App) policyOf(c echo.Context, form views.NewAccountForm) password.Policy {
	return s.Rules(c).Policies.For(form.Technical, form.Kind == models.SuperAdmin)
}

// newPasswordPage shows a generated password once.
func (s *App) newPasswordPage(c echo.Context, next accounts.NewCredentials, another string) error {
	frame := s.FrameShownOnce(c, "accounts", "Password")
	view := views.NewPasswordPage{
		Frame: frame, Account: next.Account, Password: next.Password, Another: another, SignInAt: s.signInAt(next.Account), HandOver: s.handOverForm(c), From: cameFrom(c),
		OneTimeOnly: s.passwordWays(frame, next.Account).OneTimeOnly,
	}
	theirs := frame.Printer // for the text that they get
	theirs.Words = s.Words.For(cmp.Or(next.Account.Locale, frame.Locale), "")
	lapses, ok := s.Rules(c).LapsesAt(next.Account)
	if ok {
		view.OneTime, view.Lapses = true, frame.Day(lapses)
	}
	view.Details = words.SignInDetails(theirs, next.Account.Name, views.PasswordPlace, view.SignInAt, lapses)
	return page.Render(c, http.StatusOK, views.NewPassword(view))
}

func (s *App) alreadyDone(c echo.Context, already core.AlreadyDoneError) error {
	frame, err := s.Frame(c, "accounts", "Already done")
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, views.AlreadyDone(views.AlreadyDonePage{
		Frame: frame, AccountURL: accountAddressFrom(c, already.AccountID),
	}))
}

// generatePassword returns a generated password to scripts. Without scripts it shows the form again with the password filled in.
func (s *App) generatePassword(c echo.Context) error {
	if models.IsID(page.Field(c, "account")) {
		return s.generateForAccount(c)
	}
	form := readNewAccount(c)
	if !slices.Contains(kinds, form.Kind) {
		form.Kind = models.Customer
	}
	if !page.Actor(c).MayCreate(form.Kind) {
		return core.ErrForbidden
	}
	generated, err := s.Accounts.Credentials.Generate(form.Name, s.policyOf(c, form), generatorOptions(c))
	if page.WantsJSON(c) {
		return s.generatedJSON(c, generated, err)
	}
	form.Mode = string(accounts.Generated)
	if err != nil {
		form.Mode = string(accounts.Typed) // the only mode left
	}
	return s.newAccountPage(c, form, generated, err)
}

// generatedJSON is a generated password, with its strength in words if it is known.
func (s *App) generatedJSON(c echo.Context, generated password.Generated, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{
		"password": generated.Text, "strength": words.Strength(s.WordsFor(c), generated.Bits),
	})
}

// generateForAccount generates a password for an existing account, under its policy.
func (s *App) generateForAccount(c echo.Context) error {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), page.Field(c, "account"))
	if err != nil {
		return err
	}
	generated, failed := s.Accounts.Credentials.Generate(account.Name, s.Rules(c).Policy(account), generatorOptions(c))
	if page.WantsJSON(c) {
		return s.generatedJSON(c, generated, failed)
	}
	return s.accountPage(c, account, generated, failed)
}
