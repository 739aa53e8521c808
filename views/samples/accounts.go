package samples

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"latchkey/models"
	"latchkey/views"
)

func accounts(f views.Frame) []Sample {
	const page = "Accounts"
	all := accountsPage(seenBy(f, olga, "accounts", f.T("Accounts")), rows(f))
	all.Pager.Older = views.Query(views.AccountsURL, nil, "after", "eyJpZCI6")
	middle, deleted := all, all
	middle.Pager.Newer = views.Query(views.AccountsURL, nil, "before", "eyJpZCI6")
	deleted.Frame = saying(all.Frame, f.T("The account is deleted."))
	return show(page, views.Accounts, []state[views.AccountsPage]{
		{"accounts", "every state and kind", all},
		{"accounts-pages", "in the middle of many", middle},
		{"accounts-flash", "with a message", deleted},
		{"accounts-filtered", "filtered by state and text", filtered(all, rows(f)[3:4], "state", "expired", "q", "nord")},
		{"accounts-expiring", "those that expire soon", filtered(all, []views.AccountRow{rows(f)[1], rows(f)[0]}, "expiring", "90", "sort", "password-age")},
		{"accounts-nothing", "nothing found", filtered(all, nil, "q", "schmidt", "kind", "technical", "state", "blacklisted")},
		{"accounts-unreadable", "a filter that cannot be read", unreadable(all)},
		{"accounts-long", "long names and other scripts", accountsPage(all.Frame, longRows(f))},
		{"accounts-organization", "seen by an organization", ofPartner(f, rows(f)[2:9])},
		{"accounts-empty", "an organization without customers", ofPartner(f, nil)},
	})
}

// accountsPage is the list in its usual order, which is by name.
func accountsPage(f views.Frame, rows []views.AccountRow) views.AccountsPage {
	slices.SortFunc(rows, func(a, b views.AccountRow) int { return strings.Compare(a.Name, b.Name) })
	page := views.AccountsPage{
		Frame: f, Rows: rows, New: creatable(f), States: []views.Option{{Label: f.T("All states")}}, Sorts: sorts(f),
		Kinds: []views.Option{
			{Label: f.T("All kinds")}, {Value: "customer", Label: f.T("kind.customer")}, {Value: "organization", Label: f.T("kind.organization")},
			{Value: "superadmin", Label: f.T("kind.superadmin")}, {Value: "technical", Label: f.T("Technical account")},
		},
		Organizations: append([]views.Option{{Label: f.T("All organizations")}}, organizations()...),
	}
	for _, state := range []models.State{
		models.Blacklisted, models.OneTimeLapsed, models.OneTimeWaiting, models.Expired, models.MustChange, models.NoPassword, models.Active, models.Disabled,
	} {
		page.States = append(page.States, views.Option{Value: string(state), Label: f.T("state." + string(state))})
	}
	return page
}

func sorts(f views.Frame) (options []views.Option) {
	for _, sort := range []models.AccountSort{models.ByName, models.Newest, models.Oldest, models.ByExpiry} {
		options = append(options, views.Option{Value: string(sort), Label: f.T("sort." + string(sort))})
	}
	return options
}

func organizations() []views.Option {
	return []views.Option{
		{Value: id(0x51), Label: "altmühl-fracht"}, {Value: id(0x52), Label: "brightwater-freight"},
		{Value: models.DefaultOrganizationID, Label: defaultOf}, {Value: organization.ID, Label: nordkai},
	}
}

