package handlers

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
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

// What lists can be filtered and sorted by, in the order of the choices. The states that need an operator come first.
var (
	kinds = []models.Kind{models.Customer, models.Organization, models.SuperAdmin}
	// factors are what an account can have as its second factor, or none.
	factors = []models.FactorKind{models.NoFactor, models.TOTPFactor, models.PasskeyFactor}
	sorts   = models.AccountSorts()
	states  = []models.State{
		models.Blacklisted, models.OneTimeLapsed, models.OneTimeWaiting, models.Expired, models.MustChange, models.NoPassword,
		models.Active, models.NotYetValid, models.Ended, models.Disabled,
	}
)

// accountsPage shows the list that a query asks for; refused is why it could not be saved as a view, nil = it was not to be.
func (s *App) accountsPage(c echo.Context, query url.Values, refused error) error {
	ctx, who := c.Request().Context(), page.Actor(c)
	frame, status, err := s.FormFrame(c, "accounts", "Accounts", refused)
	if err != nil {
		return err
	}
	filter, problems := accountFilter(frame, query)
	var organization models.Account
	if filter.OrganizationID != "" {
		organization, err = s.Accounts.Organization(ctx, who, filter.OrganizationID)
		if errors.As(err, new(*core.ValidationError)) {
			problems = append(problems, ui.Problem{Field: "organization", Text: frame.T("There is no such organization.")})
		} else if err != nil {
			return err
		}
		filter.OrganizationID = organization.ID
	}
	list, err := s.Accounts.List(ctx, who, filter)
	if err != nil {
		return err
	}
	rows, err := s.accountRows(c, list.Rows)
	if err != nil {
		return err
	}
	saved, err := s.savedViews(c, query, filter, refused)
	if err != nil {
		return err
	}
	frame.Problems, frame.BadQuery = append(frame.Problems, problems...), refused == nil
	view := views.AccountsPage{
		Frame: frame, Saved: saved, Rows: rows, Query: query, New: newOptions(frame, who), State: string(filter.State), Sort: string(filter.Sort),
		Filtered: slices.ContainsFunc([]string{"q", "kind", "state", "organization", "factor", "link", "expiring", "ends"}, func(name string) bool {
			return strings.TrimSpace(query.Get(name)) != ""
		}),
		States:  choices(frame, "All states", states, func(state models.State) i18n.Msg { return "state." + i18n.Msg(state) }),
		Links:   choices(frame, "All links", models.LinkStates(), func(state models.LinkState) i18n.Msg { return "link-state." + i18n.Msg(state) }),
		Factors: choices(frame, "All second factors", factors, func(kind models.FactorKind) i18n.Msg { return "factor." + i18n.Msg(kind) }),
		Sorts:   choices(frame, "", sorts, func(sort models.AccountSort) i18n.Msg { return "sort." + i18n.Msg(sort) }),
		Pager:   accountPager(query, filter, list),
	}
	if who.MaySeeEverything() {
		view.Kinds = append(choices(frame, "All kinds", kinds, func(kind models.Kind) i18n.Msg { return "kind." + i18n.Msg(kind) }),
			ui.Option{Value: "technical", Label: frame.T("Technical account")})
		view.Everything, view.Organization = true, organization.Name
	}
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(c, status, views.Accounts(view))
}

// accountPager links to the pages before and after one.
func accountPager(query url.Values, f models.AccountFilter, list models.AccountPage) ui.Pager {
	last := f.Before != nil && f.Before.End
	pager := page.Pager(views.AccountsURL, query, list.Page, f.After != nil || last && list.More, f.Before != nil, func(a models.Account) string {
		row := slices.IndexFunc(list.Rows, func(other models.Account) bool { return other.ID == a.ID })
		return writeCursor(list.Cursor(row))
	})
	if last {
		pager.Older = ""
	}
	return pager
}

// accountRows adds to accounts their states and the names of their organizations.
func (s *App) accountRows(c echo.Context, list []models.Account) (rows []views.AccountRow, err error) {
	organizations, err := s.Accounts.OrganizationNames(c.Request().Context(), list)
	cutoffs := s.Rules(c).Cutoffs()
	for _, account := range list {
		row := views.AccountRow{Account: account, State: cutoffs.State(account)}
		if account.OrganizationID != nil {
			row.Organization = organizations[*account.OrganizationID]
		}
		rows = append(rows, row)
	}
	return rows, err
}

