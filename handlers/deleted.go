package handlers

import (
	"errors"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/views"
)

func (s *App) deletedAccounts(c echo.Context) error {
	s.RestoreForm(c)
	return s.deletedPage(c, nil)
}

func (s *App) deletedPage(c echo.Context, failed error) error {
	frame, status, err := s.FormFrame(c, "accounts", "Deleted accounts", failed)
	if err != nil {
		return err
	}
	query := c.QueryParams()
	after, before, known := page.IDPlace(query)
	if !known {
		status = page.SetQueryProblem(&frame, true, page.UnknownFilter)
	}
	settings := s.Accounts.Settings()
	view := views.DeletedPage{Frame: frame, Kept: settings.Undelete, AuditKeep: settings.AuditKeep}
	list, err := s.Accounts.Deleted(c.Request().Context(), page.Actor(c), after, before, page.ListLength)
	if off := (core.OffError{}); errors.As(err, &off) {
		view.Off, err = off.Setting, nil
	}
	if err != nil {
		return err
	}
	for _, row := range list.Rows {
		view.Rows = append(view.Rows, views.DeletedRow(row))
	}
	view.Pager = page.IDPager(views.DeletedURL, query, list, func(row accounts.DeletedAccount) string { return row.ID })
	return page.Render(c, status, views.Deleted(view))
}

// restoreAccount restores a deleted account, and shows it.
func (s *App) restoreAccount(c echo.Context) error {
	restored, err := s.Accounts.Restore(c.Request().Context(), page.Actor(c), c.Param("id"))
	if err != nil {
		return s.deletedPage(c, err)
	}
	return s.Done(c, accountAddressFrom(c, restored.ID), s.WordsFor(c).T("Account restored. It is disabled until you enable it."))
}

func (s *App) eraseAccount(c echo.Context) error {
	if err := s.Accounts.Erase(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.deletedPage(c, err)
	}
	return s.Done(c, views.DeletedURL, s.WordsFor(c).T("Account erased."))
}

// ofDeleted is what a form does to the deleted account in the URL, for [page.Route.StepUp].
func (s *App) ofDeleted(does i18n.Msg) func(echo.Context) (page.HeldAct, error) {
	return func(c echo.Context) (page.HeldAct, error) {
		deleted, err := s.Accounts.FindDeleted(c.Request().Context(), page.Actor(c), c.Param("id"))
		return page.HeldAct{Does: does, Name: deleted.Account.Name}, err
	}
}
