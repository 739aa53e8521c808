package accounts

import (
	"context"
	"slices"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
	"latchkey/names"
)

// mostChoices bounds the lists that one chooses from in a form.
const mostChoices = 1000

// List reads one page of the accounts that the actor may see. A search longer than [identifier.MaxTyped] is a [core.ValidationError].
func (s *Service) List(ctx context.Context, actor core.Actor, f models.AccountFilter) (models.Page[models.Account], error) {
	if len(f.Search) > identifier.MaxTyped {
		return models.Page[models.Account]{}, core.Invalid("q", core.ErrSearchTooLong)
	}
	return s.core.DB.Read(ctx).ListAccounts(s.narrow(ctx, actor, f))
}

// narrow keeps a list to what the actor may see, and makes its search comparable.
func (s *Service) narrow(ctx context.Context, actor core.Actor, f models.AccountFilter) models.AccountFilter {
	f.Cutoffs = s.Policies.For(ctx).Cutoffs()
	f.Search = names.Search(identifier.Trim(f.Search))
	if scope := actor.Scope(); scope != "" {
		f.OrganizationID = scope
	}
	return f
}

// Organizations returns the organizations that the actor may put a customer into, by name: the first 1,000 of them, and in any
// case Default and the one with the id also ("" for none).
func (s *Service) Organizations(ctx context.Context, actor core.Actor, also string) ([]models.Account, error) {
	if !actor.MaySeeEverything() {
		return nil, nil
	}
	read := s.core.DB.Read(ctx)
	list, err := read.Organizations(mostChoices)
	for _, id := range []string{models.DefaultOrganizationID, also} {
		if err != nil || !models.IsID(id) || slices.ContainsFunc(list, func(o models.Account) bool { return o.ID == id }) {
			continue
		}
		var missing models.Account
		if missing, err = read.Account(id); err == nil && missing.Kind == models.Organization {
			list = append(list, missing)
		}
		err = core.IgnoreNotFound(err)
	}
	return list, err
}

// MayFilterBy reports whether the actor may narrow lists to the organization with the id; "" narrows nothing.
func (s *Service) MayFilterBy(ctx context.Context, actor core.Actor, id string) (bool, error) {
	if id == "" || !actor.MaySeeEverything() {
		return id == "" || id == actor.ID, nil
	}
	return s.organizationExists(ctx, id)
}

// OrganizationNames returns the names of the organizations that the accounts belong to, by id.
func (s *Service) OrganizationNames(ctx context.Context, rows []models.Account) (map[string]string, error) {
	ids := map[string]bool{}
	for _, row := range rows {
		if row.OrganizationID != nil {
			ids[*row.OrganizationID] = true
		}
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return s.core.DB.Read(ctx).Names(list)
}
