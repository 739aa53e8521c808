package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/views"
)

// maxFrom limits the query of the list that an account's page leads back to.
const maxFrom = 1000

// cameFrom returns the query of the list of accounts that the page was opened from. Only the list's own parameters count.
func cameFrom(c echo.Context) url.Values {
	text := c.QueryParam("from")
	if len(text) > maxFrom || !page.Readable(text) {
		return nil
	}
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil
	}
	return views.ListQuery(query)
}

// accountAddressFrom returns the address of an account's page that leads back to the same list.
func accountAddressFrom(c echo.Context, id string) string {
	return views.AccountFromURL(id, cameFrom(c))
}
