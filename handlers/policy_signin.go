package handlers

import (
	"net/netip"
	"strings"

	"latchkey/accounts"
	"latchkey/views"
)

// signInRules are what slows down guessing and ends sessions beside the password policy, a sentence each.
func (s *Server) signInRules(frame views.Frame) []string {
	settings := s.Accounts.Settings()
	rules := append(guessingRules(frame, settings), sessionRules(frame, settings)...)
	if frame.Who.IsSuperAdmin() {
		rules = append(rules, networkRules(frame, settings)...)
	}
	return rules
}

func guessingRules(frame views.Frame, settings accounts.Settings) []string {
	known := frame.T("Browsers are not told apart: who guesses at an account shuts out its owner too.")
	if settings.DeviceCookies {
		known = frame.T("A browser in which somebody has signed in is trusted for {{.Days}}. An account's trusted browsers share as many attempts as all unknown browsers do, so that guessing blocks unknown browsers and not the owner. A reset or demanded password ends them.",
			"Days", frame.Amount(accounts.DeviceLife))
	}
	forGood := frame.T("Blocks may follow one another without end.")
	if settings.AttemptsCap > 0 {
		forGood = frame.N("After {{.N}} failed attempt of strangers in a row, over any number of blocks, an account stays blacklisted for strangers until an operator unblocks it or issues a password.",
			"After {{.N}} failed attempts of strangers in a row, over any number of blocks, an account stays blacklisted for strangers until an operator unblocks it or issues a password.", settings.AttemptsCap)
	}
	rate := frame.T("How much may fail from one network address is not limited.")
	if settings.SignInRate > 0 {
		rate = frame.N("From one network address {{.N}} sign-in or new password may fail in a minute, and {{.Burst}} at once. What succeeds does not count.",
			"From one network address {{.N}} sign-ins or new passwords may fail in a minute, and {{.Burst}} at once. What succeeds does not count.", settings.SignInRate, "Burst", 2*settings.SignInRate)
	}
	return []string{known, forGood, rate}
}

func sessionRules(frame views.Frame, settings accounts.Settings) []string {
	rules := []string{frame.T("A session ends after {{.Max}}, and after {{.Idle}} without use.",
		"Max", frame.Amount(settings.SessionMax), "Idle", frame.Amount(settings.SessionIdle))}
	if settings.OneSession {
		rules = append(rules, frame.T("Signing in ends the account's other sessions."))
	}
	return rules
}

func networkRules(frame views.Frame, settings accounts.Settings) (rules []string) {
	if len(settings.Dashboard) > 0 {
		rules = append(rules, frame.T("These pages may be used from {{.Networks}} only.", "Networks", written(settings.Dashboard)))
	}
	if len(settings.SuperAdmins) > 0 {
		rules = append(rules, frame.T("SuperAdmins may sign in and act from {{.Networks}} only.", "Networks", written(settings.SuperAdmins)))
	}
	return rules
}

func written(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, network := range networks {
		texts[i] = network.String()
	}
	return strings.Join(texts, ", ")
}
