package words

import (
	"strings"
	"time"
)

// SignInDetails is the text to hand over with a new password: the address is "" for accounts that cannot sign in, the time zero
// for passwords for more than one use.
func SignInDetails(p Printer, name, password, address string, until time.Time) string {
	lines := []string{p.T("Account name: {{.Name}}", "Name", name), p.T("Password: {{.Password}}", "Password", password)}
	if address != "" {
		lines = append(lines, p.T("Sign in at: {{.Address}}", "Address", address))
	}
	if !until.IsZero() {
		lines = append(lines, p.T("Valid until {{.Time}}, for one sign-in.", "Time", p.Day(until)))
	}
	return strings.Join(lines, "\n")
}
