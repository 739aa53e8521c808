package handlers

import (
	"latchkey/models"
	"latchkey/views"
)

// why says in a sentence or two why the account is in its state, with the times and figures that made it so.
func (s *Server) why(frame views.Frame, a models.Account, state models.State) string {
	switch {
	case a.Builtin():
		return frame.T("Customers for whom no organization was chosen belong here. It has no password and cannot sign in.")
	case state == models.Active:
		return s.whyActive(frame, a)
	case state == models.Blacklisted:
		return s.whyBlacklisted(frame, a)
	case state == models.Expired:
		return s.whyExpired(frame, a)
	case state == models.OneTimeWaiting || state == models.OneTimeLapsed:
		return s.whyOneTime(frame, a, state)
	case state == models.Disabled:
		return frame.T("An operator switched the account off on {{.Time}}. It cannot sign in.", "Time", frame.Day(*a.DisabledAt))
	case state == models.MustChange:
		return frame.T("An operator asked for a new password. The present one opens only the page where a new one is set.")
	default:
		return frame.T("The account has no password and cannot sign in until one is issued.")
	}
}

func (s *Server) whyActive(frame views.Frame, a models.Account) string {
	switch expires, ok := s.Accounts.ExpiresAt(a); {
	case a.Technical:
		return frame.T("The password is valid. A technical account has no dashboard to sign in to.")
	case ok:
		return frame.T("The account can sign in. Its password is valid until {{.Time}}.", "Time", frame.Day(expires))
	default:
		return frame.T("The account can sign in. Its password does not expire.")
	}
}

func (s *Server) whyBlacklisted(frame views.Frame, a models.Account) string {
	since := frame.Day(*a.BlockedAt)
	switch most := s.Accounts.Settings().AttemptsCap; {
	case a.BlockedUntil != nil:
		return frame.N("{{.N}} sign-in failed, so since {{.Since}} no password is accepted, not even the right one, until {{.Until}}.",
			"{{.N}} sign-ins in a row failed, so since {{.Since}} no password is accepted, not even the right one, until {{.Until}}.",
			a.FailedAttempts, "Since", since, "Until", frame.Day(*a.BlockedUntil))
	case most > 0 && a.FailedInRow >= most:
		return frame.N("{{.N}} sign-in failed without a right one between, so since {{.Since}} no password is accepted. This does not end by itself.",
			"{{.N}} sign-ins failed without a right one between, so since {{.Since}} no password is accepted. This does not end by itself.",
			a.FailedInRow, "Since", since)
	default:
		return frame.N("{{.N}} sign-in failed, so since {{.Since}} no password is accepted. The policy gives blocks no end.",
			"{{.N}} sign-ins in a row failed, so since {{.Since}} no password is accepted. The policy gives blocks no end.",
			a.FailedAttempts, "Since", since)
	}
}

func (s *Server) whyExpired(frame views.Frame, a models.Account) string {
	expired, _ := s.Accounts.ExpiresAt(a)
	days := s.Accounts.Policy(a).PasswordExpirationInDays
	if a.Technical {
		return frame.N("The policy lets a password live for {{.N}} day, and this one expired on {{.Time}}. Only an operator can issue a new one.",
			"The policy lets a password live for {{.N}} days, and this one expired on {{.Time}}. Only an operator can issue a new one.",
			days, "Time", frame.Day(expired))
	}
	return frame.N("The policy lets a password live for {{.N}} day, and this one expired on {{.Time}}. It opens only the page where a new one is set.",
		"The policy lets a password live for {{.N}} days, and this one expired on {{.Time}}. It opens only the page where a new one is set.",
		days, "Time", frame.Day(expired))
}

func (s *Server) whyOneTime(frame views.Frame, a models.Account, state models.State) string {
	lapses, _ := s.Accounts.LapsesAt(a)
	if state == models.OneTimeLapsed {
		return frame.T("The one-time password of {{.Set}} was not used by {{.Time}}, and no longer works. Issue a new one.",
			"Set", frame.Day(*a.PasswordSetAt), "Time", frame.Day(lapses))
	}
	return frame.T("The password was issued for one use on {{.Set}}. It opens only the page where its owner chooses one.",
		"Set", frame.Day(*a.PasswordSetAt))
}
