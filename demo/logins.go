package demo

// Company is the name of the invented company.
const Company = "Hollenbeck Logistik"

// Contact is the default help line.
const Contact = "Service desk of " + Company + ": service-desk@hollenbeck.example, extension 4200"

// Login is an account to sign in with.
type Login struct {
	Name, Password string
	Who            string // kind and state
	Expect         string // what the account shows
	Lands          string // the path after signing in
}

// Logins lists the accounts to sign in with. Names and passwords are the same in every demo.
func Logins() []Login {
	return []Login{
		{olga, "Harbour-Crane-7", "SuperAdmin", "everything: accounts, policies, mails and the audit log", "/"},
		{nordkai, "Quay-Lantern-4", "organization", "its own customers, and what happened to them", "/"},
		{clara, "Lantern-Bridge-5", "customer", "her own account page", "/me"},
		{nora, "Welcome-Aboard-1", "customer, one-time password", "the page for a new password, and nothing else before", "/password"},
		{emil, "Autumn-Ferry-3", "customer, expired password", "the page for a new password, and nothing else before", "/password"},
	}
}

// fixedPassword returns the password of a login at the end; "" = another account.
func fixedPassword(name string) string {
	for _, login := range Logins() {
		if login.Name == name {
			return login.Password
		}
	}
	return ""
}
