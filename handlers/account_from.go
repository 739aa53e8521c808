package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/view"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// cameFrom returns the query of the list of accounts that the page was opened from. Only the list's own parameters count.
func cameFrom(c echo.Context) url.Values {
	text := c.QueryParam("from")
	if len(text) > view.MaxQuery || !page.Readable(text) {
		return nil
	}
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil
	}
	return views.ListQuery(query)
}

// walk returns the ways to the accounts before and after one in the list that its page was opened from.
func (s *App) walk(c echo.Context, frame ui.Frame, account models.Account) (walk views.Walk, err error) {
	query := cameFrom(c)
	place := readPlace(query.Get(views.PlaceParameter), account.ID)
	if place == nil {
		return walk, nil
	}
	filter, _, _, err := s.listFilter(c, frame, query)
	if err != nil {
		return walk, err
	}
	filter.After, filter.Before = place, nil
	found, err := s.Accounts.Neighbours(c.Request().Context(), page.Actor(c), filter, account)
	if err != nil {
		return walk, err
	}
	to := func(n *models.Neighbour) string {
		if n == nil {
			return ""
		}
		n.Place.ID = ""
		return views.AccountFromURL(n.ID, withPlace(query, page.WriteCursor(n.Place)))
	}
	walk = views.Walk{Previous: to(found.Previous), Next: to(found.Next)}
	if place.Place > 0 && found.Listed && filter.Search+string(filter.Factor)+string(filter.Link)+filter.Ends == "" { // whose number is known
		counts, err := s.countList(c, filter)
		if err != nil {
			return walk, err
		}
		if place.Place <= counts.total.N {
			walk.Place = frame.T("{{.N}} of {{.Of}}", "N", frame.Number(int64(place.Place)), "Of", totalText(frame, counts.total))
		}
	}
	return walk, nil
}

// accountAddressFrom returns the address of an account's page that leads back to the same list.
func accountAddressFrom(c echo.Context, id string) string {
	return views.AccountFromURL(id, cameFrom(c))
}
