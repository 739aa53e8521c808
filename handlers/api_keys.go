package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/api"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
)

// keyFields are the fields of the form that are kept while its sender confirms who they are.
var keyFields = []string{"title", "write", "verify", "scope", "networks", "ends", "direct"}

func keysOfAddress(c echo.Context) string { return views.APIKeysOfURL(c.Param("id")) }

func (s *App) apiKeys(c echo.Context) error {
	restored := s.RestoreForm(c)
	return s.apiKeysPage(c, page.Visitor(c).Account, restored, nil)
}

// technicalKeys shows the keys of a technical account.
func (s *App) technicalKeys(c echo.Context) error {
	restored := s.RestoreForm(c)
	account, err := s.findTechnical(c)
	if err != nil {
		return err
	}
	return s.apiKeysPage(c, account, restored, nil)
}

func (s *App) findTechnical(c echo.Context) (models.Account, error) {
	account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err == nil && !account.Technical {
		err = core.ErrNotFound
	}
	return account, err
}

// apiKeysPage shows the keys of an account. Sent means that the form has what was typed.
func (s *App) apiKeysPage(c echo.Context, account models.Account, sent bool, failed error) error {
	ctx, who, own := c.Request().Context(), page.Actor(c), account.ID == page.Visitor(c).Account.ID
	section := "accounts"
	if own {
		section = "me"
	}
	frame, status, err := s.FormFrame(c, section, "API keys", failed)
	if err != nil {
		return err
	}
	view := views.APIKeysPage{
		Frame: frame, Account: account, Own: own, Most: apikey.MaxKeys, LastDay: s.Accounts.Keys.LatestEnd(),
		Scopes: own && who.MaySeeEverything(), Verify: !own || who.MayOperate(), Form: views.APIKeyForm{Ends: s.Accounts.Keys.DefaultEnd()}, Off: s.keysOff(),
	}
	if sent || failed != nil {
		form := keyForm(c)
		view.Form = views.APIKeyForm{
			Title: form.Title, Scope: strings.Join(form.Scope, " "), Networks: form.Networks, Ends: form.Ends, Write: form.Write, Verify: form.Verify, Direct: form.Direct,
		}
	}
	var keys []models.APIKey
	if own {
		keys, err = s.Accounts.Keys.Own(ctx, who)
	} else {
		keys, err = s.Accounts.Keys.Of(ctx, who, account)
	}
	if err != nil {
		return err
	}
	names, err := s.Accounts.Keys.ScopeNames(ctx, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		shown := views.APIKey{APIKey: key, LastDay: frame.CalendarDate(s.Accounts.Keys.LastDay(key)), Ended: key.Ended(s.Now())}
		for _, id := range key.Scope.Organizations() {
			if name := names[id]; name != "" {
				shown.Organizations = append(shown.Organizations, name)
			}
		}
		view.Keys = append(view.Keys, shown)
	}
	return page.Render(c, status, views.APIKeys(view))
}

// keysOff names the setting that switches API keys off; "" = they are on.
func (s *App) keysOff() string {
	if s.Accounts.Settings().NoAPIKeys {
		return apikey.Off.Setting
	}
	return ""
}

// keyForm reads the form of a new key.
func keyForm(c echo.Context) apikey.Form {
	return apikey.Form{
		Title: page.Field(c, "title"), Write: page.Checked(c, "write"), Verify: page.Checked(c, "verify"), Direct: page.Checked(c, "direct"),
		Scope: c.Request().PostForm["scope"], Networks: page.Field(c, "networks"), Ends: page.Field(c, "ends"), Submission: page.Field(c, "submission"),
	}
}

// addKey shows the new key once.
func (s *App) addKey(c echo.Context) error {
	added, shown, err := s.Accounts.Keys.Add(c.Request().Context(), page.Actor(c), keyForm(c))
	return s.keyAdded(c, page.Visitor(c).Account, views.APIKeysURL, added, shown, err)
}

func (s *App) addTechnicalKey(c echo.Context) error {
	account, err := s.findTechnical(c)
	if err != nil {
		return err
	}
	added, shown, err := s.Accounts.Keys.AddTo(c.Request().Context(), page.Actor(c), account.ID, keyForm(c))
	return s.keyAdded(c, account, keysOfAddress(c), added, shown, err)
}

func (s *App) keyAdded(c echo.Context, account models.Account, back string, added models.APIKey, shown string, err error) error {
	switch {
	case errors.As(err, new(core.AlreadyDoneError)):
		return s.Done(c, back, s.WordsFor(c).T("This form was already sent. If you did not save the key, revoke it and create another."))
	case err != nil:
		return s.apiKeysPage(c, account, true, err)
	}
	section := "accounts"
	if back == views.APIKeysURL {
		section = "me"
	}
	return page.Render(c, http.StatusOK, views.NewAPIKey(views.NewAPIKeyPage{
		Frame: s.FrameShownOnce(c, section, "API key"), Key: added, Shown: shown, Back: back, API: s.BaseURL.JoinPath(api.Prefix).String(),
	}))
}

func (s *App) revokeKey(c echo.Context) error {
	if err := s.Accounts.Keys.Revoke(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.apiKeysPage(c, page.Visitor(c).Account, false, err)
	}
	return s.Done(c, views.APIKeysURL, s.WordsFor(c).T("Key revoked. Programs that use it are refused."))
}

func (s *App) revokeTechnicalKey(c echo.Context) error {
	account, err := s.findTechnical(c)
	if err != nil {
		return err
	}
	if err := s.Accounts.Keys.RevokeOf(c.Request().Context(), page.Actor(c), account.ID, c.Param("key")); err != nil {
		return s.apiKeysPage(c, account, false, err)
	}
	return s.Done(c, keysOfAddress(c), s.WordsFor(c).T("Key revoked. Programs that use it are refused."))
}
