package demo

import "latchkey/models"

// Company is what the invented company is called.
const Company = "Hollenbeck Logistik"

// Contact is whom its people ask for help.
const Contact = "Service desk of " + Company + ": service-desk@hollenbeck.example, extension 4200"

// Login is an account that is there to be signed in with.
type Login struct {
	Name, Password string
	Who            string // what it is
	Expect         string // what its owner sees
	Lands          string // the path of the page that signing in leads to
}

// Logins are the accounts to sign in with. They are the same in every demo, passwords too: documents name them.
func Logins() []Login {
	return []Login{
		{olga, "Harbour-Crane-7", "SuperAdmin", "everything: accounts, policies, mails and the audit log", "/"},
		{nordkai, "Quay-Lantern-4", "organization", "its own customers, and what happened to them", "/"},
		{clara, "Lantern-Bridge-5", "customer", "her own account page", "/me"},
		{nora, "Welcome-Aboard-1", "customer, one-time password", "the page for a new password, and nothing else before", "/password"},
		{emil, "Autumn-Ferry-3", "customer, expired password", "the page for a new password, and nothing else before", "/password"},
	}
}

// The names that several places tell of.
const (
	olga     = "olga"
	matthias = "matthias.brandt"
	priya    = "priya.raman"

	nordkai     = "nordkai"
	brightwater = "brightwater"
	tanaka      = "tanaka-unso"
	wisla       = "wisła-transport"
	atlas       = "atlas-cargo"
	altmuehl    = "altmühl-spedition"

	clara = "clara"
	nora  = "nora"
	emil  = "emil"
)

// fixedPassword is the password that an account is to have at the end; "" = one that nobody knows.
func fixedPassword(name string) string {
	for _, login := range Logins() {
		if login.Name == name {
			return login.Password
		}
	}
	return ""
}

// person is one account as the story begins with it. Days count back from the end of the story.
type person struct {
	kind      models.Kind // "" = customer
	name      string
	email     string
	at        string // the organization's name; "" = Default
	locale    string
	technical bool

	joined  int  // the day on which the account was created
	renewed int  // the day on which its password was last changed before the last two weeks; 0 = never
	waits   bool // the password it was created with is a one-time one that is not used
	comes   int  // percent of Mondays on which it signs in
}
