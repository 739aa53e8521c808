package handlers

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/policy"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// accountsView is the list of accounts, without what depends on counts.
func (s *App) accountsView(
	c echo.Context, frame ui.Frame, query url.Values, f models.AccountFilter, list models.AccountPage,
) (view views.AccountsPage, err error) {
	who := page.Actor(c)
	rows, err := s.accountRows(c, list.Rows)
	if err != nil {
		return view, err
	}
	answer := answerOf(f)
	view = views.AccountsPage{
		Frame: frame, Query: query, New: newOptions(frame, who), Answer: frame.T(answer.label), Heads: sortHeads(frame, query, f, answer, who.MaySeeEverything()),
		Menus: filterMenus(frame, query, f, who.MaySeeEverything()), Orders: orderMenu(frame, query, f), Pager: accountPager(query, f, list),
		Filtered: slices.ContainsFunc(views.ListFilters, func(name string) bool { return name != "sort" && strings.TrimSpace(query.Get(name)) != "" }),
	}
	rules := s.Rules(c)
	for i := range rows {
		cursor := list.Cursor(i)
		cursor.ID = "" // which the address of the page has
		rows[i].Answer = answer.of(frame, rules, rows[i].Account)
		rows[i].URL = views.AccountFromURL(rows[i].ID, withPlace(query, page.WriteCursor(cursor)))
	}
	view.Rows = rows
	return view, nil
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

// withPlace adds to a query where in the list a row is.
func withPlace(query url.Values, place string) url.Values {
	placed := maps.Clone(query)
	placed.Set(views.PlaceParameter, place)
	return placed
}

// listURL returns the address of the first page of the list with other filters.
func listURL(query url.Values, change ...string) string {
	return views.Query(views.AccountsURL, views.ListQuery(query), append(change, "after", "", "before", "", views.PlaceParameter, "")...)
}

// answerColumn is the column that shows what a list is opened for.
type answerColumn struct {
	label i18n.Msg
	sort  models.AccountSort // "" = the list has no such order
	of    func(ui.Frame, *policy.Rules, models.Account) views.Answer
}

// answerOf returns the column of the list: when blocks end, when one-time passwords lapse, when accounts begin or end, or else when passwords expire.
func answerOf(f models.AccountFilter) answerColumn {
	switch {
	case f.State == models.Blacklisted:
		return answerColumn{"Blocked until", models.ByBlockEnd, func(frame ui.Frame, _ *policy.Rules, a models.Account) views.Answer {
			if a.BlockedUntil == nil {
				return views.Answer{Text: frame.T("Until unblocked")}
			}
			return views.Answer{At: a.BlockedUntil}
		}}
	case f.State == models.OneTimeLapsed || f.State == models.OneTimeWaiting:
		return answerColumn{"Valid until", "", func(frame ui.Frame, rules *policy.Rules, a models.Account) views.Answer {
			at, ok := rules.LapsesAt(a)
			return timeAnswer(frame, at, ok, "is-bad")
		}}
	case f.State == models.NotYetValid:
		return answerColumn{"First day", "", func(frame ui.Frame, _ *policy.Rules, a models.Account) views.Answer {
			return views.Answer{Text: frame.CalendarDate(a.ValidFrom)}
		}}
	case f.State == models.Ended || f.Ends != "" || sortKey(f.Sort) == models.ByLastDay:
		return answerColumn{"Last day", models.ByLastDay, func(frame ui.Frame, _ *policy.Rules, a models.Account) views.Answer {
			if a.ValidUntil == "" {
				return views.Answer{}
			}
			return views.Answer{Text: frame.CalendarDate(a.ValidUntil)}
		}}
	default:
		sort := models.ByExpiration
		if f.State != "" && f.State != models.Expired { // few of very many are in the state
			sort = ""
		}
		return answerColumn{"Password expires", sort, func(frame ui.Frame, rules *policy.Rules, a models.Account) views.Answer {
			at, ok := rules.ExpiresAt(a)
			return timeAnswer(frame, at, ok && a.PasswordHash != "", "is-warn")
		}}
	}
}

// timeAnswer marks a time that has passed.
func timeAnswer(frame ui.Frame, at time.Time, known bool, passed string) views.Answer {
	answer := views.Answer{At: &at}
	switch {
	case !known:
		return views.Answer{}
	case !at.After(frame.Now):
		answer.Class = passed
	}
	return answer
}

// sortKey is an order without its direction.
func sortKey(sort models.AccountSort) models.AccountSort {
	return models.AccountSort(strings.TrimPrefix(string(sort), "-"))
}

// sortHeads are the heads of the columns, with the order that the list is in.
func sortHeads(frame ui.Frame, query url.Values, f models.AccountFilter, answer answerColumn, everything bool) []views.SortHead {
	head := func(label i18n.Msg, sort models.AccountSort, class string) views.SortHead {
		head := views.SortHead{Label: frame.T(label), Class: class}
		if sort == "" {
			return head
		}
		next := sort
		switch f.Sort {
		case sort:
			head.Sort, next = "ascending", sort.Reversed()
		case sort.Reversed():
			head.Sort = "descending"
		}
		head.URL = listURL(query, "sort", string(next))
		return head
	}
	heads := []views.SortHead{head("Name", models.ByName, ""), head("State", "", ""), head("E-mail", models.ByEmail, "extra")}
	if everything {
		heads = append(heads, head("Organization", "", "extra"))
	}
	return append(heads, head(answer.label, answer.sort, "extra late"), head("Last sign-in", models.ByLastSignIn, "extra"))
}

// orders are the orders of the list that its menu offers, also those that no column has.
var orders = []models.AccountSort{
	models.ByName, models.Newest, models.Oldest, models.ByExpiration, models.ByLastSignIn.Reversed(), models.ByLastSignIn, models.ByPasswordAge,
}

func orderMenu(frame ui.Frame, query url.Values, f models.AccountFilter) views.FilterMenu {
	menu := views.FilterMenu{Label: frame.T("sort." + i18n.Msg(f.Sort))}
	all := orders
	if !slices.Contains(all, f.Sort) {
		all = append([]models.AccountSort{f.Sort}, all...)
	}
	for _, sort := range all {
		option := ui.Option{Value: listURL(query, "sort", string(sort)), Label: frame.T("sort." + i18n.Msg(sort))}
		if menu.Options = append(menu.Options, option); sort == f.Sort {
			menu.Current = option.Value
		}
	}
	return menu
}

// expiringDays are the choices of the filter by when passwords expire.
var expiringDays = []int{7, 30, 90}

// filterMenus are the filters that are not set.
func filterMenus(frame ui.Frame, query url.Values, f models.AccountFilter, everything bool) (menus []views.FilterMenu) {
	menu := func(label i18n.Msg, name string, options []ui.Option) views.FilterMenu {
		menu := views.FilterMenu{Label: frame.T(label)}
		for _, option := range options {
			menu.Options = append(menu.Options, ui.Option{Value: listURL(query, name, option.Value), Label: option.Label})
		}
		return menu
	}
	if everything && f.Kind == "" && !f.Technical {
		menus = append(menus, menu("Kind", "kind", kindOptions(frame)))
	}
	if f.Expiring == 0 && f.Ends == "" {
		var options []ui.Option
		for _, days := range expiringDays {
			options = append(options, ui.Option{Value: strconv.Itoa(days), Label: frame.N("Within {{.N}} day", "Within {{.N}} days", days)})
		}
		menus = append(menus, menu("Password expires", "expiring", options))
	}
	more := views.FilterMenu{Label: frame.T("More filters")}
	group := func(menu views.FilterMenu) {
		more.Groups = append(more.Groups, views.FilterGroup{Label: menu.Label, Options: menu.Options})
	}
	if f.Factor == "" {
		group(menu("Two-step verification", "factor",
			choices(frame, "", factors, func(kind models.FactorKind) i18n.Msg { return "factor." + i18n.Msg(kind) })))
	}
	if f.Link == "" {
		group(menu("Set-password link", "link",
			choices(frame, "", models.LinkStates(), func(state models.LinkState) i18n.Msg { return "link-state." + i18n.Msg(state) })))
	}
	if len(more.Groups) > 0 {
		menus = append(menus, more)
	}
	return menus
}

func kindOptions(frame ui.Frame) []ui.Option {
	return append(choices(frame, "", kinds, func(kind models.Kind) i18n.Msg { return "kind." + i18n.Msg(kind) }),
		ui.Option{Value: "technical", Label: frame.T("Technical account")})
}

// accountChips are the filters that are set, besides the search and the state, which the page shows elsewhere.
func accountChips(frame ui.Frame, query url.Values, f models.AccountFilter, organization models.Account) (chips []ui.Option) {
	add := func(name, label string) {
		chips = append(chips, ui.Option{Value: listURL(query, name, ""), Label: label})
	}
	switch {
	case f.Technical:
		add("kind", frame.T("Technical account"))
	case f.Kind != "":
		add("kind", frame.T("kind."+i18n.Msg(f.Kind)))
	}
	if organization.ID != "" {
		add("organization", words.Isolate(organization.Name))
	}
	if f.Expiring > 0 {
		add("expiring", frame.N("Expires within {{.N}} day", "Expires within {{.N}} days", int(f.Expiring/(24*time.Hour))))
	}
	if f.Ends != "" {
		add("ends", frame.T("Ends on {{.Date}}", "Date", frame.CalendarDate(f.Ends)))
	}
	if f.Factor != "" {
		add("factor", frame.T("Two-step verification: {{.Which}}", "Which", frame.T("factor."+i18n.Msg(f.Factor))))
	}
	if f.Link != "" {
		add("link", frame.T("Link: {{.State}}", "State", frame.T("link-state."+i18n.Msg(f.Link))))
	}
	return chips
}

// shortStates name states where there is little room.
var shortStates = map[models.State]i18n.Msg{
	models.Blacklisted: "state.blacklisted", models.OneTimeLapsed: "Never used", models.OneTimeWaiting: "One-time", models.Expired: "state.expired",
	models.MustChange: "Must change", models.NoPassword: "state.no-password", models.Active: "state.active",
	models.NotYetValid: "state.not-yet-valid", models.Ended: "state.ended", models.Disabled: "state.disabled",
}

// stateTabs are the states of the list's accounts, with how many are in each. States without accounts are left out, so that there is room for the others.
func stateTabs(frame ui.Frame, query url.Values, f models.AccountFilter, counts models.Counts) []views.Tab {
	known := f.Search == "" && f.Factor == "" && f.Link == "" && f.Ends == "" && f.Expiring == 0
	tab := func(state models.State, label i18n.Msg) views.Tab {
		tab := views.Tab{Option: ui.Option{Value: listURL(query, "state", string(state)), Label: frame.T(label)}, Current: f.State == state}
		if known {
			tab.Count = frame.Number(int64(counts.Of(state, f.Kind, f.Technical)))
		}
		return tab
	}
	tabs := []views.Tab{tab("", "All")}
	for _, state := range states {
		if f.State == state || counts.Of(state, f.Kind, f.Technical) > 0 {
			tabs = append(tabs, tab(state, shortStates[state]))
		}
	}
	return tabs
}

// shown says which rows of how many a page shows.
func shown(frame ui.Frame, list models.AccountPage, total accounts.Total) string {
	if len(list.Rows) == 0 {
		return ""
	}
	of := totalText(frame, total)
	if list.First == 0 {
		return frame.T("{{.Total}} in total", "Total", of)
	}
	return frame.T("{{.First}}–{{.Last}} of {{.Total}}",
		"First", frame.Number(int64(list.First)), "Last", frame.Number(int64(list.First+len(list.Rows)-1)), "Total", of)
}

func totalText(frame ui.Frame, total accounts.Total) string {
	if total.More {
		return frame.T("{{.N}}+", "N", total.UpTo)
	}
	return frame.Number(int64(total.N))
}

// searchedFor says what a list was filtered by that shows nothing.
func searchedFor(frame ui.Frame, view views.AccountsPage, f models.AccountFilter) string {
	var parts []string
	if f.Search != "" {
		parts = append(parts, frame.T("“{{.Text}}”", "Text", words.Isolate(f.Search)))
	}
	if f.State != "" {
		parts = append(parts, words.Isolate(frame.T("state."+i18n.Msg(f.State))))
	}
	for _, chip := range view.Chips {
		parts = append(parts, chip.Label)
	}
	if len(parts) == 0 {
		return frame.T("this filter")
	}
	return strings.Join(parts, ", ")
}
