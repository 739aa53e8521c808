package samples

import (
	"fmt"
	"strings"
	"time"

	"latchkey/models"
	"latchkey/views"
)

// The people of Hollenbeck Logistics, the invented company of the demo.
const (
	clara     = "clara.jansen"
	nordkai   = "nordkai-logistik"
	matthias  = "matthias.brandt"
	miguel    = "miguel.santos"
	defaultOf = "Default"
)

// Who looks at a page.
var (
	olga         = views.Who{ID: id(1), Name: "olga.hollenbeck", Kind: models.SuperAdmin}
	organization = views.Who{ID: id(2), Name: nordkai, Kind: models.Organization}
	customer     = views.Who{ID: id(3), Name: clara, Kind: models.Customer}
	pending      = views.Who{ID: id(3), Name: clara, Kind: models.Customer, Pending: true}
)

// id makes an id that looks like a real one. Links to it lead to nothing.
func id(n int) string { return fmt.Sprintf("019cadc6-9a80-7003-b994-%012x", n) }

const day = 24 * time.Hour

func ago(f views.Frame, d time.Duration) *time.Time {
	at := f.Now.Add(-d)
	return &at
}

func ahead(f views.Frame, d time.Duration) *time.Time { return ago(f, -d) }

// change makes an account differ from the usual one.
type change func(*models.Account)

// person is a customer of Nordkai whose password is a month old and fine, unless changes say otherwise.
func person(f views.Frame, number int, name string, changes ...change) models.Account {
	of := organization.ID
	a := models.Account{
		ID: id(number), Kind: models.Customer, Name: name, Email: name + "@nordkai.example", OrganizationID: &of, Locale: "de",
		CreatedAt: *ago(f, 90*day), PasswordHash: "of something", PasswordSetAt: ago(f, 33*day), LastSignInAt: ago(f, 2*time.Hour),
	}
	for _, change := range changes {
		change(&a)
	}
	return a
}

func email(address string) change { return func(a *models.Account) { a.Email = address } }

func locale(locale string) change { return func(a *models.Account) { a.Locale = locale } }

// of puts a customer into the organization Default.
func ofDefault(a *models.Account) {
	id := models.DefaultOrganizationID
	a.OrganizationID = &id
}

func superAdmin(a *models.Account) {
	a.Kind, a.OrganizationID, a.Email = models.SuperAdmin, nil, a.Name+"@hollenbeck.example"
}

func partner(a *models.Account) {
	a.Kind, a.OrganizationID, a.Email = models.Organization, nil, "leitstand@"+strings.TrimSuffix(a.Name, "-logistik")+".example"
}

func technical(a *models.Account) {
	a.Technical, a.LastSignInAt, a.Email, a.Locale = true, nil, "it@nordkai.example", "en"
}

func disabled(f views.Frame) change {
	return func(a *models.Account) { a.DisabledAt = ago(f, 24*day) }
}

func blacklisted(f views.Frame) change {
	return func(a *models.Account) {
		a.BlockedAt, a.BlockedUntil, a.FailedAttempts, a.FailedInRow = ago(f, 7*time.Minute), ahead(f, 13*time.Minute), 10, 10
	}
}

// forGood is blacklisted until an operator unblocks.
func forGood(f views.Frame) change {
	return func(a *models.Account) {
		a.BlockedAt, a.FailedAttempts, a.FailedInRow = ago(f, 3*day), 10, 100
	}
}

func withoutPassword(a *models.Account) {
	a.PasswordHash, a.PasswordSetAt, a.LastSignInAt = "", nil, nil
}

// oneTime has a password that was set for one use that long ago.
func oneTime(f views.Frame, set time.Duration) change {
	return func(a *models.Account) {
		a.OneTime, a.PasswordSetAt, a.LastSignInAt, a.CreatedAt = true, ago(f, set), nil, *ago(f, set)
	}
}

func mustChange(a *models.Account) { a.MustChange = true }

// setBefore has a password of that age.
func setBefore(f views.Frame, age time.Duration) change {
	return func(a *models.Account) { a.PasswordSetAt = ago(f, age) }
}