// rows are an account in every state, and one of every kind.
func rows(f views.Frame) []views.AccountRow {
	return []views.AccountRow{
		{Account: person(f, 1, olga.Name, superAdmin, setBefore(f, 21*day)), State: models.Active},
		{Account: person(f, 2, nordkai, partner, setBefore(f, 57*day)), State: models.Active},
		{Account: person(f, 3, clara), State: models.Active, Organization: nordkai},
		{Account: person(f, 4, "jürgen.weiß", email("juergen.weiss@nordkai.example"), setBefore(f, 67*day)), State: models.Expired, Organization: nordkai},
		{Account: person(f, 5, "katharina.vogel", mustChange), State: models.MustChange, Organization: nordkai},
		{Account: person(f, 6, "nora.petersen", oneTime(f, 2*day)), State: models.OneTimeWaiting, Organization: nordkai},
		{Account: person(f, 7, "emil.thomsen", oneTime(f, 9*day)), State: models.OneTimeLapsed, Organization: nordkai},
		{Account: person(f, 8, "hafenbüro", email("hafenbuero@nordkai.example"), forGood(f)), State: models.Blacklisted, Organization: nordkai},
		{Account: person(f, 9, "tacho-upload", technical, setBefore(f, 64*day)), State: models.Active, Organization: nordkai},
		{Account: person(f, 10, miguel, ofDefault, email("miguel.santos@hollenbeck.example"), blacklisted(f)), State: models.Blacklisted, Organization: defaultOf},
		{Account: person(f, 11, "archiv.2019", ofDefault, email("archiv@hollenbeck.example"), withoutPassword), State: models.NoPassword, Organization: defaultOf},
		{Account: person(f, 12, "josef.huber", ofDefault, email("josef.huber@altmühl.example"), disabled(f)), State: models.Disabled, Organization: defaultOf},
		{Account: person(f, 13, "altmühl-fracht", partner, disabled(f)), State: models.Disabled},
		{Account: person(f, 14, "label-printer-hall-b", technical, ofDefault, disabled(f), setBefore(f, 83*day)), State: models.Disabled, Organization: defaultOf},
	}
}

// longRows fill every column as far as it goes.
func longRows(f views.Frame) []views.AccountRow {
	const name = "maximiliane-friederike.von-und-zu-hohenlohe-schillingsfürst.extern"
	const address = "maximiliane-friederike.hohenlohe@personalverwaltung.zweigniederlassung-nord.hollenbeck.example"
	long := person(f, 20, name[:strings.LastIndex(name, ".")], email(address), blacklisted(f))
	unbroken := person(f, 21, strings.Repeat("w", 64), email(strings.Repeat("w", 60)+"@example.org"), oneTime(f, 8*day))
	return []views.AccountRow{
		{Account: long, State: models.Blacklisted, Organization: "spedition-und-lagerhaus-gesellschaft-obere-altmühl-nord"},
		{Account: unbroken, State: models.OneTimeLapsed, Organization: strings.Repeat("n", 64)},
		{Account: person(f, 22, "佐藤健", email("k.sato@example.net")), State: models.Active, Organization: "田中運輸"},
		{Account: person(f, 23, "ليلى", email("leila.haddad@atlas-cargo.example")), State: models.MustChange, Organization: "atlas-cargo"},
		{Account: person(f, 24, "nguyễn.lan", email("lan.nguyen@hollenbeck.example"), setBefore(f, 20*time.Second)), State: models.Active, Organization: defaultOf},
		{Account: person(f, 25, "reefer-telemetry-container-terminal-east-gate-17-backup-unit-b", technical), State: models.Active, Organization: nordkai},
	}
}

// filtered is the list with a filter: names and values in turn.
func filtered(page views.AccountsPage, rows []views.AccountRow, filter ...string) views.AccountsPage {
	page.Query, page.Rows, page.Filtered, page.Pager = url.Values{}, rows, true, views.Pager{}
	for i := 0; i+1 < len(filter); i += 2 {
		page.Query.Set(filter[i], filter[i+1])
	}
	page.State = page.Query.Get("state")
	return page
}

func unreadable(page views.AccountsPage) views.AccountsPage {
	f := page.Frame
	page = filtered(page, page.Rows, "kind", "robot", "state", "gone", "sort", "mood", "expiring", "soon")
	page.Frame = with(f,
		views.Problem{Field: "kind", Text: f.T("There is no such kind of account.")}, views.Problem{Field: "state", Text: f.T("There is no such state.")},
		views.Problem{Field: "sort", Text: f.T("There is no such order.")}, views.Problem{Text: f.T("“Expiring” takes a whole number of days.")},
		views.Problem{Text: f.T("This place in the list cannot be read, so it begins at its start.")},
	)
	page.Asked, page.State = true, ""
	return page
}

// ofPartner is the list as an organization sees it: its customers only, so without what tells organizations apart.
func ofPartner(f views.Frame, rows []views.AccountRow) views.AccountsPage {
	page := accountsPage(seenBy(f, organization, "accounts", f.T("Accounts")), rows)
	page.Kinds, page.Organizations, page.New = nil, nil, page.New[:1]
	if len(rows) == 0 {
		page.Waiting = views.Waiting{Most: 100}
	}
	return page
}
