package handlers

import (
	"slices"
	"time"

	"latchkey/models"
	"latchkey/views"
)

// next tells what will happen to the account without anybody doing anything, the first thing first.
func (s *Server) next(frame views.Frame, a models.Account, state models.State) []views.Step {
	var steps []views.Step
	at := func(when time.Time, what string) {
		steps = append(steps, views.Step{At: &when, What: what})
	}
	if a.BlockedUntil != nil && state == models.Blacklisted {
		at(*a.BlockedUntil, frame.T("The block ends, and counting starts at 0."))
	}
	if lapses, ok := s.Accounts.LapsesAt(a); ok && lapses.After(frame.Now) {
		at(lapses, frame.T("The one-time password lapses, if it was not used."))
	}
	s.expirySteps(frame, a, at)
	slices.SortStableFunc(steps, func(x, y views.Step) int { return x.At.Compare(*y.At) })
	for i := range steps {
		if !steps[i].At.After(frame.Now) { // a mail that the next sweep queues
			steps[i].At, steps[i].When = nil, frame.T("At once")
		}
	}
	if demand := demand(frame, a, state); demand != "" {
		steps = append([]views.Step{{When: frame.T("At the next sign-in"), What: demand}}, steps...)
	}
	return steps
}

// expirySteps are the reminder and the expiry. A disabled account gets no mail.
func (s *Server) expirySteps(frame views.Frame, a models.Account, at func(time.Time, string)) {
	expires, ok := s.Accounts.ExpiresAt(a)
	if !ok || a.PasswordHash == "" || !expires.After(frame.Now) {
		return
	}
	reminds, ok := s.Accounts.RemindsAt(a)
	if ok && a.ExpiryNotice == models.NotNotified && a.DisabledAt == nil {
		at(reminds, reminder(frame, a))
	}
	at(expires, expiry(frame, a))
}

func reminder(frame views.Frame, a models.Account) string {
	if frame.Capturing {
		return frame.T("A mail to {{.To}} that the password expires is written, but not sent: there is no mail server.", "To", views.Isolate(a.Email))
	}
	return frame.T("A mail reminds {{.To}} that the password expires.", "To", views.Isolate(a.Email))
}

func expiry(frame views.Frame, a models.Account) string {
	switch {
	case a.DisabledAt != nil:
		return frame.T("The password expires. No mail is sent while the account is disabled.")
	case a.Technical && frame.Capturing:
		return frame.T("The password expires. Only an operator can issue a new one.")
	case a.Technical:
		return frame.T("The password expires, and a mail says so. Only an operator can issue a new one.")
	case frame.Capturing:
		return frame.T("The password expires. It then opens only the page for a new one.")
	default:
		return frame.T("The password expires, and a mail says so. It then opens only the page for a new one.")
	}
}

// demand is what the next sign-in asks for; "" = nothing.
func demand(frame views.Frame, a models.Account, state models.State) string {
	switch state {
	case models.OneTimeWaiting, models.MustChange, models.Expired:
		if !a.Technical {
			return frame.T("A new password has to be chosen before anything else.")
		}
	}
	return ""
}
