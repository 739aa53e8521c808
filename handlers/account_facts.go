package handlers

import (
	"context"

	"latchkey/models"
	"latchkey/views"
)

// passwordAge says since when the password is what it is.
func (s *Server) passwordAge(frame views.Frame, a models.Account) string {
	if a.PasswordSetAt == nil || a.PasswordHash == "" {
		return frame.T("none")
	}
	return frame.T("set {{.Ago}} ({{.Time}})", "Ago", frame.Relative(*a.PasswordSetAt), "Time", frame.Day(*a.PasswordSetAt))
}

// passwordExpiry says when the password stops working.
func (s *Server) passwordExpiry(frame views.Frame, a models.Account) string {
	at, ok := s.Accounts.ExpiresAt(a)
	lapses, oneTime := s.Accounts.LapsesAt(a)
	switch {
	case oneTime:
		return frame.T("can be used until {{.Time}} to choose a new one", "Time", frame.Day(lapses))
	case !ok:
		return frame.T("never")
	default:
		return frame.T("{{.When}} ({{.Time}})", "When", frame.Relative(at), "Time", frame.Day(at))
	}
}

// accountFacts are what operators want to know of an account, and what happens to it next.
func (s *Server) accountFacts(frame views.Frame, a models.Account) []views.Fact {
	facts := []views.Fact{{Label: frame.T("Created"), Text: frame.Day(a.CreatedAt)}}
	if a.Builtin() {
		return nil
	}
	facts = append(facts,
		views.Fact{Label: frame.T("Password"), Text: s.passwordAge(frame, a)},
		views.Fact{Label: frame.T("Expires"), Text: s.passwordExpiry(frame, a)})
	if at, ok := s.Accounts.RemindsAt(a); ok && a.ExpiryNotice == models.NotNotified {
		facts = append(facts, views.Fact{Label: frame.T("Reminder"), Text: frame.Relative(at) + " (" + frame.Day(at) + ")"})
	}
	if a.LastSignInAt != nil {
		facts = append(facts, views.Fact{Label: frame.T("Last sign-in"), Text: frame.Relative(*a.LastSignInAt)})
	}
	return append(facts, s.failureFacts(frame, a)...)
}

func (s *Server) failureFacts(frame views.Frame, a models.Account) (facts []views.Fact) {
	if a.FailedAttempts > 0 {
		facts = append(facts, views.Fact{
			Label: frame.T("Failed sign-ins in a row"), Text: s.ofAllowed(frame, a),
		})
	}
	switch {
	case a.BlockedAt == nil:
	case a.BlockedUntil == nil:
		facts = append(facts, views.Fact{Label: frame.T("Block ends"), Text: frame.T("when an operator unblocks the account")})
	default:
		facts = append(facts, views.Fact{
			Label: frame.T("Block ends"), Text: frame.Relative(*a.BlockedUntil) + " (" + frame.Day(*a.BlockedUntil) + ")",
		})
	}
	return facts
}

func (s *Server) ofAllowed(frame views.Frame, a models.Account) string {
	if allowed := s.Accounts.Policy(a).MaxLoginAttempts; allowed > 0 {
		return frame.T("{{.N}} of {{.Allowed}}", "N", a.FailedAttempts, "Allowed", allowed)
	}
	return frame.N("{{.N}} attempt", "{{.N}} attempts", a.FailedAttempts)
}

func (s *Server) organizationName(ctx context.Context, a models.Account) (string, error) {
	names, err := s.Accounts.OrganizationNames(ctx, []models.Account{a})
	if err != nil || a.OrganizationID == nil {
		return "", err
	}
	return names[*a.OrganizationID], nil
}
