package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
)

// suggestOrganizations answers the script of a field for an organization with those that the text in it may mean.
func (s *App) suggestOrganizations(c echo.Context) error {
	list, err := s.Accounts.SuggestOrganizations(c.Request().Context(), page.Actor(c), c.QueryParam("q"))
	if err != nil {
		return err
	}
	type suggestion struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	suggested := make([]suggestion, len(list))
	for i, organization := range list {
		suggested[i] = suggestion{ID: organization.ID, Name: organization.Name}
	}
	return c.JSON(http.StatusOK, suggested)
}
