package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/emergency"
	"latchkey/accounts/mfa"
	"latchkey/handlers/page"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *App) security(c echo.Context) error { return s.securityPage(c, nil) }

func (s *App) securityPage(c echo.Context, failed error) error {
	who := page.Visitor(c)
	frame, status, err := s.FormFrame(c, "me", "Security", failed)
	if err != nil {
		return err
	}
	factors, codes, err := s.Accounts.Factors.Factors(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	devices, err := s.Accounts.Devices(c.Request().Context(), who.Account)
	if err != nil {
		return err
	}
	described := s.describe(c, who.Account)
	noPasskeys := s.Accounts.Factors.CheckPasskeys()
	view := views.SecurityPage{
		Apps: s.Accounts.Factors.CheckApps() == nil, Passkeys: noPasskeys == nil, NoPasskeys: noteOf(frame, noPasskeys),
		Frame: frame, Account: who.Account, Factors: factors, Codes: codes, CodeSet: mfa.RecoveryCodes, FewCodes: codes <= mfa.FewRecoveryCodes,
		Required: s.Accounts.RequiresFactor(who.Account),
		Password: words.PasswordFacts(frame.Printer, described), Browsers: words.BrowserFacts(frame.Printer, described, devices),
	}
	view.EmergencyCodes, view.EmergencyOff, err = s.ownEmergency(c)
	if err != nil {
		return err
	}
	keys, err := s.Accounts.Keys.Own(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	view.Keys, view.KeysOff = len(keys), s.keysOff()
	if s.Accounts.Settings().NoRecovery {
		view.CodesOff = mfa.RecoveryOff.Setting
	}
	return page.Render(c, status, views.Security(view))
}

// ownEmergency counts the visitor's emergency codes, or names the setting that switches them off.
func (s *App) ownEmergency(c echo.Context) (count int, off string, err error) {
	codes, err := s.Accounts.Emergency.Own(c.Request().Context(), page.Actor(c))
	if errors.As(err, new(core.OffError)) {
		return 0, emergency.Off.Setting, nil
	}
	return len(codes), "", err
}

// noteOf explains why something cannot be done; "" = it can, or is switched off.
func noteOf(frame ui.Frame, err error) string {
	if err == nil || errors.As(err, new(core.OffError)) {
		return ""
	}
	return words.Error(frame.Printer, core.Describe(err)[0])
}

// beginTOTP makes the secret of an authenticator app, whose page can be loaded again.
func (s *App) beginTOTP(c echo.Context) error {
	begun, err := s.Accounts.Factors.BeginTOTP(c.Request().Context(), page.Actor(c))
	if err != nil {
		return s.securityPage(c, err)
	}
	return c.Redirect(http.StatusSeeOther, views.SetUpTOTPURL(begun.ID))
}

// totpAddress returns the page of the app in the URL.
func totpAddress(c echo.Context) string { return views.SetUpTOTPURL(c.Param("id")) }

func (s *App) showTOTP(c echo.Context) error {
	s.RestoreForm(c)
	return s.totpPage(c, nil)
}

func (s *App) totpPage(c echo.Context, failed error) error {
	frame, status, err := s.FormFrame(c, "me", "Set up authenticator app", failed)
	if err != nil {
		return err
	}
	begun, err := s.Accounts.Factors.SetUp(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return page.Render(c, status, views.TOTP(views.TOTPPage{
		Frame: frame, ID: begun.ID, Secret: begun.Secret, URI: begun.URI, Title: page.Field(c, "title"),
	}))
}

func (s *App) confirmTOTP(c echo.Context) error {
	codes, err := s.Accounts.Factors.ConfirmTOTP(c.Request().Context(), page.Actor(c), c.Param("id"), page.Field(c, "title"), page.Field(c, "code"))
	switch {
	case errors.As(err, new(core.AlreadyDoneError)):
		return s.codesShown(c)
	case err != nil:
		return s.totpPage(c, err)
	case len(codes) > 0:
		return s.recoveryCodesPage(c, codes, true)
	default:
		return s.Done(c, views.SecurityURL, s.WordsFor(c).T("Authenticator app added."))
	}
}

func (s *App) newRecoveryCodes(c echo.Context) error {
	codes, err := s.Accounts.Factors.NewRecoveryCodes(c.Request().Context(), page.Actor(c), page.Field(c, "submission"))
	switch {
	case errors.As(err, new(core.AlreadyDoneError)):
		return s.codesShown(c)
	case err != nil:
		return s.securityPage(c, err)
	default:
		return s.recoveryCodesPage(c, codes, false)
	}
}

// recoveryCodesPage shows new codes once.
func (s *App) recoveryCodesPage(c echo.Context, codes []string, first bool) error {
	return page.Render(c, http.StatusOK, views.RecoveryCodes(views.RecoveryCodesPage{
		Frame: s.FrameShownOnce(c, "me", "Recovery codes"), Account: page.Visitor(c).Account, Codes: codes, First: first,
	}))
}

// codesShown answers a form whose codes were shown before.
func (s *App) codesShown(c echo.Context) error {
	frame, err := s.Frame(c, "me", "Already done")
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, views.AlreadyDone(views.AlreadyDonePage{Frame: frame, Codes: true}))
}

func (s *App) removeFactor(c echo.Context) error {
	if err := s.Accounts.Factors.Remove(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.securityPage(c, err)
	}
	return s.Done(c, views.SecurityURL, s.WordsFor(c).T("Second factor removed."))
}
