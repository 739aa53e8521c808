package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// maxExpiringDays limits the filter `expiring` to a century.
const maxExpiringDays = 36500

func (s *App) listAccounts(c echo.Context) error {
	frame, err := s.Frame(c, "accounts", "Accounts")
	if err != nil {
		return err
	}
	query := c.QueryParams()
	filter, problems := accountFilter(frame, query)
	known, err := s.Accounts.MayFilterBy(c.Request().Context(), page.Actor(c), filter.OrganizationID)
	if err != nil {
		return err
	}
	if !known {
		filter.OrganizationID = ""
		problems = append(problems, ui.Problem{Field: "organization", Text: frame.T("There is no such organization.")})
	}
	frame.Problems, frame.BadQuery = problems, true
	view, err := s.accountsPage(c, frame, query, filter)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(c, status, views.Accounts(view))
}

func (s *App) accountsPage(
	c echo.Context, frame ui.Frame, query url.Values, filter models.AccountFilter,
) (views.AccountsPage, error) {
	ctx, who := c.Request().Context(), page.Actor(c)
	view := views.AccountsPage{
		Frame: frame, Query: query, Kinds: kindOptions(frame, who), States: stateOptions(frame), Sorts: sortOptions(frame),
		New: newOptions(frame, who), State: string(filter.State), Filtered: isFiltered(query),
	}
	organizations, err := s.Accounts.Organizations(ctx, who, filter.OrganizationID)
	if err != nil {
		return view, err
	}
	if who.MaySeeEverything() {
		view.Organizations = organizationOptions(organizations, frame.T("All organizations"))
	}
	list, err := s.Accounts.List(ctx, who, filter)
	if err != nil {
		return view, err
	}
	view.Pager = accountPager(query, filter, list)
	view.Rows, err = s.accountRows(c, list.Rows)
	return view, err
}

func (s *App) accountRows(c echo.Context, list []models.Account) ([]views.AccountRow, error) {
	names, err := s.Accounts.OrganizationNames(c.Request().Context(), list)
	if err != nil {
		return nil, err
	}
	cutoffs := s.Rules(c).Cutoffs()
	rows := make([]views.AccountRow, len(list))
	for i, account := range list {
		rows[i] = views.AccountRow{Account: account, State: cutoffs.State(account)}
		if account.OrganizationID != nil {
			rows[i].Organization = names[*account.OrganizationID]
		}
	}
	return rows, nil
}

// accountFilter reads the list's filters. Invalid ones are reported and ignored.
func accountFilter(frame ui.Frame, query url.Values) (models.AccountFilter, []ui.Problem) {
	f := models.AccountFilter{
		Search: query.Get("q"), Kind: models.Kind(query.Get("kind")), State: models.State(query.Get("state")),
		OrganizationID: query.Get("organization"), Sort: models.AccountSort(query.Get("sort")), Limit: page.ListLength,
	}
	var problems []ui.Problem
	wrong := func(field string, text i18n.Msg) {
		problems = append(problems, ui.Problem{Field: field, Text: frame.T(text)})
	}
	if len(f.Search) > identifier.MaxTyped {
		f.Search = ""
		wrong("q", "error.search.too_long")
	}
	if f.Kind == "technical" {
		f.Kind, f.Technical = "", true
	}
	if !validKind(f.Kind) {
		f.Kind = ""
		wrong("kind", "There is no such kind of account.")
	}
	if !validState(f.State) {
		f.State = ""
		wrong("state", "There is no such state.")
	}
	if !validSort(&f.Sort) {
		wrong("sort", "There is no such order.")
	}
	if !expiring(query.Get("expiring"), &f.Expiring) {
		wrong("", "“Expiring” must be a number of days.")
	}
	if !accountPlace(query, &f) {
		wrong("", "The page link is invalid. Showing the first page.")
	}
	return f, problems
}

func validKind(kind models.Kind) bool {
	return kind == "" || kind == models.SuperAdmin || kind == models.Organization || kind == models.Customer
}

func validState(state models.State) bool {
	for _, known := range models.States() {
		if state == known {
			return true
		}
	}
	return state == ""
}

var sorts = []models.AccountSort{models.ByName, models.Newest, models.Oldest, models.ByExpiry}

func validSort(sort *models.AccountSort) bool {
	for _, known := range sorts {
		if *sort == known {
			return true
		}
	}
	empty := *sort == ""
	*sort = models.ByName
	return empty
}

func expiring(text string, within *time.Duration) bool {
	if text == "" {
		return true
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > maxExpiringDays {
		return false
	}
	*within = time.Duration(days) * 24 * time.Hour
	return true
}

func isFiltered(query url.Values) bool {
	for _, name := range []string{"q", "kind", "state", "organization", "expiring"} {
		if strings.TrimSpace(query.Get(name)) != "" {
			return true
		}
	}
	return false
}

// kindOptions returns the kinds that the actor can filter by, or none if there is only one.
func kindOptions(frame ui.Frame, who core.Actor) []ui.Option {
	if !who.MaySeeEverything() {
		return nil
	}
	options := []ui.Option{{Value: "", Label: frame.T("All kinds")}}
	for _, kind := range []models.Kind{models.Customer, models.Organization, models.SuperAdmin} {
		options = append(options, ui.Option{Value: string(kind), Label: frame.T("kind." + i18n.Msg(kind))})
	}
	return append(options, ui.Option{Value: "technical", Label: frame.T("Technical account")})
}

func stateOptions(frame ui.Frame) []ui.Option {
	options := []ui.Option{{Value: "", Label: frame.T("All states")}}
	for _, state := range listedStates {
		options = append(options, ui.Option{Value: string(state), Label: frame.T("state." + i18n.Msg(state))})
	}
	return options
}

// listedStates are the states in the order of the tabs. Those that need an operator come first.
var listedStates = []models.State{
	models.Blacklisted, models.OneTimeLapsed, models.OneTimeWaiting, models.Expired, models.MustChange, models.NoPassword,
	models.Active, models.Disabled,
}

func sortOptions(frame ui.Frame) (options []ui.Option) {
	for _, sort := range sorts {
		options = append(options, ui.Option{Value: string(sort), Label: frame.T("sort." + i18n.Msg(sort))})
	}
	return options
}

func organizationOptions(list []models.Account, all string) []ui.Option {
	var options []ui.Option
	if all != "" {
		options = append(options, ui.Option{Value: "", Label: all})
	}
	for _, organization := range list {
		options = append(options, ui.Option{Value: organization.ID, Label: organization.Name})
	}
	return options
}

// newOptions are links to create the kinds of account that the actor may create.
func newOptions(frame ui.Frame, who core.Actor) (options []ui.Option) {
	labels := map[models.Kind]i18n.Msg{
		models.Customer: "New customer", models.Organization: "New organization", models.SuperAdmin: "New SuperAdmin",
	}
	for _, kind := range []models.Kind{models.Customer, models.Organization, models.SuperAdmin} {
		if who.MayCreate(kind) {
			options = append(options, ui.Option{Value: views.NewAccountURL(kind), Label: frame.T(labels[kind])})
		}
	}
	return options
}
