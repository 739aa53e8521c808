package handlers

import (
	"context"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/views"
)

// accountFacts are what an operator wants to know of an account at a glance.
func (s *Server) accountFacts(ctx context.Context, frame views.Frame, a models.Account) (facts []views.Fact, err error) {
	if a.Email != "" {
		facts = append(facts, views.Fact{Label: frame.T("E-mail"), Text: views.Isolate(a.Email)})
	}
	organization, err := s.organizationFact(ctx, frame, a)
	if err != nil {
		return nil, err
	}
	facts = append(facts, organization...)
	if a.Kind == models.Organization && frame.Who.IsSuperAdmin() {
		customers := views.Query(views.AccountsURL, nil, "organization", a.ID)
		facts = append(facts, views.Fact{Label: frame.T("Customers"), Text: frame.T("Show them"), URL: customers})
	}
	if a.Builtin() {
		return facts, nil
	}
	life, err := s.lifeFacts(ctx, frame, a)
	return append(append(facts, life...), s.failureFacts(frame, a)...), err
}

// deviceFacts are about the browsers that the account is known to.
func (s *Server) deviceFacts(frame views.Frame, a models.Account, devices accounts.KnownDevices) []views.Fact {
	if a.Technical || a.Builtin() || !s.Accounts.Settings().DeviceCookies {
		return nil
	}
	text := frame.N("{{.N}} browser", "{{.N}} browsers", devices.Known)
	if devices.UsedUp {
		text += ", " + frame.T("no attempts left")
	}
	return []views.Fact{{Label: frame.T("Trusted"), Text: text}}
}

func (s *Server) organizationFact(ctx context.Context, frame views.Frame, a models.Account) ([]views.Fact, error) {
	if a.OrganizationID == nil {
		return nil, nil
	}
	names, err := s.Accounts.OrganizationNames(ctx, []models.Account{a})
	fact := views.Fact{Label: frame.T("Organization"), Text: views.Isolate(names[*a.OrganizationID])}
	if frame.Who.IsSuperAdmin() {
		fact.URL = views.AccountURL(*a.OrganizationID)
	}
	return []views.Fact{fact}, err
}

func (s *Server) lifeFacts(ctx context.Context, frame views.Frame, a models.Account) ([]views.Fact, error) {
	set := s.passwordFact(frame, a)
	err := s.tellVersion(ctx, frame, a, &set)
	return []views.Fact{
		{Label: frame.T("Language"), Text: localeLabel(frame, a.Locale)},
		{Label: frame.T("Created"), At: &a.CreatedAt},
		set,
		{Label: frame.T("Last sign-in"), Text: frame.T("never"), At: a.LastSignInAt},
	}, err
}

// tellVersion says under which version of the policy the password was set.
func (s *Server) tellVersion(ctx context.Context, frame views.Frame, a models.Account, set *views.Fact) error {
	if set.At == nil {
		return nil
	}
	version, known, err := s.Accounts.PasswordPolicyVersion(ctx, a)
	if err != nil {
		return err
	}
	if !known {
		set.Beside = frame.T("under which version of the policy is not known")
		return nil
	}
	set.Beside = frame.T("under policy version {{.N}}, in force since {{.Time}}", "N", version.Number, "Time", frame.Day(version.InForceFrom))
	if frame.Who.IsSuperAdmin() {
		set.BesideURL = views.PolicyVersionURL(version.Number)
	}
	return nil
}

// passwordFact says since when the password is what it is.
func (s *Server) passwordFact(frame views.Frame, a models.Account) views.Fact {
	fact := views.Fact{Label: frame.T("Password set"), Text: frame.T("never")}
	if a.PasswordHash != "" {
		fact.At = a.PasswordSetAt
	}
	return fact
}

func (s *Server) failureFacts(frame views.Frame, a models.Account) []views.Fact {
	if a.FailedAttempts == 0 && a.FailedInRow == 0 {
		return nil
	}
	text := frame.N("{{.N}} attempt", "{{.N}} attempts", a.FailedAttempts)
	if allowed := s.Accounts.Policy(a).MaxLoginAttempts; allowed > 0 {
		text = frame.T("{{.N}} of {{.Allowed}}", "N", a.FailedAttempts, "Allowed", allowed)
	}
	switch most := s.Accounts.Settings().AttemptsCap; {
	case a.FailedInRow > a.FailedAttempts && most > 0:
		text += ", " + frame.T("{{.N}} of {{.Allowed}} over all blocks", "N", a.FailedInRow, "Allowed", most)
	case a.FailedInRow > a.FailedAttempts:
		text += ", " + frame.N("{{.N}} over all blocks", "{{.N}} over all blocks", a.FailedInRow)
	}
	return []views.Fact{{Label: frame.T("Failed sign-ins in a row"), Text: text}}
}
