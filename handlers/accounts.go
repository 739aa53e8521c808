package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
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
	filter, organization, problems, err := s.listFilter(c, frame, query)
	if err != nil {
		return err
	}
	asked := filter // without its total, which comes from these counts
	counted := sync.OnceValues(func() (listCounts, error) { return s.countList(c, asked) })
	if filter.Search == "" { // a search counts its hits
		filter.Total = func() int { // waits for the counts if the list needs them; a failure is returned below
			counts, err := counted()
			if err != nil || counts.total.More {
				return 0
			}
			return counts.total.N
		}
	}
	list, err := s.Accounts.List(ctx, who, filter)
	if err != nil {
		return err
	}
	counts, err := counted()
	if err != nil {
		return err
	}
	if filter.Search != "" {
		counts.total = accounts.Total{N: list.Hits, UpTo: models.MostHits, More: list.MoreHits}
	}
	frame.Problems, frame.BadQuery = append(frame.Problems, problems...), refused == nil
	view, err := s.accountsView(c, frame, query, filter, list)
	if err != nil {
		return err
	}
	if view.Saved, err = s.savedViews(c, query, filter, refused); err != nil {
		return err
	}
	view.Tabs, view.Everything, view.Organization = stateTabs(frame, query, filter, counts.states), who.MaySeeEverything(), filter.OrganizationID != ""
	view.Chips = accountChips(frame, query, filter, organization)
	view.Searched, view.Pager.Shown = searchedFor(frame, view, filter), shown(frame, list, counts.total)
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(c, status, views.Accounts(view))
}

// listFilter reads the list's filters and the organization among them. Invalid ones are reported and ignored.
func (s *App) listFilter(
	c echo.Context, frame ui.Frame, query url.Values,
) (filter models.AccountFilter, organization models.Account, problems []ui.Problem, err error) {
	filter, problems = accountFilter(frame, query)
	if filter.OrganizationID == "" {
		return filter, organization, problems, nil
	}
	organization, err = s.Accounts.Organization(c.Request().Context(), page.Actor(c), filter.OrganizationID)
	if errors.As(err, new(*core.ValidationError)) {
		problems, err = append(problems, ui.Problem{Field: "organization", Text: frame.T("There is no such organization.")}), nil
	}
	filter.OrganizationID = organization.ID
	return filter, organization, problems, err
}

// listCounts are how many accounts have the list's kind and organization, and how many the list has.
type listCounts struct {
	states models.Counts
	total  accounts.Total
}

func (s *App) countList(c echo.Context, f models.AccountFilter) (counts listCounts, err error) {
	all, err := s.Counts(c)
	if err != nil {
		return counts, err
	}
	counts.states, counts.total, err = s.Accounts.CountList(c.Request().Context(), page.Actor(c), f, all.Counts)
	return counts, err
}

// accountPager links to the pages before and after one.
func accountPager(query url.Values, f models.AccountFilter, list models.AccountPage) ui.Pager {
	last := f.Before != nil && f.Before.End
	pager := page.Pager(views.AccountsURL, query, list.Page, f.After != nil || last && list.More, f.Before != nil, func(a models.Account) string {
		row := slices.IndexFunc(list.Rows, func(other models.Account) bool { return other.ID == a.ID })
		return page.WriteCursor(list.Cursor(row))
	})
	if last {
		pager.Older = ""
	}
	if pager.Newer != "" {
		pager.First = listURL(query)
	}
	if pager.Older != "" {
		pager.Last = views.Query(views.AccountsURL, query, "after", "", "before", lastPage)
	}
	return pager
}

// accountFilter reads the list's filters. Invalid ones are reported and ignored.
func accountFilter(frame ui.Frame, query url.Values) (models.AccountFilter, []ui.Problem) {
	f := models.AccountFilter{
		Search: identifier.Trim(query.Get("q")), Kind: models.Kind(query.Get("kind")), State: models.State(query.Get("state")),
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
	choose(&f.Kind, kinds, "", "There is no such kind of account.", wrong)
	choose(&f.State, states, "state", "There is no such state.", wrong)
	choose(&f.Factor, factors, "", "There is no such second factor.", wrong)
	choose(&f.Link, models.LinkStates(), "", "There is no such state of a link.", wrong)
	choose(&f.Sort, sorts, "", "There is no such order.", wrong)
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

// usualSort is the order of a list for which none was asked: what its accounts are looked for first.
func usualSort(f models.AccountFilter) models.AccountSort {
	switch {
	case f.State == models.Expired || f.Expiring > 0:
		return models.ByExpiration
	case f.State == models.Blacklisted:
		return models.ByBlockEnd.Reversed()
	case f.State == models.Ended:
		return models.ByLastDay.Reversed()
	default:
		return models.ByName
	}
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
	after, before = page.ReadCursor(query.Get("after")), page.ReadCursor(query.Get("before"))
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

// lastPage is the cursor before which the last page of the list is.
const lastPage = "end"

// readPlace reads the cursor of an account, which has no id.
func readPlace(text, id string) *models.AccountCursor {
	cursor := page.DecodeCursor(text)
	if cursor == nil || cursor.ID != "" {
		return nil
	}
	cursor.ID = id
	return cursor
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