// accountFilter reads the list's filters. Invalid ones are reported and ignored.
func accountFilter(frame ui.Frame, query url.Values) (models.AccountFilter, []ui.Problem) {
	f := models.AccountFilter{
		Search: query.Get("q"), Kind: models.Kind(query.Get("kind")), State: models.State(query.Get("state")),
		OrganizationID: query.Get("organization"), Factor: models.FactorKind(query.Get("factor")), Link: models.LinkState(query.Get("link")), Sort: models.AccountSort(query.Get("sort")), Limit: page.ListLength,
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
	choose(&f.Kind, kinds, "kind", "There is no such kind of account.", wrong)
	choose(&f.State, states, "state", "There is no such state.", wrong)
	choose(&f.Factor, factors, "factor", "There is no such second factor.", wrong)
	choose(&f.Link, models.LinkStates(), "link", "There is no such state of a link.", wrong)
	choose(&f.Sort, sorts, "sort", "There is no such order.", wrong)
	if text := query.Get("expiring"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > maxExpiringDays {
			days = 0
			wrong("", "“Expiring” must be a number of days.")
		}
		f.Expiring = time.Duration(days) * 24 * time.Hour
	}
	f.Sort = cmp.Or(f.Sort, usualSort(f))
	if f.Ends = query.Get("ends"); f.Ends != "" {
		if _, err := time.Parse(time.DateOnly, f.Ends); err != nil {
			f.Ends = ""
			wrong("", "“Ends” must be a day such as 2026-12-31.")
		}
	}
	var ok bool
	if f.After, f.Before, ok = accountPlace(query); !ok {
		wrong("", "The page link is invalid. Showing the first page.")
	}
	return f, problems
}

// usualSort is the order of a list for which none was asked: passwords that expire or have expired by their age, others by name.
func usualSort(f models.AccountFilter) models.AccountSort {
	if f.State == models.Expired || f.Expiring > 0 {
		return models.ByPasswordAge
	}
	return models.ByName
}

// choose removes a choice that does not exist from a filter, and reports it.
func choose[T ~string](value *T, all []T, field string, text i18n.Msg, wrong func(field string, text i18n.Msg)) {
	if *value != "" && !slices.Contains(all, *value) {
		*value = ""
		wrong(field, text)
	}
}

// accountPlace reads the cursor of a page; ok is false for an invalid one, and the list starts at its first row.
func accountPlace(query url.Values) (after, before *models.AccountCursor, ok bool) {
	after, before = readCursor(query.Get("after")), readCursor(query.Get("before"))
	switch {
	case query.Get("before") == lastPage && query.Get("after") == "":
		return nil, &models.AccountCursor{End: true}, true
	case query.Get("after") != "" && query.Get("before") != "":
		return nil, nil, false
	case query.Get("after") != "":
		return after, nil, after != nil
	default:
		return nil, before, before != nil || query.Get("before") == ""
	}
}

// farthestPlace is the last place in a list that a cursor may have.
const farthestPlace = 1_000_000_000

// lastPage is the cursor before which the last page of the list is.
const lastPage = "end"

func readCursor(text string) *models.AccountCursor {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	var cursor models.AccountCursor
	if err := json.Unmarshal(data, &cursor); err != nil || !models.IsID(cursor.ID) || !page.Readable(cursor.Name) || !page.Readable(cursor.Text) {
		return nil
	}
	if cursor.Place < 0 || cursor.Place > farthestPlace {
		cursor.Place = 0
	}
	return &cursor
}

func writeCursor(cursor models.AccountCursor) string {
	data, err := json.Marshal(cursor)
	if err != nil { // a time after the year 9999, which no clock here shows
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// newLabels are the titles of the forms that create accounts.
var newLabels = map[models.Kind]i18n.Msg{
	models.Customer: "New customer", models.Organization: "New organization", models.SuperAdmin: "New SuperAdmin",
}

// newOptions are links to create the kinds of account that the actor may create.
func newOptions(frame ui.Frame, who core.Actor) []ui.Option {
	return creatable(frame, who, func(kind models.Kind) i18n.Msg { return newLabels[kind] })
}

func creatable(frame ui.Frame, who core.Actor, label func(models.Kind) i18n.Msg) (options []ui.Option) {
	for _, kind := range kinds {
		if who.MayCreate(kind) {
			options = append(options, ui.Option{Value: views.NewAccountURL(kind), Label: frame.T(label(kind))})
		}
	}
	return options
}
