package handlers

import (
	"errors"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/view"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
)

// listAccounts shows the list that the query asks for.
func (s *App) listAccounts(c echo.Context) error {
	s.RestoreForm(c)
	return s.accountsPage(c, c.QueryParams(), nil)
}

// saveView names the list that a query asks for. A query that the list refuses is shown there.
func (s *App) saveView(c echo.Context) error {
	query, filter, err := s.sentQuery(c)
	replaced := false
	if err == nil {
		query = savedQuery(query, filter)
		replaced, err = s.Accounts.Views.Save(c.Request().Context(), page.Actor(c), view.Form{
			Title: page.Field(c, "title"), Query: query, Shared: page.Checked(c, "shared"),
		})
	}
	if err != nil {
		return s.accountsPage(c, query, err)
	}
	done := s.WordsFor(c).T("View saved.")
	if replaced {
		done = s.WordsFor(c).T("View saved in place of the former one with this name.")
	}
	return s.Done(c, views.Query(views.AccountsURL, query), done)
}

// sentQuery reads the list's parameters in a form's query. What the list refuses is a [core.ValidationError] without fields, since the list
// says what is wrong.
func (s *App) sentQuery(c echo.Context) (query url.Values, filter models.AccountFilter, err error) {
	query, err = view.ParseQuery(page.Field(c, "query"))
	query = views.ListQuery(query)
	if err != nil {
		return query, filter, err
	}
	filter, problems := accountFilter(s.PlainFrame(c, "Accounts"), query)
	if len(problems) > 0 {
		return query, filter, &core.ValidationError{}
	}
	if filter.OrganizationID != "" {
		_, err = s.Accounts.Organization(c.Request().Context(), page.Actor(c), filter.OrganizationID)
		if errors.As(err, new(*core.ValidationError)) {
			err = &core.ValidationError{}
		}
	}
	return query, filter, err
}

// savedQuery returns what a view keeps of the query of a list: its filters, and its order if that is not the usual one.
func savedQuery(query url.Values, filter models.AccountFilter) url.Values {
	kept := views.ListQuery(query)
	kept.Del("after")
	kept.Del("before")
	if kept.Get("sort") == string(usualSort(filter)) {
		kept.Del("sort")
	}
	for name := range kept {
		if strings.TrimSpace(kept.Get(name)) == "" {
			kept.Del(name)
		}
	}
	return kept
}

// savedViews returns the menu of saved views for a list. It is open if the form was refused, or filled in again.
func (s *App) savedViews(c echo.Context, query url.Values, filter models.AccountFilter, refused error) (views.SavedViews, error) {
	who := page.Actor(c)
	sent := c.Request().PostForm
	menu := views.SavedViews{
		Query: savedQuery(query, filter).Encode(), Title: page.Field(c, "title"), Shared: page.Checked(c, "shared"),
		MayShare: who.MaySeeEverything(), Open: refused != nil || sent.Has("title"),
	}
	list, err := s.Accounts.Views.List(c.Request().Context(), who)
	for _, v := range list {
		row := views.SavedView{
			ID: v.ID, Title: v.Title, URL: views.AccountsURL + "?" + v.Query, Shared: v.Shared, Current: v.Query == menu.Query, MayDelete: v.MayDelete,
		}
		if !v.Own {
			row.Owner = v.OwnerName
		}
		menu.List = append(menu.List, row)
	}
	return menu, err
}

func (s *App) deleteView(c echo.Context) error {
	if err := s.Accounts.Views.Delete(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return err
	}
	return s.Done(c, listAddress(c), s.WordsFor(c).T("View deleted."))
}

// listAddress returns the list that a form about views was sent from, or the whole list.
func listAddress(c echo.Context) string {
	query, err := view.ParseQuery(page.Field(c, "query"))
	if err != nil {
		query = nil
	}
	return views.Query(views.AccountsURL, views.ListQuery(query))
}
