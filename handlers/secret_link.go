package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
)

// handOverForm has the values of the fields that hand over a password, as they were sent or the defaults.
func (s *App) handOverForm(c echo.Context) views.HandOverForm {
	_, most := handover.Limits(s.Accounts.Settings().OneTimeValid)
	return views.HandOverForm{
		Off: s.Accounts.Settings().NoSecretLinks, How: page.Field(c, "hand_over"),
		Reads:   cmp.Or(page.Field(c, "reads"), strconv.Itoa(handover.DefaultReads)),
		Minutes: page.Field(c, "valid_minutes"), LinkValid: min(handover.DefaultValid, most), LetterValid: min(handover.LetterValid, most),
	}
}

// handedOverPage shows a new secret link once, or the letter with it.
func (s *App) handedOverPage(c echo.Context, next accounts.NewCredentials, another string) error {
	frame := s.FrameShownOnce(c, "accounts", "Secret link")
	link := next.Link.Link()
	view := views.HandedOverPage{
		Frame: frame, Account: next.Account, URL: s.BaseURL.JoinPath(views.SecretURL(next.Link.Token)).String(),
		Ends: link.EndsAt, Reads: link.Reads, Passphrase: link.Salt != "", Another: another, From: cameFrom(c), Letter: page.Field(c, "hand_over") == handover.BySheet,
		Theirs: frame.Printer, SignInAt: s.signInAt(next.Account),
	}
	view.Theirs.Words = s.Words.For(cmp.Or(next.Account.Locale, frame.Locale), "")
	return page.Render(c, http.StatusOK, views.HandedOver(view))
}

// signInAt returns where the account signs in; "" = nowhere.
func (s *App) signInAt(account models.Account) string {
	if account.Technical {
		return ""
	}
	return s.BaseURL.JoinPath(views.SignInURL).String()
}

// showSecret changes nothing: mail scanners and previews open links too.
func (s *App) showSecret(c echo.Context) error { return s.secretPage(c, nil) }

func (s *App) secretPage(c echo.Context, failed error) error {
	waiting, err := s.Accounts.Handover.Find(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	view := s.secretView(c)
	view.Maker, view.Passphrase, view.ReadsLeft = waiting.Maker, waiting.Passphrase, waiting.ReadsLeft
	status, err := page.FormStatus(&view.Frame, failed)
	if err != nil {
		return err
	}
	return page.Render(c, status, views.Secret(view))
}

func (s *App) secretView(c echo.Context) views.SecretPage {
	view := views.SecretPage{Frame: s.PlainFrame(c, "Your password"), URL: views.SecretURL(c.Param("token")), Help: s.Help}
	view.Frame.Here = "" // its switches would need another page, which is not open from everywhere
	return view
}

// readSecret shows what a secret link holds.
func (s *App) readSecret(c echo.Context) error {
	opened, err := s.Accounts.Handover.Read(c.Request().Context(), c.Param("token"), page.Field(c, "passphrase"), page.Client(c))
	if err != nil {
		if errors.As(err, new(*core.ValidationError)) {
			return s.secretPage(c, err)
		}
		return err
	}
	view := s.secretView(c)
	view.Opened = &views.OpenedSecret{Name: opened.Account.Name, Password: opened.Password, ReadsLeft: opened.ReadsLeft}
	view.SignInAt = s.signInAt(opened.Account)
	return page.Render(c, http.StatusOK, views.Secret(view))
}

func (s *App) listSecretLinks(c echo.Context) error {
	filter, query := models.SecretLinkFilter{Limit: page.ListLength}, c.QueryParams()
	var known bool // false: the page is invalid
	filter.After, filter.Before, known = page.IDPlace(query)
	frame, err := s.Frame(c, "accounts", "Secret links")
	if err != nil {
		return err
	}
	status := page.SetQueryProblem(&frame, !known, page.UnknownFilter)
	view := views.SecretLinksPage{Frame: frame}
	list, err := s.Accounts.Handover.List(c.Request().Context(), page.Actor(c), filter)
	if off := (core.OffError{}); errors.As(err, &off) {
		view.Off, err = off.Setting, nil
	}
	if err != nil {
		return err
	}
	view.Links, view.Pager = list.Rows, page.IDPager(views.SecretLinksURL, query, list, func(link models.ListedSecretLink) string { return link.ID })
	return page.Render(c, status, views.SecretLinks(view))
}

func (s *App) revokeSecretLink(c echo.Context) error {
	if err := s.Accounts.Handover.Revoke(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return err
	}
	return s.Done(c, views.SecretLinksURL, s.WordsFor(c).T("Secret link revoked. It shows nothing any more."))
}
