package accounts

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// List reads one page of the accounts that the actor may see. A search longer than [identifier.MaxTyped] is a [core.ValidationError].
func (s *Service) List(ctx context.Context, actor core.Actor, f models.AccountFilter) (models.AccountPage, error) {
	if len(f.Search) > identifier.MaxTyped {
		return models.AccountPage{}, core.Invalid("q", core.ErrSearchTooLong)
	}
	return s.core.DB.Read(ctx).ListAccounts(s.narrow(ctx, actor, f))
}

// MostCounted is up to where lists are counted whose numbers are not maintained.
const MostCounted = 10_000

// Total is how many accounts a list has: N, or more than UpTo.
type Total struct {
	N, UpTo int
	More    bool
}

// CountList counts the accounts in each state that have the filter's organization, and those of the list. A list that is narrowed by state, kind and organization, or by
// when passwords expire, is counted exactly, others up to [MostCounted], and searches not at all: they count their hits. all are the counts of what the actor may see.
func (s *Service) CountList(ctx context.Context, actor core.Actor, f models.AccountFilter, all models.Counts) (counts models.Counts, total Total, err error) {
	counts, expiring := all, 0
	if f.Expiring > 0 || f.OrganizationID != "" && f.OrganizationID != actor.Scope() {
		if counts, expiring, err = s.Dashboard.CountList(ctx, actor, f); err != nil {
			return counts, total, err
		}
	}
	switch {
	case f.Search != "":
		return counts, total, nil
	case f.Factor != "" || f.Link != "" || f.Ends != "" || f.State != "" && f.Expiring > 0:
		n, err := s.core.DB.Read(ctx).CountAccounts(s.narrow(ctx, actor, f), MostCounted+1)
		return counts, Total{N: int(n), UpTo: MostCounted, More: n > MostCounted}, err
	case f.Expiring > 0:
		return counts, Total{N: expiring}, nil
	default:
		return counts, Total{N: counts.Of(f.State, f.Kind, f.Technical)}, nil
	}
}

// Neighbours returns the accounts before and after one that the actor may see in a list as [Service.List] reads it. The account's place is
// f.After, or where it is now. A search that is too long finds no neighbours.
func (s *Service) Neighbours(ctx context.Context, actor core.Actor, f models.AccountFilter, account models.Account) (models.Neighbours, error) {
	if len(f.Search) > identifier.MaxTyped {
		return models.Neighbours{}, nil
	}
	return s.core.DB.Read(ctx).Neighbours(s.narrow(ctx, actor, f), account)
}

// narrow keeps a list to what the actor may see.
func (s *Service) narrow(ctx context.Context, actor core.Actor, f models.AccountFilter) models.AccountFilter {
	f.Cutoffs = s.Policies.For(ctx).Cutoffs()
	f.Search = identifier.Trim(f.Search)
	if scope := actor.Scope(); scope != "" {
		f.OrganizationID = scope
	}
	return f
}

// Organization returns the organization with the id or name, if the actor may see its accounts. Any other is a [core.ValidationError].
func (s *Service) Organization(ctx context.Context, actor core.Actor, idOrName string) (models.Account, error) {
	if actor.MaySeeEverything() {
		return s.findOrganization(ctx, idOrName)
	}
	own, err := s.Scope(ctx, actor)
	for _, organization := range own {
		if idOrName == organization.ID || len(idOrName) <= identifier.MaxTyped && identifier.SameName(idOrName, organization.Name) {
			return organization, err
		}
	}
	return models.Account{}, cmp.Or(err, noOrganization())
}

// Scope returns the organizations whose customers the actor looks after, in the order of their ids; for a SuperAdmin who is not limited, none.
func (s *Service) Scope(ctx context.Context, actor core.Actor) ([]models.Account, error) {
	ids := actor.Organizations()
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.core.DB.Read(ctx).Accounts(ids)
	slices.SortFunc(rows, func(x, y models.Account) int { return strings.Compare(x.ID, y.ID) })
	return rows, err
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
